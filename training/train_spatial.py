"""Trains the networks that repair fine detail: noise, JPEG artefacts and blur.

python -m training.train noisy --photos DIR --minutes 15 --state FILE --out FILE

Training starts from the packaged weights of the repair (those of noise began as random ones, the others as those of
noise). What is written is the moving average of the weights when the time is up: the rate falls to 0 until then, and
the average does not overfit in hours (the validation figure is printed with every saved state). Time is that of the
processor, so that a training that is stopped, or shares its core, learns as much.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from enhancers.base import CHECKPOINTS
from enhancers.networks.detail import ARCHITECTURE, DetailNet
from imaging.image import Image
from imaging.weights import Weights, load_checkpoint, save_weights
from training.detail_samples import DAMAGES, Crops, clean_photos, validation_pairs
from training.split import Part

SAVE_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class TrainingConstants:
    """Constants of the optimisation.

    Attributes:
        batch: Patches a step.
        rate: Learning rate, which falls to 0 along half a cosine; twice as much suits random weights.
        warm_steps: Steps over which the rate rises.
        clip: Largest norm of the gradient.
        decay: Of the moving average of the weights, a step.
        floor: Added to squared errors before the root: (1 code)^2, about where rounding hides the rest.
        seed: Of weights, crops and damage.
    """

    batch: int = 12
    rate: float = 1e-3
    warm_steps: int = 100
    clip: float = 0.5
    decay: float = 0.999
    floor: float = (1 / 255) ** 2
    seed: int = 3


LUMA = torch.tensor([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1)


def loss_of(repaired: Tensor, good: Tensor, floor: float) -> Tensor:
    """Mean root of the squared error of each patch, of all channels and of luma.

    The root lets slight damage count nearly as much as heavy damage, as PSNR does; its logarithm would let patches that
    are to stay as they are outweigh all others.
    """
    error = repaired - good
    colour = error.square().mean(dim=(1, 2, 3))
    luma = (error * LUMA).sum(dim=1).square().mean(dim=(1, 2))
    return torch.sqrt(colour + floor).mean() + torch.sqrt(luma + floor).mean()


def gain_db(network: nn.Module, pairs: Sequence[tuple[Image, Image]]) -> float:
    """Return the mean PSNR gain of a network over damaged photos, dB; nothing counts as better than 50 dB."""
    gains = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for bad, good in pairs:
            seen = torch.from_numpy(np.ascontiguousarray(bad)).permute(2, 0, 1)[None].float() / 255
            repaired = (seen + network(seen).float()).clamp(0, 1)[0].permute(1, 2, 0).numpy() * 255
            before, after = (max(0.65, float(np.mean((np.float32(x) - good) ** 2))) for x in (bad, repaired))
            gains.append(10 * math.log10(before / after))
    return sum(gains) / len(gains) if gains else 0.0


class Training:
    """Network, moving average and optimiser, with what it takes to go on after a stop.

    Args:
        start: Weights to start from.
        constants: Of the optimisation.
    """

    def __init__(self, start: Weights, constants: TrainingConstants) -> None:
        self._constants = constants
        torch.manual_seed(constants.seed)
        self._network, self.average = (DetailNet().to(memory_format=torch.channels_last) for _ in range(2))
        self._network.load_state_dict({name: torch.from_numpy(values.copy()) for name, values in start.items()})
        self.average.load_state_dict(self._network.state_dict())
        self._optimiser = torch.optim.Adam(self._network.parameters(), constants.rate, betas=(0.9, 0.99))
        self.spent_s, self.step = 0.0, 0

    def learn(self, bad: Tensor, good: Tensor, progress: float) -> None:
        """Take one step; `progress` in [0, 1] sets the rate."""
        constants = self._constants
        self.step += 1
        warm = min(1.0, self.step / constants.warm_steps)
        for group in self._optimiser.param_groups:
            group["lr"] = constants.rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        with torch.autocast("cpu", torch.bfloat16):
            change = self._network(bad.contiguous(memory_format=torch.channels_last))
        loss = loss_of(bad + change.float(), good, constants.floor)
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), constants.clip)
        self._optimiser.step()
        decay = min(constants.decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self._network.parameters(), strict=True):
                kept.lerp_(new, 1 - decay)

    def load(self, path: Path) -> None:
        """Go on from a saved state."""
        state: dict[str, Any] = torch.load(path, weights_only=True)
        for name in ("network", "average", "optimiser"):
            self._parts[name].load_state_dict(state[name])
        self.spent_s, self.step = state["spent_s"], state["step"]

    def save(self, path: Path) -> None:
        """Save the state; a reader never sees half of it."""
        state = {name: held.state_dict() for name, held in self._parts.items()}
        unfinished = path.with_name(f"{path.name}.part")
        torch.save({**state, "spent_s": self.spent_s, "step": self.step}, unfinished)
        unfinished.replace(path)

    @property
    def _parts(self) -> dict[str, Any]:
        return {"network": self._network, "average": self.average, "optimiser": self._optimiser}


def train(name: str, photos_root: Path, minutes: float, state_path: Path | None, out: Path) -> None:
    """Train the network of one defect and write its checkpoint.

    Args:
        name: "noisy", "jpeg_artifacts" or "blur".
        photos_root: Folder of photos; the folder `listings` in it is left out.
        minutes: Processor time in all, over all runs that share a state.
        state_path: Where the state is saved every minute, and goes on from; None: nowhere.
        out: The checkpoint.

    Raises:
        ValueError: No photo to train on.
    """
    constants = TrainingConstants()
    torch.set_num_threads(1)
    training = Training(load_checkpoint(import_module(f"enhancers.{name}").WEIGHTS, CHECKPOINTS), constants)
    if state_path is not None and state_path.exists():
        training.load(state_path)
    photos = clean_photos(photos_root, Part.CALIBRATE)
    if not photos:
        raise ValueError("no photo to train on: the calibrate part of the split holds none that is large enough")
    crops = Crops(photos, DAMAGES[name], np.random.default_rng([constants.seed, training.step]))
    pairs = validation_pairs(photos_root, DAMAGES[name])
    budget_s = 60 * minutes
    begun = time.process_time() - training.spent_s
    saved_s = training.spent_s
    while training.spent_s < budget_s:
        training.learn(*crops.batch(constants.batch), training.spent_s / budget_s)
        training.spent_s = time.process_time() - begun
        if training.spent_s - saved_s > SAVE_EVERY_S or training.spent_s >= budget_s:
            saved_s = training.spent_s
            if state_path is not None:
                training.save(state_path)
            gain = gain_db(training.average, pairs)
            print(f"{name} {saved_s / 60:.1f} min, step {training.step}, validation {gain:+.2f} dB", flush=True)
    weights = {key: value.numpy().astype(np.float16) for key, value in training.average.state_dict().items()}
    save_weights(out, weights, ARCHITECTURE)
