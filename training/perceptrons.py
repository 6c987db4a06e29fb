"""Fits the small multilayer perceptrons that `imaging.mlp` runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from imaging.mlp import INPUT_LIMIT

SEED = 0
RATE = 3e-3

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How perceptrons are fitted.

    Attributes:
        hidden: Units of the hidden layers.
        epochs: How often each sample is seen.
        batch: Samples of a step: few, where each is many places.
        draws: Perceptrons from different random starts, which are averaged.
        input_noise: Standard deviation of what is added to standardised inputs. More of it keeps what is learned of few
            photos from being about these photos.
        dropout: Share of hidden units that are left out of a step.
        weight_decay: Of AdamW.
    """

    hidden: tuple[int, ...]
    epochs: int
    batch: int = 128
    draws: int = 3
    input_noise: float = 0.1
    dropout: float = 0.15
    weight_decay: float = 0.1


def fitted(
    told: NDArray[np.floating], loss: Callable[[Tensor, Tensor], Tensor], outputs: int, recipe: Recipe, deadline: float
) -> Weights:
    """Fit perceptrons and return the weights of their mean, standardisation of the inputs included.

    Args:
        told: Inputs of N samples, floats (N, I), or (N, K, I) for K places of each.
        loss: Of the outputs, (B, O) or (B, K, O), for some samples, and their indices (B,).
        outputs: How many the perceptron has.
        recipe: How.
        deadline: A time of `time.process_time`; short of time, fewer epochs.
    """
    rows = told.reshape(-1, told.shape[-1])
    mean = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    scale = rows.std(axis=0, dtype=np.float64).astype(np.float32) + np.float32(1e-3)
    inputs = torch.tensor(np.clip((told - mean) / scale, -INPUT_LIMIT, INPUT_LIMIT), dtype=torch.float32)

    def loss_of(net: nn.Module, chosen: Tensor) -> Tensor:
        batch = inputs[chosen]
        return loss(net(batch + recipe.input_noise * torch.randn_like(batch)), chosen)

    nets = []
    for draw in range(recipe.draws):
        end = time.process_time() + (deadline - time.process_time()) / (recipe.draws - draw)
        net = perceptron(told.shape[-1], outputs, recipe, draw)
        nets.append(descend(net, loss_of, len(inputs), recipe, end))
    return {"mean": mean, "scale": scale, **averaged(nets)}


def perceptron(inputs: int, outputs: int, recipe: Recipe, seed: int) -> nn.Sequential:
    """Return an untrained perceptron; the seed is added to `SEED`."""
    torch.manual_seed(SEED + seed)
    layers: list[nn.Module] = []
    for size in recipe.hidden:
        layers += [nn.Linear(inputs, size), nn.ReLU(), nn.Dropout(recipe.dropout)]
        inputs = size
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def descend(
    net: nn.Sequential, loss: Callable[[nn.Module, Tensor], Tensor], count: int, recipe: Recipe, deadline: float
) -> nn.Sequential:
    """Descend for the recipe's epochs; short of time, for the share that fits, the rate falling all the same."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=recipe.weight_decay)
    steps, begun, done = max(1, recipe.epochs * count // recipe.batch), time.process_time(), 0
    net.train()
    while done < steps:
        for chosen in torch.randperm(count).split(recipe.batch):
            passed = (time.process_time() - begun) / max(deadline - begun, 1e-3)
            progress = min(1.0, max(done / steps, passed))
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1.0, done / 50) * 0.5 * (1 + np.cos(np.pi * progress))
            optimizer.zero_grad()
            loss(net, chosen).backward()
            optimizer.step()
            done += 1
            if done >= steps or (progress >= 1 and done > 2):
                net.eval()
                return net
    return net


def averaged(nets: Sequence[nn.Sequential]) -> Weights:
    """Return one perceptron that gives the mean of several: their hidden units side by side, without cross links."""
    stacks = [[layer for layer in net if isinstance(layer, nn.Linear)] for net in nets]
    weights: Weights = {}
    last = len(stacks[0]) - 1
    for place, layers in enumerate(zip(*stacks, strict=True)):
        matrices, biases = [each.weight for each in layers], [each.bias for each in layers]
        if place == last:
            matrix, bias = torch.cat(matrices, 1) / len(nets), torch.stack(biases).mean(0)
        else:
            matrix = torch.cat(matrices, 0) if place == 0 else torch.block_diag(*matrices)
            bias = torch.cat(biases)
        weights[f"{2 * place}.weight"] = matrix.detach().float().numpy()
        weights[f"{2 * place}.bias"] = bias.detach().float().numpy()
    return weights


def halved(weights: Weights) -> dict[str, NDArray[np.float16]]:
    """Store in half precision: it moves severities by less than 0.002."""
    return {name: values.astype(np.float16) for name, values in weights.items()}
