"""The tone networks in torch, and the loop that trains them whatever they answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from enhancers import tone_network
from imaging.weights import save_weights

BATCH, POOL, NEW_PER_STEP = 48, 9000, 4
"""Each sample is used about twelve times: drawing one costs as much as training on three."""
PEAK_RATE = 2e-3
CHECKED = 256
_REPORT_STEPS = 250
_SAVE_S = 120.0

Arrays = dict[str, NDArray[Any]]
Batch = dict[str, Tensor]
Halves = dict[str, NDArray[np.float16]]


class TrainedToneNetwork(nn.Module):  # type: ignore[misc]
    """The network in torch; layers are named as `enhancers.tone_network.ToneNetwork` reads them.

    Args:
        features: Numbers told of the whole photo.
        vector: Numbers to answer for the whole photo.
        levels: Numbers to answer for each cell.
    """

    def __init__(self, features: int, vector: int, levels: int) -> None:
        super().__init__()
        c1, c2, c3, hidden = 16, 32, 64, 96
        self.conv1 = nn.Conv2d(6, c1, 3, 2, 1)
        self.conv2 = nn.Conv2d(c1, c2, 3, 2, 1)
        self.conv3 = nn.Conv2d(c2, c3, 3, 2, 1)
        self.conv4 = nn.Conv2d(c3, c3, 3, 1, 1)
        self.global1 = nn.Linear(2 * c3 + features, hidden)
        self.global2 = nn.Linear(hidden, hidden)
        self.vector = nn.Linear(hidden, vector)
        self.need = nn.Linear(hidden, 1)
        self.to_local = nn.Linear(hidden, c3)
        self.local = nn.Conv2d(c3, c3, 1)
        self.grid = nn.Conv2d(c3, levels, 1)
        for layer in (self.vector, self.grid):
            nn.init.normal_(layer.weight, std=1e-3)
            nn.init.zeros_(layer.bias)

    def forward(self, planes: Tensor, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return vector (B, V), grid (B, L, CELLS, CELLS) and need (B,) of planes (B, 6, 64, 64), features (B, F)."""
        x = planes
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = functional.relu(layer(x))
        whole = torch.cat([x.mean((2, 3)), x.amax((2, 3)), features], 1)
        whole = functional.relu(self.global1(whole))
        whole = functional.dropout(functional.relu(self.global2(whole)), 0.2, self.training)
        local = functional.relu(self.local(x) + self.to_local(whole)[..., None, None])
        return self.vector(whole), self.grid(local), self.need(whole)[:, 0]


class Task(Protocol):
    """What one network learns.

    Attributes:
        architecture: Name of the network family.
    """

    architecture: str

    def network(self) -> TrainedToneNetwork:
        """Return the untrained network."""

    def draw(self, rng: np.random.Generator, *, unseen: bool) -> Arrays:
        """Return a random sample.

        Args:
            rng: Random generator.
            unseen: Of the validation part instead of the one trained on.

        Returns:
            "seen" uint8 (64, 64, 3), "features" float32 (F,) and what `losses` needs; bytes become [0, 1] in a batch.
        """

    def losses(self, network: TrainedToneNetwork, batch: Batch) -> tuple[Tensor, str]:
        """Return the loss and a line about the batch for people."""


class _Pool:
    """Samples, drawn at random and replaced in turn."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._arrays: Arrays = {}
        self._next = 0
        self.filled = 0

    def add(self, sample: Arrays) -> None:
        if not self._arrays:
            self._arrays = {key: np.zeros((self._size, *np.shape(v)), np.asarray(v).dtype) for key, v in sample.items()}
        for key, value in sample.items():
            self._arrays[key][self._next] = value
        self._next = (self._next + 1) % self._size
        self.filled = min(self.filled + 1, self._size)

    def batch(self, index: NDArray[np.int64]) -> Batch:
        batch = {key: torch.from_numpy(values[index]) for key, values in self._arrays.items()}
        codes = batch.pop("seen").long()
        planes = torch.cat([_CENTRED[codes], _LOG_LINEAR[codes]], 3).permute(0, 3, 1, 2).contiguous()
        return {k: v.float() / 255 if v.dtype == torch.uint8 else v for k, v in batch.items()} | {"planes": planes}


_CENTRED = torch.from_numpy(tone_network.CENTRED)
_LOG_LINEAR = torch.from_numpy(tone_network.LOG_LINEAR)


def fit(task: Task, minutes: float, state_path: Path | None, out: Path) -> None:
    """Train a network, going on from a state if there is one, and write the best running average of its weights.

    Best is what does best on samples of the validation part.

    Args:
        task: What it learns.
        minutes: Processor time, all stretches together.
        state_path: Where everything needed to go on is saved every two minutes.
        out: The checkpoint.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    network, average = task.network(), task.network()
    average.load_state_dict(network.state_dict())
    average.eval()
    optimiser = torch.optim.AdamW(network.parameters(), PEAK_RATE, weight_decay=1e-2)
    step, spent_s, least = 0, 0.0, float("inf")
    best = _halves(average)
    if state_path is not None and state_path.exists():
        state = torch.load(state_path, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent_s, least = state["step"], state["spent_s"], state["least"]
        best = {name: value.numpy() for name, value in state["best"].items()}
    rng, begun, saved = np.random.default_rng(step), time.process_time() - spent_s, time.process_time()
    parts = {"network": network, "average": average, "optimiser": optimiser}
    checked, fixed = _Pool(CHECKED), np.random.default_rng(1)
    for _ in range(CHECKED):
        checked.add(task.draw(fixed, unseen=True))
    pool = _Pool(POOL)
    for _ in range(10 * BATCH):
        pool.add(task.draw(rng, unseen=False))
    while (passed_s := time.process_time() - begun) < minutes * 60:
        for _ in range(NEW_PER_STEP):
            pool.add(task.draw(rng, unseen=False))
        rate = PEAK_RATE * min(1.0, (step + 1) / 200) * (0.5 + 0.5 * np.cos(np.pi * passed_s / (minutes * 60)))
        for group in optimiser.param_groups:
            group["lr"] = float(max(rate, 1e-5))
        network.train()
        loss, _ = task.losses(network, pool.batch(rng.integers(0, pool.filled, BATCH)))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            for kept, now in zip(average.parameters(), network.parameters(), strict=True):
                kept.lerp_(now, 1 - min(0.998, step / (step + 20)))
        step += 1
        if step % _REPORT_STEPS == 0:
            with torch.no_grad():
                unseen, line = task.losses(average, checked.batch(np.arange(CHECKED)))
            print(f"step {step}, {passed_s / 60:.1f} min, unseen: loss {float(unseen):.3f}, {line}", flush=True)
            if float(unseen) < least:
                least, best = float(unseen), _halves(average)
        if state_path is not None and time.process_time() - saved > _SAVE_S:
            saved = time.process_time()
            _save_state(state_path, parts, best, {"step": step, "spent_s": passed_s, "least": least})
    if state_path is not None:
        _save_state(state_path, parts, best, {"step": step, "spent_s": passed_s, "least": least})
    save_weights(out, best if step >= _REPORT_STEPS else _halves(average), task.architecture)


def _halves(network: nn.Module) -> Halves:
    return {name: value.numpy().astype(np.float16) for name, value in network.state_dict().items()}


def _save_state(path: Path, parts: Mapping[str, Any], best: Halves, numbers: dict[str, float]) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    kept = {name: part.state_dict() for name, part in parts.items()}
    torch.save(kept | {"best": {name: torch.from_numpy(v) for name, v in best.items()}} | numbers, unfinished)
    unfinished.replace(path)
