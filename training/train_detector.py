"""Trains the networks of the detector (`detector`) and the one that judges tilts (`tilt`).

Half of the time goes into measuring randomly damaged photos, the other half into fitting: features are few numbers, so
all samples are kept, and more time means more of them. Trained on the calibrate part of
`training.photos.TRAINED_SETS`; the listing photos have no licence to train on.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector import learned
from detector.cast import CAST
from detector.detail import DETAIL
from detector.learned import Family
from detector.light import LIGHT
from imaging.image import Image
from imaging.measures import tilt
from imaging.mlp import INPUT_LIMIT
from imaging.weights import save_weights
from training.detector_samples import Sample, full_sample, radiance_sample, shot_sample, tilt_sample, tone_sample
from training.mixtures import DEFECTS
from training.perceptrons import SEED, Recipe, averaged, descend, fitted, halved, perceptron
from training.photos import TRAINED_SETS, list_photos, load_photo, training_photos
from training.shots import Shots
from training.split import Part

NAMES = ("detector", "tilt")


TONES_PER_FULL = 7
"""Thumbnail samples for each sample at viewing size; they cost a seventh of it."""

RADIANCES_PER_FULL = 1
"""Scenes of high dynamic range among them, exposed too long or too short."""

SHOTS_PER_FULL = 2
"""The same of measured radiance, where there are maps of it. They teach the tones alone: the light of a scene has a
colour, and nobody says which is right."""

LEAST_TARGET = 0.4
"""What a severity next to 0 is taught as, against 0 of a photo without the defect."""

HIDDEN = {"detail": (64, 32), "light": (64, 32), "cast": (48, 16), "tilt": (48, 24)}
EPOCHS = {"detail": 100, "light": 24, "cast": 24, "tilt": 30}
TILT_WIDTH = 0.5
"""Standard deviation of the target around the true tilt, bins."""

SAVE_EVERY_S = 120.0

LEANING_SETS = ("stock_more",)
"""Sets with photos that look up or are tilted on purpose: no example of an upright one."""

State = dict[str, list[NDArray[np.float32]]]
"""Columns of samples by "kind.column"."""


def train(name: str, photos: Path, minutes: float, state: Path | None, out: Path) -> None:
    """Collect samples, fit, and write a checkpoint.

    Args:
        name: One of `NAMES`.
        photos: Folder with the sets of photos.
        minutes: Processor time for all of it, about; at least one round over the photos and a few steps are made.
        state: Samples so far, which are added to; None keeps none.
        out: The checkpoint.
    """
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    deadline = time.process_time() + 60 * minutes
    samples = _load(state)
    sets = [each for each in TRAINED_SETS if name != "tilt" or each not in LEANING_SETS]
    paths = training_photos(photos, Part.CALIBRATE, sets) or list_photos(photos)
    shots = Shots(photos, [] if name == "tilt" else [Part.CALIBRATE])
    _collect(name, paths, shots, samples, state, time.process_time() + 30 * minutes)
    architecture = (tilt.WEIGHTS if name == "tilt" else learned.WEIGHTS).architecture
    save_weights(out, halved(fit(name, samples, deadline)), architecture)


def fit(name: str, samples: State, deadline: float) -> dict[str, NDArray[np.float32]]:
    """Fit the networks of `name` to samples, until a time of `time.process_time`; return their weights."""
    columns = {column: np.stack(values) for column, values in samples.items()}
    if name == "tilt":
        return _fit_tilt(columns["tilt.0"], columns["tilt.1"], columns["tilt.2"][:, 0], deadline)
    weights: dict[str, NDArray[np.float32]] = {}
    full, tones = columns["full.2"], columns["tone.1"]
    colours = np.concatenate([columns["full.1"], columns["tone.0"]])
    light = colours[:, -_light_size() :]
    both = np.concatenate([full, tones])
    given = {DETAIL: (columns["full.0"], full), LIGHT: (light, both), CAST: (colours, both)}
    if "shot.0" in columns:
        given[LIGHT] = (np.concatenate([light, columns["shot.0"]]), np.concatenate([both, columns["shot.1"]]))
    for index, (family, (features, made)) in enumerate(given.items()):
        end = time.process_time() + (deadline - time.process_time()) / (len(given) - index)
        found = _fit_family(family, features, made, end)
        weights |= {f"{family.name}.{key}": values for key, values in found.items()}
    return weights


def _collect(
    name: str, paths: Sequence[Path], shots: Shots, samples: State, state: Path | None, deadline: float
) -> None:
    """Go over the photos until the time is up, once at least."""
    first = "tilt.0" if name == "tilt" else "full.0"
    begun = len(samples.get(first, ())) // max(1, len(paths))
    saved = time.process_time()
    for turn in itertools.count(begun):
        for index, path in enumerate(paths):
            if turn > begun and time.process_time() > deadline:
                break
            rng = np.random.default_rng([SEED, turn, index])
            for kind, sample in _samples(name, load_photo(path), shots, rng):
                for column, values in enumerate(sample):
                    samples.setdefault(f"{kind}.{column}", []).append(values)
            if state is not None and time.process_time() - saved > SAVE_EVERY_S:
                _save(state, samples)
                saved = time.process_time()
        if time.process_time() > deadline:
            break
    if state is not None:
        _save(state, samples)


def _samples(name: str, photo: Image, shots: Shots, rng: np.random.Generator) -> Iterator[tuple[str, Sample]]:
    if name == "tilt":
        luma = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
        made = [tilt_sample(luma, rng) for _ in range(4)]
        yield from (("tilt", sample) for sample in made if sample is not None)
        return
    full = full_sample(photo, rng)
    if full is not None:
        yield "full", full
    yield from (("tone", tone_sample(photo, rng)) for _ in range(TONES_PER_FULL))
    yield from (("tone", radiance_sample(photo, rng)) for _ in range(RADIANCES_PER_FULL))
    if shots:
        yield from (("shot", shot_sample(shots, rng)) for _ in range(SHOTS_PER_FULL))


def _load(state: Path | None) -> State:
    if state is None or not state.exists():
        return {}
    with np.load(state) as stored:
        return {column: list(stored[column]) for column in stored.files}


def _save(state: Path, samples: State) -> None:
    part = state.with_name(state.name + ".part.npz")
    np.savez(part, **{column: np.stack(values) for column, values in samples.items()})  # type: ignore[arg-type]
    part.replace(state)


@cache
def _light_size() -> int:
    """How many of a cast's features, the last ones, are those of light."""
    from detector.light import light_features
    from imaging.view import View

    return len(light_features(View(np.zeros((8, 8, 3), np.uint8))))


def _fit_family(
    family: Family, features: NDArray[np.float32], made: NDArray[np.float32], deadline: float
) -> dict[str, NDArray[np.float32]]:
    """Fit the severities of a family's defects by cross-entropy against soft targets."""
    columns = [DEFECTS.index(defect) for defect in family.defects]
    taught = torch.tensor(np.where(made > 0, LEAST_TARGET + (1 - LEAST_TARGET) * made, 0)[:, columns])

    def loss(given: Tensor, chosen: Tensor) -> Tensor:
        return nn.functional.binary_cross_entropy_with_logits(given, taught[chosen])

    recipe = Recipe(HIDDEN[family.name], EPOCHS[family.name])
    return fitted(features, loss, len(columns), recipe, deadline)


def _fit_tilt(
    profiles: NDArray[np.float32], amounts: NDArray[np.float32], angles_deg: NDArray[np.float32], deadline: float
) -> dict[str, NDArray[np.float32]]:
    """Fit the probability of each candidate by cross-entropy against a narrow Gaussian around the truth."""
    planes, edges = torch.tensor(4 * np.sqrt(profiles)), torch.tensor(amounts)
    some = [tilt.candidate_rows(profiles[i], amounts[i]) for i in range(0, len(profiles), max(1, len(profiles) // 500))]
    seen = np.concatenate(some)
    mean, scale = seen.mean(axis=0), seen.std(axis=0) + 1e-2
    centre, spread = torch.tensor(mean), torch.tensor(scale)
    truth = torch.tan(torch.deg2rad(torch.tensor(angles_deg))) / tilt.BIN
    bins = torch.arange(-tilt.CANDIDATES, tilt.CANDIDATES + 1)
    targets = torch.softmax(-0.5 * ((truth[:, None] - bins) / TILT_WIDTH) ** 2, 1)
    places = torch.tensor(tilt.POSITIONS)
    window = 2 * tilt.NEIGHBOURS + 1

    def loss(net: nn.Module, chosen: Tensor) -> Tensor:
        held, target = planes[chosen], targets[chosen]
        if torch.rand(()) < 0.5:  # the mirrored photo
            held, target = held.flip(2), target.flip(1)
        rows = held.unfold(2, window, 1).permute(0, 2, 1, 3).reshape(len(held), len(bins), -1)
        around = edges[chosen][:, None].expand(-1, len(bins), -1)
        rows = torch.cat([rows, around, places.expand(len(held), -1, -1)], 2)
        with torch.autocast("cpu", torch.bfloat16):
            scores = net(((rows - centre) / spread).clamp(-INPUT_LIMIT, INPUT_LIMIT))[..., 0]
        return -(target * torch.log_softmax(scores.float(), 1)).sum(1).mean()

    recipe = Recipe(HIDDEN["tilt"], EPOCHS["tilt"])
    net = perceptron(len(mean), 1, recipe, 0)
    return {"mean": mean, "scale": scale, **averaged([descend(net, loss, len(planes), recipe, deadline)])}
