"""The figures that one number for each defect does not tell: known noise and quality, real brackets, angles, harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from benchmarks import sheets
from benchmarks.repairs import Repairs
from benchmarks.textbook import TEXTBOOK, hough_tilt_deg
from benchmarks.trials import (
    CLEAN_SETS,
    COMBINABLE,
    LOSSLESS_SETS,
    MAX_SIDE_PX,
    Trial,
    bracketed,
    camera_noise,
    combined,
    damaged,
    gaussian_noise,
    held_out,
    jpeg,
)
from imaging.color import srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image
from training.degradations.geometry import tilt
from training.metrics import fidelity, mean_fidelity, psnr_db
from training.photos import list_photos, load_photo, photos_root
from training.split import Part

Versions = Mapping[str, Repairs]

MARGIN_LEVELS_DB, MARGIN_PHOTOS = (39, 36, 33, 30, 27), 8
"""Camera noise, PSNR of the noisy photos, at which non-local means are compared; they take seconds a photo."""

LISTINGS_SHOWN, ROWS_OF_A_SHEET = 40, 10
"""Real listing photos that are there to be looked at, and how many of them go on one sheet."""


def lines(folder: str | None, limit: int, versions: Versions, sheets_folder: Path | None) -> Iterator[str]:
    """Yield all further figures as lines of text."""
    lossless, clean = held_out(folder, limit, LOSSLESS_SETS), held_out(folder, limit, CLEAN_SETS)
    yield from _gains("Gaussian noise 25, PNG", Defect.NOISY, gaussian_noise(lossless, 25), versions)
    yield from _gains("camera noise at 33 dB", Defect.NOISY, camera_noise(clean, 33), versions)
    yield from noise_margins(clean[:MARGIN_PHOTOS], versions)
    for quality in (10, 20):
        name = f"JPEG quality {quality}, luma"
        yield from _gains(name, Defect.JPEG_ARTIFACTS, jpeg(clean, quality), versions, luma_psnr_db)
    photos = held_out(folder, limit)
    yield from cast_angles(damaged(Defect.POOR_WHITE_BALANCE, photos), versions)
    yield from combinations(combined(photos), versions, sheets_folder)
    try:
        root = photos_root(folder)
    except FileNotFoundError:
        return
    for name, defect, dark in (("dark", Defect.LOW_LIGHT, True), ("bright", Defect.GLARING, False)):
        if trials := bracketed(root / "hdr", dark=dark):
            yield from _gains(f"real brackets, {name}", defect, trials, versions, sheets_folder=sheets_folder)
    yield from untouched(root, versions, sheets_folder)
    if sheets_folder is not None:
        listings_sheets(root, list(versions.values())[-1], sheets_folder)


def luma_psnr_db(image: Image, reference: Image) -> float:
    """Return the PSNR of the luma (BT.601), as deblocking is reported."""
    planes = [cv2.cvtColor(i, cv2.COLOR_RGB2GRAY)[..., None] for i in (image, reference)]
    return psnr_db(*planes)


def noise_margins(photos: Sequence[Image], versions: Versions) -> Iterator[str]:
    """Yield by how much denoising is better than non-local means, at every level of noise."""
    means = [operator for name, operator in TEXTBOOK[Defect.NOISY].items() if name.startswith("non-local means")]
    for name, version in versions.items():
        margins = []
        for level in MARGIN_LEVELS_DB:
            # Some photos cannot be made as noisy as that, or as little.
            if trials := camera_noise(photos, level):
                best = max(
                    _score([operator(trial.degraded) for trial in trials], trials, psnr_db) for operator in means
                )
                ours = [version.single(Defect.NOISY, trial.degraded) for trial in trials]
                margins.append(f"{_score(ours, trials, psnr_db) - best:+.1f} dB at {level} dB")
        yield f"{name} over the best non-local means, camera noise ({len(photos)}): {', '.join(margins)}"


def cast_angle_deg(image: Image, reference: Image) -> float:
    """Return the cast that a photo has against its reference, as the angle of the median gains from neutral.

    The reproduction angular error (Finlayson and Zakizadeh, BMVC 2014), in linear light, over pixels that neither
    photo clips.
    """
    usable = (np.minimum(image, reference).min(axis=2) > 10) & (np.maximum(image, reference).max(axis=2) < 245)
    if not usable.any():
        return 0.0
    gains = np.median(srgb_to_linear(image[usable]) / srgb_to_linear(reference[usable]), axis=0)
    return float(np.degrees(np.arccos(np.clip(gains.sum() / (np.linalg.norm(gains) * 3**0.5), -1, 1))))


def cast_angles(trials: Sequence[Trial], versions: Versions) -> Iterator[str]:
    """Yield the mean angle of the cast that is left."""
    defect = Defect.POOR_WHITE_BALANCE
    repairs: dict[str, Callable[[Image], Image]] = {"nothing": np.copy, **TEXTBOOK[defect]}
    repairs |= {name: partial(version.single, defect) for name, version in versions.items()}
    means = [
        f"{name} {np.mean([cast_angle_deg(repair(trial.degraded), trial.reference) for trial in trials]):.1f}°"
        for name, repair in repairs.items()
    ]
    yield "white balance, mean angle left: " + ", ".join(means)


def combinations(trials: Sequence[Trial], versions: Versions, sheets_folder: Path | None = None) -> Iterator[str]:
    """Yield what the default path gains where two or three defects are combined, and the best single repair for each
    photo, chosen by knowing the clean one."""
    done = [[trial.degraded for trial in trials]]
    yield f"two or three defects at once: {_mean(done[0], trials)}"
    for name, version in versions.items():
        paths, singles = [], []
        for trial in trials:
            path = version.default_path(trial.degraded, turn=False)
            paths.append(trial.degraded if path is None else path)
            repaired = [version.single(defect, trial.degraded) for defect in COMBINABLE]
            singles.append(repaired[int(np.argmax([psnr_db(image, trial.reference) for image in repaired]))])
        done.append(paths)
        yield f"    {name}: default path {_mean(paths, trials)}; best single repair {_mean(singles, trials)}"
    if sheets_folder is not None:
        sheets.write(sheets_folder / "combined.png", [*done, [trial.reference for trial in trials]])


def untouched(root: Path, versions: Versions, sheets_folder: Path | None = None) -> Iterator[str]:
    """Yield the share of clean photos that the default path returns as they are (204), for each set of photos."""
    paths = list_photos(root, only=Part.HELD_OUT)
    for name, version in versions.items():
        kept: dict[str, list[bool]] = {}
        changed: list[tuple[Image, Image]] = []
        for path in paths:
            photo = load_photo(path, MAX_SIDE_PX)
            result = version.default_path(photo)
            kept.setdefault(path.relative_to(root).parts[0], []).append(result is None)
            if result is not None:
                changed.append((photo, result))
        shares = ", ".join(f"{folder} {np.mean(each):.0%} of {len(each)}" for folder, each in kept.items())
        total = np.mean([each for values in kept.values() for each in values])
        yield f"clean photos through the default path of {name}: {total:.1%} of {len(paths)} untouched ({shares})"
        if sheets_folder is not None:
            sheets.write(sheets_folder / f"clean_changed_{name}.png", list(zip(*changed, strict=True)), rows=40)


def listings_sheets(root: Path, version: Repairs, sheets_folder: Path, count: int = LISTINGS_SHOWN) -> None:
    """Write before/after pictures of real listing photos, the first ones that the default path changes."""
    changed: list[tuple[Image, Image]] = []
    for path in list_photos(root, sets=["listings"]):
        photo = load_photo(path, MAX_SIDE_PX)
        result = version.default_path(photo)
        if result is not None:
            changed.append((photo, result))
        if len(changed) == count:
            break
    for start in range(0, len(changed), ROWS_OF_A_SHEET):
        columns = list(zip(*changed[start : start + ROWS_OF_A_SHEET], strict=True))
        sheets.write(sheets_folder / f"listings_{start // ROWS_OF_A_SHEET + 1}.png", columns, ROWS_OF_A_SHEET)


def tilts(photos: Sequence[Image], versions: Versions) -> Iterator[str]:
    """Yield how many degrees of a tilt are left, and how many clean photos would be turned by more than 0.3°."""
    rng = np.random.default_rng(0)
    made = np.array([float(rng.choice([-1, 1]) * rng.uniform(0.5, 10)) for _ in photos])
    tilted = [tilt(photo, angle) for photo, angle in zip(photos, made, strict=True)]
    yield f"tilts, {np.abs(made).mean():.1f}° made on average:"
    estimates: dict[str, Callable[[Image], float]] = {"textbook (Hough)": hough_tilt_deg}
    estimates |= {name: version.tilt_deg for name, version in versions.items()}
    for name, estimate in estimates.items():
        seen = np.array([estimate(photo) for photo in tilted])
        left, told = np.abs(made - seen), seen != 0
        told_left = f"{np.median(left[told]):.2f}°" if told.any() else "-"
        own = np.abs([estimate(photo) for photo in photos])
        yield (
            f"    {name}: median {np.median(left):.2f}° left; {told_left} where a tilt is told ({told.mean():.0%}), "
            f"{np.mean(left[told] <= 1):.0%} of those within 1°; of clean photos {np.mean(own < 0.3):.0%} under 0.3°"
        )


def _gains(
    name: str,
    defect: Defect,
    trials: Sequence[Trial],
    versions: Versions,
    metric: Callable[[Image, Image], float] = psnr_db,
    sheets_folder: Path | None = None,
) -> Iterator[str]:
    """Yield a line with the means of nothing, the best textbook operator, and each version."""

    def mean(photos: Sequence[Image]) -> str:
        if metric is psnr_db:
            return _mean(photos, trials)
        return f"{np.mean([metric(p, trial.reference) for p, trial in zip(photos, trials, strict=True)]):.2f} dB"

    columns = {"nothing": [trial.degraded for trial in trials]}
    operators = {key: [op(trial.degraded) for trial in trials] for key, op in TEXTBOOK[defect].items()}
    best = max(operators, key=lambda key: _score(operators[key], trials, metric))
    columns[f"textbook ({best})"] = operators[best]
    for version, repairs in versions.items():
        columns[version] = [repairs.single(defect, trial.degraded) for trial in trials]
    yield f"{name} ({len(trials)}): " + ", ".join(f"{key} {mean(photos)}" for key, photos in columns.items())
    if sheets_folder is not None:
        path = sheets_folder / f"{name.replace(', ', '_').replace(' ', '_')}.png"
        sheets.write(path, [*columns.values(), [trial.reference for trial in trials]])


def _score(photos: Sequence[Image], trials: Sequence[Trial], metric: Callable[[Image, Image], float]) -> float:
    return float(np.mean([metric(photo, trial.reference) for photo, trial in zip(photos, trials, strict=True)]))


def _mean(photos: Sequence[Image], trials: Sequence[Trial]) -> str:
    f = mean_fidelity([fidelity(photo, trial.reference) for photo, trial in zip(photos, trials, strict=True)])
    return f"{f.psnr_db:.2f} / {f.ssim:.3f} / {f.delta_e00:.2f}"
