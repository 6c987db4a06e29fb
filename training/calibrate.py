"""Prints how well each defect is told among others, and the thresholds that keep false alarms on clean photos rare.

    python -m training.calibrate --photos FOLDER [--limit N] [--sheets DIR]

Each photo is judged as it is and with one to three defects of random severity, several times. Thresholds are set on
the validation part, and on listing photos of the calibration part as they are, which nothing was trained on.
Clean photos are real photos as they are; some do have defects, so look at the sheets before believing a false alarm.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import DETECTORS
from imaging.defects import Defect, Sensitivity
from imaging.image import Image
from imaging.view import View
from training.mixtures import mix
from training.photos import list_photos, load_photo, photos_root
from training.split import Part

HOUSE_SETS = ("listings", "stock_interior", "stock_exterior")
"""What the tables are of; thresholds are to spare other photos, too."""

FALSE_ALARMS = 0.02
"""Largest share of clean photos on which one detector may raise an alarm."""

ANY_FALSE_ALARM = 0.025
"""Largest share of clean photos on which any may. Thresholds set on one half of the clean photos raise nearly twice as
many alarms on the other half, and 5 % are the promise."""

LEAST_THRESHOLD = 0.3
"""A defect that is barely there and sure has this severity (`training.train_detector.LEAST_TARGET`): less is no reason
to touch a photo, however rare it is among clean ones."""

VISIBLE = 1 / 3
"""Misses are counted from this severity of the degradation on: below it the damage is hard to see by design."""

MAX_SIDE_PX = 1024
MIXTURES = 5
"""Damaged versions of each photo."""

_DEFECTS = tuple(Defect)


@dataclass(frozen=True, slots=True)
class Scores:
    """Severities that the detectors gave; defects in the order of `Defect`.

    Attributes:
        paths: The N photos.
        clean: Of the photos as they are, float64 (N, 9).
        mixed: Of their damaged versions, float64 (N, M, 9).
        made: Severities made in these, float64 (N, M, 9), 0 for none.
    """

    paths: Sequence[Path]
    clean: NDArray[np.float64]
    mixed: NDArray[np.float64]
    made: NDArray[np.float64]


def damage(photo: Image, seed: Sequence[int]) -> tuple[Image, NDArray[np.float32]]:
    """Return the photo with one to three defects, and the severities made; the same for the same seed."""
    return mix(photo, np.random.default_rng(list(seed)))


def judge(image: Image) -> NDArray[np.float64]:
    """Return the severities of all nine defects of a photo, float64 (9,)."""
    view = View.of(image)
    return np.array([spec.severity(view) for spec in DETECTORS])


def score(paths: Sequence[Path], mixtures: int = MIXTURES) -> Scores:
    """Judge photos as they are and damaged."""
    count, kinds = len(paths), len(_DEFECTS)
    scores = Scores(
        paths, np.empty((count, kinds)), np.empty((count, mixtures, kinds)), np.empty((count, mixtures, kinds))
    )
    for i, path in enumerate(paths):
        photo = load_photo(path, MAX_SIDE_PX)
        scores.clean[i] = judge(photo)
        for j in range(mixtures):
            damaged, scores.made[i, j] = damage(photo, [i, j])
            scores.mixed[i, j] = judge(damaged)
    return scores


def auc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the probability that a positive scores above a negative (ties count half): area under the ROC curve."""
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    up_to = np.searchsorted(ordered, positive, "right")
    return float((below + up_to).mean() / 2 / len(negative))


def threshold_for(clean: NDArray[np.float64], false_alarms: float = FALSE_ALARMS) -> float:
    """Return the smallest threshold, rounded up to 0.01, that at most this share of clean photos reach."""
    allowed = int(false_alarms * len(clean))
    highest = np.sort(clean)[::-1]
    return min(1.0, float(np.floor(highest[allowed] * 100) / 100 + 0.01))


def thresholds_for(
    clean: NDArray[np.float64], mixed: NDArray[np.float64], made: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return thresholds at which few clean photos raise an alarm and most visible defects do.

    From `LEAST_THRESHOLD` for all, the one is raised past its next clean photo that misses the fewest defects for each
    photo it spares, until at most `FALSE_ALARMS` of them raise each alarm and `ANY_FALSE_ALARM` any.

    Args:
        clean: Severities of N clean photos, (N, 9).
        mixed: Of M damaged ones, (M, 9).
        made: Severities made in these, (M, 9).

    Returns:
        Float64 (9,).
    """
    thresholds = np.full(len(_DEFECTS), LEAST_THRESHOLD)
    visible = [mixed[made[:, j] >= VISIBLE, j] for j in range(len(_DEFECTS))]
    while True:
        alarms = clean >= thresholds
        if alarms.mean(axis=0).max() <= FALSE_ALARMS and alarms.any(axis=1).mean() <= ANY_FALSE_ALARM:
            return thresholds
        prices: list[tuple[float, int, float]] = []
        for j in np.flatnonzero(alarms.any(axis=0)):
            higher = float(np.floor(clean[alarms[:, j], j].min() * 100) / 100 + 0.01)
            gone = alarms[:, j] & (clean[:, j] < higher)
            # Less is gained on a photo that raises another alarm.
            spared = (1 / alarms[gone].sum(axis=1)).sum()
            missed = ((visible[j] >= thresholds[j]) & (visible[j] < higher)).mean() if len(visible[j]) else 0.0
            prices.append((missed / spared, int(j), higher))
        _, cheapest, higher = min(prices)
        thresholds[cheapest] = higher


def report(name: str, scores: Scores, thresholds: NDArray[np.float64]) -> str:
    """Return the tables of one part as text: how well each defect is told, and which alarms each defect raises."""
    alarms = scores.clean >= thresholds
    made, judged = scores.made.reshape(-1, len(_DEFECTS)), scores.mixed.reshape(-1, len(_DEFECTS))
    lines = [
        f"{name}: {len(scores.paths)} photos; clean photos with any alarm {alarms.any(axis=1).mean():.1%}",
        f"{'':19s}AUC clean  AUC mixed  false alarms  threshold  caught (visible)  at 2 %",
    ]
    for j, defect in enumerate(_DEFECTS):
        has = made[:, j] > 0
        without = np.concatenate([scores.clean[:, j], judged[~has, j]])
        visible = made[:, j] >= VISIBLE
        caught = (judged[visible, j] >= thresholds[j]).mean() if visible.any() else 0.0
        lines.append(
            f"{defect:19s}{auc(judged[has, j], scores.clean[:, j]):9.3f}{auc(judged[has, j], without):11.3f}"
            f"{alarms[:, j].mean():14.1%}{thresholds[j]:11.2f}{caught:18.1%}{threshold_for(scores.clean[:, j]):8.2f}"
        )
    lines += ["", "alarms raised (columns) on photos with a visible defect (rows), among others, %:"]
    lines.append(" " * 19 + " ".join(f"{defect[:8]:>8s}" for defect in _DEFECTS))
    for j, defect in enumerate(_DEFECTS):
        visible = made[:, j] >= VISIBLE
        # Without those that have the other defect, too.
        shares = [
            100 * (judged[chosen, k] >= thresholds[k]).mean() if chosen.any() else 0.0
            for k, chosen in enumerate(visible & (made[:, k] == 0) if k != j else visible for k in range(len(_DEFECTS)))
        ]
        lines.append(f"{defect:19s}" + " ".join(f"{share:8.0f}" for share in shares))
    return "\n".join(lines)


def write_sheets(folder: Path, scores: Scores, thresholds: NDArray[np.float64]) -> None:
    """Write for each defect a sheet of its worst false alarms and one of its worst misses, as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for j, defect in enumerate(_DEFECTS):
        worst = np.argsort(-scores.clean[:, j])[:24]
        alarms = [(load_photo(scores.paths[i], 400), f"{scores.clean[i, j]:.2f}") for i in worst]
        _write_sheet(folder / f"{defect}_highest_clean.png", alarms)
        missed = np.argwhere((scores.mixed[..., j] < thresholds[j]) & (scores.made[..., j] >= VISIBLE))
        misses = []
        for i, k in sorted(missed.tolist(), key=lambda at: -scores.made[at[0], at[1], j])[:24]:
            damaged, made = damage(load_photo(scores.paths[i], MAX_SIDE_PX), [i, k])
            misses.append((damaged, f"made {made[j]:.2f} judged {scores.mixed[i, k, j]:.2f}"))
        _write_sheet(folder / f"{defect}_missed.png", misses)


def _write_sheet(path: Path, entries: Sequence[tuple[Image, str]]) -> None:
    if not entries:
        return
    width, height, columns = 300, 220, 6
    tiles = []
    for photo, caption in entries:
        tile = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
        tiles.append(cv2.putText(tile, caption, (4, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (255, 0, 0), 2))
    tiles += [np.zeros((height, width, 3), np.uint8)] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    cv2.imwrite(str(path), np.vstack(rows)[..., ::-1])


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: print the thresholds, and the tables of the validation part and of the held-out part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder with the sets of photos (default: $BELVEDERE_PHOTOS)")
    parser.add_argument("--limit", type=int, help="at most so many photos of each part")
    parser.add_argument("--sheets", type=Path, help="write sheets of false alarms and misses of the validation part")
    args = parser.parse_args(argv)
    root = photos_root(args.photos)
    cv2.setNumThreads(1)
    thresholds = np.array([spec.thresholds[Sensitivity.NORMAL] for spec in DETECTORS])
    validate, held_out = (
        list_photos(root, only=part, sets=HOUSE_SETS, limit=args.limit) for part in (Part.VALIDATE, Part.HELD_OUT)
    )
    for part, paths in ((Part.VALIDATE, validate), (Part.HELD_OUT, held_out)):
        if not paths:
            parser.error(f"no photos of the {part} part under {root}")
    others = [path for path in list_photos(root, only=Part.VALIDATE) if path.parent.name not in HOUSE_SETS]
    others += list_photos(root, only=Part.CALIBRATE, sets=("listings",))
    validated = score(validate)
    clean = np.concatenate([validated.clean, score(others[: args.limit], 0).clean])
    found = thresholds_for(clean, *(each.reshape(-1, len(_DEFECTS)) for each in (validated.mixed, validated.made)))
    print(f"{len(clean)} clean photos set the thresholds; now any alarm {(clean >= thresholds).any(axis=1).mean():.1%}")
    for defect, threshold, column, now in zip(_DEFECTS, found, clean.T, thresholds, strict=True):
        print(f"{defect:19s}{threshold:6.2f}, now {now:.2f} with {(column >= now).mean():.1%}")
    print()
    print(report(Part.VALIDATE, validated, thresholds), end="\n\n", flush=True)
    if args.sheets:
        write_sheets(args.sheets, validated, thresholds)
    print(report(Part.HELD_OUT, score(held_out), thresholds), flush=True)


if __name__ == "__main__":
    main()
