"""Prints how well each detector tells its defect, and the threshold that keeps false alarms on clean photos rare.

    python -m training.calibrate --photos FOLDER [--limit N] [--sheets DIR]

Thresholds are read off the calibration part of the photos and checked on the held-out part. Clean photos are real
listing and stock photos as they are; some do have defects, so look at the sheets before believing a false alarm.
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
from imaging.defects import Defect
from imaging.image import Image
from imaging.view import View
from training.degradations import DEGRADATIONS
from training.photos import list_photos, load_photo, photos_root
from training.split import Part

CLEAN_SETS = ("listings", "stock_interior", "stock_exterior")
FALSE_ALARMS = 0.02
"""Largest share of clean photos on which one detector may raise an alarm."""

VISIBLE = 1 / 3
"""Misses are counted from this severity of the degradation on: below it the damage is hard to see by design."""

MAX_SIDE_PX = 1200
_DEFECTS = tuple(Defect)


@dataclass(frozen=True, slots=True)
class Scores:
    """Severities that the detectors gave.

    Attributes:
        paths: The N photos.
        clean: Of the photos as they are, float64 (N, 9), columns in the order of `Defect`.
        degraded: Of each photo with one defect, float64 (N, 9, 9): photo, defect made, defect judged.
        made: Severity of the defect made, float64 (N, 9).
    """

    paths: Sequence[Path]
    clean: NDArray[np.float64]
    degraded: NDArray[np.float64]
    made: NDArray[np.float64]


def degrade(photo: Image, defect: Defect, seed: Sequence[int]) -> tuple[Image, float]:
    """Return the photo with one defect of random severity, and that severity; the same for the same seed."""
    rng = np.random.default_rng([*seed, _DEFECTS.index(defect)])
    severity = float(rng.random())
    return DEGRADATIONS[defect](photo, severity, rng), severity


def judge(image: Image) -> NDArray[np.float64]:
    """Return the severities of all nine defects of a photo, float64 (9,)."""
    view = View.of(image)
    return np.array([spec.severity(view) for spec in DETECTORS])


def score(paths: Sequence[Path]) -> Scores:
    """Judge photos as they are, and with each of the nine defects."""
    count, kinds = len(paths), len(_DEFECTS)
    scores = Scores(paths, np.empty((count, kinds)), np.empty((count, kinds, kinds)), np.empty((count, kinds)))
    for i, path in enumerate(paths):
        photo = load_photo(path, MAX_SIDE_PX)
        scores.clean[i] = judge(photo)
        for j, defect in enumerate(_DEFECTS):
            degraded, scores.made[i, j] = degrade(photo, defect, [i])
            scores.degraded[i, j] = judge(degraded)
    return scores


def auc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the probability that a positive scores above a negative (ties count half): area under the ROC curve."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    up_to = np.searchsorted(ordered, positive, "right")
    return float((below + up_to).mean() / 2 / len(negative))


def threshold_for(clean: NDArray[np.float64], false_alarms: float = FALSE_ALARMS) -> float:
    """Return the smallest threshold, rounded up to 0.01, that at most this share of clean photos reach."""
    allowed = int(false_alarms * len(clean))
    highest = np.sort(clean)[::-1]
    return min(1.0, float(np.floor(highest[allowed] * 100) / 100 + 0.01))


def report(name: str, scores: Scores, thresholds: NDArray[np.float64]) -> str:
    """Return the tables of one part as text: how well each defect is told, and which alarms each defect raises."""
    alarms = scores.clean >= thresholds
    lines = [
        f"{name}: {len(scores.paths)} photos; clean photos with any alarm {alarms.any(axis=1).mean():.1%}",
        f"{'':19s}AUC clean  AUC all  false alarms  threshold  caught (visible)  at 2 %",
    ]
    for j, defect in enumerate(_DEFECTS):
        others = np.concatenate([scores.clean[:, j], np.delete(scores.degraded[:, :, j], j, axis=1).ravel()])
        found = scores.degraded[:, j, j] >= thresholds[j]
        visible = scores.made[:, j] >= VISIBLE
        lines.append(
            f"{defect:19s}{auc(scores.degraded[:, j, j], scores.clean[:, j]):9.3f}"
            f"{auc(scores.degraded[:, j, j], others):9.3f}{alarms[:, j].mean():14.1%}{thresholds[j]:11.2f}"
            f"{found[visible].mean() if visible.any() else 0:18.1%}{threshold_for(scores.clean[:, j]):8.2f}"
        )
    lines += ["", "alarms raised (columns) by each defect made (rows), visible ones, %:"]
    lines.append(" " * 19 + " ".join(f"{defect[:8]:>8s}" for defect in _DEFECTS))
    for j, defect in enumerate(_DEFECTS):
        visible = scores.made[:, j] >= VISIBLE
        shares = (scores.degraded[visible, j] >= thresholds).sum(axis=0) * 100 / max(1, visible.sum())
        lines.append(f"{defect:19s}" + " ".join(f"{share:8.0f}" for share in shares))
    return "\n".join(lines)


def write_sheets(folder: Path, scores: Scores, thresholds: NDArray[np.float64]) -> None:
    """Write for each defect a sheet of its worst false alarms and one of its worst misses, as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for j, defect in enumerate(_DEFECTS):
        worst = np.argsort(-scores.clean[:, j])[:24]
        alarms = [(load_photo(scores.paths[i], 400), f"{scores.clean[i, j]:.2f}") for i in worst]
        _write_sheet(folder / f"{defect}_highest_clean.png", alarms)
        missed = np.flatnonzero((scores.degraded[:, j, j] < thresholds[j]) & (scores.made[:, j] >= VISIBLE))
        misses = []
        for i in missed[np.argsort(-scores.made[missed, j])][:24]:
            degraded, severity = degrade(load_photo(scores.paths[i], MAX_SIDE_PX), defect, [int(i)])
            misses.append((degraded, f"made {severity:.2f} judged {scores.degraded[i, j, j]:.2f}"))
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
    """Command line: print the tables of the calibration part and of the held-out part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder with the sets of photos (default: $BELVEDERE_PHOTOS)")
    parser.add_argument("--limit", type=int, help="at most so many photos of each part")
    parser.add_argument("--sheets", type=Path, help="write sheets of false alarms and misses of the calibration part")
    args = parser.parse_args(argv)
    root = photos_root(args.photos)
    cv2.setNumThreads(1)
    thresholds = np.array([spec.threshold for spec in DETECTORS])
    for part in (Part.CALIBRATE, Part.HELD_OUT):
        paths = list_photos(root, only=part, sets=CLEAN_SETS, limit=args.limit)
        if not paths:
            parser.error(f"no photos of the {part} part under {root}")
        scores = score(paths)
        print(report(part, scores, thresholds), end="\n\n", flush=True)
        if args.sheets and part is Part.CALIBRATE:
            write_sheets(args.sheets, scores, thresholds)


if __name__ == "__main__":
    main()
