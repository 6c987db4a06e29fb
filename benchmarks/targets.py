"""The figures that the closeness to clean photos does not tell: angles of casts and tilts, combined defects, harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import sheets
from benchmarks.repairs import Repairs
from benchmarks.textbook import TEXTBOOK, hough_tilt_deg
from benchmarks.trials import HOUSE_SETS, LISTINGS, MAX_SIDE_PX, Trial, combined, damaged, held_out
from imaging.color import srgb_to_linear
from imaging.defects import Defect
from imaging.image import Image
from training.degradations import FAMILIES, Family
from training.degradations.geometry import tilt
from training.metrics import fidelity, mean_fidelity, psnr_db
from training.photos import TRAINED_SETS, list_photos, load_photo, photos_root
from training.split import Part

Versions = Mapping[str, Repairs]

LEAST_COMBINED = 5
"""Degradations that a family must have before its combinations say anything."""

LISTINGS_SHOWN, ROWS_OF_A_SHEET = 40, 10
"""Real listing photos that are there to be looked at, and how many of them go on one sheet."""


def lines(folder: str | None, limit: int, versions: Versions, sheets_folder: Path | None) -> Iterator[str]:
    """Yield all further figures as lines of text."""
    photos = held_out(folder, limit, HOUSE_SETS)
    for family in Family:
        if Defect.POOR_WHITE_BALANCE in FAMILIES[family]:
            yield from cast_angles(family, damaged(Defect.POOR_WHITE_BALANCE, photos, family), versions)
        if len(FAMILIES[family]) >= LEAST_COMBINED:
            yield from combinations(family, combined(photos, family), versions, sheets_folder)
    try:
        root = photos_root(folder)
    except FileNotFoundError:
        return
    yield from untouched(root, versions, sheets_folder)
    if sheets_folder is not None:
        listings_sheets(root, list(versions.values())[-1], sheets_folder)


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


def cast_angles(family: Family, trials: Sequence[Trial], versions: Versions) -> Iterator[str]:
    """Yield the mean angle of the cast that is left."""
    defect = Defect.POOR_WHITE_BALANCE
    repairs: dict[str, Callable[[Image], Image]] = {"nothing": np.copy, **TEXTBOOK[defect]}
    repairs |= {name: partial(version.single, defect) for name, version in versions.items()}
    means = [
        f"{name} {np.mean([cast_angle_deg(repair(trial.degraded), trial.reference) for trial in trials]):.1f}°"
        for name, repair in repairs.items()
    ]
    yield f"white balance, {family} family, mean angle left: " + ", ".join(means)


def combinations(
    family: Family, trials: Sequence[Trial], versions: Versions, sheets_folder: Path | None = None
) -> Iterator[str]:
    """Yield what the default path gains where two or three defects are combined, and the best single repair for each
    photo, chosen by knowing the clean one."""
    done = [[trial.degraded for trial in trials]]
    yield f"two or three defects of the {family} family at once: {_mean(done[0], trials)}"
    for name, version in versions.items():
        paths, singles = [], []
        for trial in trials:
            path = version.default_path(trial.degraded, turn=False)
            paths.append(trial.degraded if path is None else path)
            repaired = [version.single(defect, trial.degraded) for defect in Defect if defect is not Defect.ROTATION]
            singles.append(repaired[int(np.argmax([psnr_db(image, trial.reference) for image in repaired]))])
        done.append(paths)
        yield f"    {name}: default path {_mean(paths, trials)}; best single repair {_mean(singles, trials)}"
    if sheets_folder is not None:
        sheets.write(sheets_folder / f"combined_{family}.png", [*done, [trial.reference for trial in trials]])


def untouched(root: Path, versions: Versions, sheets_folder: Path | None = None) -> Iterator[str]:
    """Yield the share of clean photos that the default path returns as they are (204), for each set of photos."""
    sets = [name for name in (*TRAINED_SETS, *LISTINGS) if (root / name).is_dir()]
    paths = list_photos(root, only=Part.HELD_OUT, sets=sets)
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


def _mean(photos: Sequence[Image], trials: Sequence[Trial]) -> str:
    f = mean_fidelity([fidelity(photo, trial.reference) for photo, trial in zip(photos, trials, strict=True)])
    return f"{f.psnr_db:.2f} / {f.ssim:.3f} / {f.delta_e00:.2f}"
