"""Sets the detector's thresholds and prints how many damaged photos are found and how many good ones raise alarms.

    python -m training.calibrate --photos FOLDER [--limit N] [--sheets DIR]

Good photos are listing photos as they were uploaded, of the calibrate part. Some do have defects, so look at the sheets
before believing a false alarm. Damaged ones are listing photos, photos of other houses, real pairs and panoramas
(`training.calibration_photos`). What is reported is measured on the held-out parts, the third family of degradations
and the real pairs held out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import DETECTORS, detect
from imaging.defects import Defect, Sensitivity
from imaging.image import Image
from imaging.view import View
from training.calibration_photos import LISTINGS, MAX_SIDE_PX, Damaged, damaged_photos
from training.degradations import TRAINED_FAMILIES, Family
from training.photos import list_photos, load_photo, photos_root
from training.split import Part

Severities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alarms:
    """What a sensitivity allows.

    Attributes:
        each: Largest share of clean photos on which one detector may raise an alarm.
        any: The same of any of the nine.
        least: The lowest threshold. Lower ones, which no clean listing photo reaches, call dark photos flat and flat
            ones hazy.
    """

    each: float
    any: float
    least: float


ALLOWED = {
    Sensitivity.CAREFUL: Alarms(0.003, 0.01, 0.2),
    Sensitivity.NORMAL: Alarms(0.01, 0.03, 0.15),
    Sensitivity.EAGER: Alarms(0.04, 0.1, 0.1),
}

ARTISTIC_SETS = ("cid22", "clic")
"""Photos of all kinds, whose alarms are reported: they set no threshold."""

_DEFECTS = tuple(Defect)


def judge(image: Image) -> Severities:
    """Return the severities of all nine defects of a photo, float64 (9,)."""
    height, width = image.shape[:2]
    report = detect(width=width, height=height, format="jpeg", view=View.of(image))
    return np.array([finding.severity for finding in report.findings])


def judge_clean(paths: Sequence[Path]) -> Severities:
    """Return the severities of photos as they are, float64 (N, 9)."""
    return np.array([judge(load_photo(path, MAX_SIDE_PX)) for path in paths]).reshape(-1, len(_DEFECTS))


def judge_damaged(photos: Iterable[Damaged]) -> dict[Defect, dict[str, Severities]]:
    """Return the severities of each defect on its damaged photos, float64 (N,) by source."""
    found: dict[Defect, dict[str, list[float]]] = {defect: {} for defect in Defect}
    for photo in photos:
        severity = judge(photo.image)[_DEFECTS.index(photo.defect)]
        found[photo.defect].setdefault(photo.source, []).append(float(severity))
    return {defect: {name: np.array(each) for name, each in sources.items()} for defect, sources in found.items()}


def recall(sources: Mapping[str, Severities], threshold: float) -> float:
    """Return the share of damaged photos found, mean over the sources; NaN without any."""
    shares = [float((severities >= threshold).mean()) for severities in sources.values()]
    return float(np.mean(shares)) if shares else float("nan")


def thresholds_for(
    clean: Severities, damaged: Mapping[Defect, Mapping[str, Severities]], allowed: Alarms
) -> Severities:
    """Return thresholds at which few clean photos raise an alarm and most damaged ones do.

    From the least for which each alarm is as rare as is allowed, the one is raised past its next clean photo that costs
    the least recall for each photo it spares, until any alarm is as rare as is allowed.

    Args:
        clean: Severities of N clean photos, (N, 9).
        damaged: Severities of damaged ones by defect and source.
        allowed: Shares of clean photos.

    Returns:
        Float64 (9,), multiples of 0.01.
    """
    most = int(allowed.each * len(clean))
    ranked = np.sort(clean, axis=0)[::-1]
    thresholds = np.maximum(_above(ranked[most]), allowed.least)
    while True:
        alarms = clean >= thresholds
        if alarms.any(axis=1).mean() <= allowed.any:
            return np.minimum(thresholds, 1.0)
        prices: list[tuple[float, int, float]] = []
        for j in np.flatnonzero(alarms.any(axis=0)):
            higher = float(_above(clean[alarms[:, j], j].min()))
            gone = alarms[:, j] & (clean[:, j] < higher)
            # Less is gained on a photo that raises another alarm.
            spared = float((1 / alarms[gone].sum(axis=1)).sum())
            sources = damaged[_DEFECTS[j]]
            missed = recall(sources, thresholds[j]) - recall(sources, higher) if sources else 0.0
            prices.append((missed / spared, int(j), higher))
        _, cheapest, higher = min(prices)
        thresholds[cheapest] = higher


def _above(severity: Severities | np.float64) -> Severities:
    """Return the next multiple of 0.01 that such a severity does not reach."""
    return np.round(np.floor(np.asarray(severity) * 100 + 1e-6) / 100 + 0.01, 2)


def auc(positive: Severities, negative: Severities) -> float:
    """Return the probability that a positive scores above a negative (ties count half): area under the ROC curve."""
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    up_to = np.searchsorted(ordered, positive, "right")
    return float((below + up_to).mean() / 2 / len(negative))


def report(
    clean: Severities,
    damaged: Mapping[Defect, Mapping[str, Severities]],
    thresholds: Mapping[Sensitivity, Severities],
) -> str:
    """Return as text, for each sensitivity, the clean photos without an alarm, false alarms and recall of each defect,
    and recall by source, the worst first."""
    quiet = "   ".join(f"{name} {1 - (clean >= limits).any(axis=1).mean():.1%}" for name, limits in thresholds.items())
    lines = [
        f"{len(clean)} clean photos, without any alarm: {quiet}",
        f"{'':50s}{'AUC':>6s}{'careful/normal/eager':>24s}",
    ]
    for j, defect in enumerate(_DEFECTS):
        limits = [each[j] for each in thresholds.values()]
        alarms = " / ".join(f"{(clean[:, j] >= limit).mean():.1%}" for limit in limits)
        lines.append(f"{defect}: thresholds {' / '.join(f'{limit:.2f}' for limit in limits)}, false alarms {alarms}")
        for name, severities in sorted(damaged[defect].items(), key=lambda each: recall(dict([each]), limits[1])):
            shares = " / ".join(f"{(severities >= limit).mean():.2f}" for limit in limits)
            label = f"  {name} ({len(severities)})"
            lines.append(f"{label:50s}{auc(severities, clean[:, j]):6.3f}{shares:>24s}")
        lines.append(f"{'  all':56s}{' / '.join(f'{recall(damaged[defect], limit):.2f}' for limit in limits):>24s}")
    return "\n".join(lines)


def write_sheets(folder: Path, paths: Sequence[Path], clean: Severities) -> None:
    """Write for each defect a sheet of the clean photos that show most of it, as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for j, defect in enumerate(_DEFECTS):
        worst = np.argsort(-clean[:, j])[:24]
        tiles = []
        for i in worst:
            tile = cv2.resize(load_photo(paths[i], 400), (300, 220), interpolation=cv2.INTER_AREA)
            tiles.append(
                cv2.putText(tile, f"{clean[i, j]:.2f}", (4, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (255, 0, 0), 2)
            )
        tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 6)
        rows = [np.hstack(tiles[i : i + 6]) for i in range(0, len(tiles), 6)]
        cv2.imwrite(str(folder / f"{defect}.png"), np.vstack(rows)[..., ::-1])


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: print the thresholds found, and the figures of those in use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder with the sets of photos (default: $BELVEDERE_PHOTOS)")
    parser.add_argument("--limit", type=int, help="at most so many photos of each kind")
    parser.add_argument("--sheets", type=Path, help="write sheets of the clean photos that show most of each defect")
    args = parser.parse_args(argv)
    root = photos_root(args.photos)
    cv2.setNumThreads(1)
    paths, held_out = (
        list_photos(root, only=part, sets=LISTINGS, limit=args.limit) for part in (Part.CALIBRATE, Part.HELD_OUT)
    )
    if not paths or not held_out:
        parser.error(f"no listing photos of both parts under {root}")
    now = {sensitivity: np.array([spec.thresholds[sensitivity] for spec in DETECTORS]) for sensitivity in Sensitivity}
    clean = judge_clean(paths)
    damaged = judge_damaged(damaged_photos(root, Part.CALIBRATE, Part.VALIDATE, TRAINED_FAMILIES, args.limit))
    found = {sensitivity: thresholds_for(clean, damaged, allowed) for sensitivity, allowed in ALLOWED.items()}
    print("calibration, thresholds found:", report(clean, damaged, found), sep="\n", end="\n\n", flush=True)
    if args.sheets:
        write_sheets(args.sheets, paths, clean)
    damaged = judge_damaged(damaged_photos(root, Part.HELD_OUT, Part.HELD_OUT, (Family.THIRD,), args.limit))
    print("held out, thresholds in use:", report(judge_clean(held_out), damaged, now), sep="\n", flush=True)
    artistic = judge_clean(list_photos(root, only=Part.HELD_OUT, sets=ARTISTIC_SETS, limit=args.limit))
    counts = (f"{name} {(artistic >= limits).any(axis=1).sum()}" for name, limits in now.items())
    print(f"of {len(artistic)} photos of all kinds, with any alarm:", ", ".join(counts))


if __name__ == "__main__":
    main()
