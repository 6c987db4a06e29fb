"""Fits the small multilayer perceptrons that `imaging.mlp` runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

SEED = 0
INPUT_NOISE = 0.1
"""Standard deviation of what is added to standardised inputs in training."""

DROPOUT = 0.15
WEIGHT_DECAY = 0.1
RATE = 3e-3
BATCH = 128


def perceptron(inputs: int, hidden: Sequence[int], outputs: int, seed: int) -> nn.Sequential:
    """Return an untrained perceptron; the seed is added to `SEED`."""
    torch.manual_seed(SEED + seed)
    layers: list[nn.Module] = []
    for size in hidden:
        layers += [nn.Linear(inputs, size), nn.ReLU(), nn.Dropout(DROPOUT)]
        inputs = size
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def descend(
    net: nn.Sequential, loss: Callable[[nn.Module, Tensor], Tensor], count: int, epochs: int, deadline: float
) -> nn.Sequential:
    """Descend for so many epochs; short of time, for the share of them that fits, the rate falling all the same."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    steps, begun, done = max(1, epochs * count // BATCH), time.process_time(), 0
    net.train()
    while done < steps:
        for chosen in torch.randperm(count).split(BATCH):
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


def averaged(nets: Sequence[nn.Sequential]) -> dict[str, NDArray[np.float32]]:
    """Return one perceptron that gives the mean of several: their hidden units side by side, without cross links."""
    stacks = [[layer for layer in net if isinstance(layer, nn.Linear)] for net in nets]
    weights: dict[str, NDArray[np.float32]] = {}
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


def halved(weights: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float16]]:
    """Store in half precision: it moves severities by less than 0.002."""
    return {name: values.astype(np.float16) for name, values in weights.items()}
