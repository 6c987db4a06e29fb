"""Prints how much each repair gains on held-out photos, and that it leaves clean ones alone.

    python -m benchmarks.quality [--photos DIR] [--limit 24] [--only NAME ...] [--sheets DIR]

Each clean photo is degraded with random severity and repaired at full strength; figures are PSNR / SSIM / ΔE00 against
the clean photo. A tilt is measured in degrees that are left. "Dark" and "bright" are brackets of real radiance maps
(`hdr/` under the folder), compared with their exposure fusion.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from enhancers import CATALOGUE, build_enhancer
from enhancers.base import Enhancer
from imaging.defects import Defect
from imaging.image import Image
from imaging.view import View
from training.degradations import DEGRADATIONS
from training.degradations.geometry import tilt
from training.exposure import brackets
from training.metrics import Fidelity, fidelity, mean_fidelity, psnr_db
from training.photos import list_photos, load_photo, photos_root
from training.split import Part

MAX_SIDE_PX = 1024
HARMLESS_DB = 40.0
"""What a repair owes a clean photo."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One photo, degraded and repaired."""

    reference: Image
    degraded: Image
    repaired: Image


def held_out_photos(folder: str | None, limit: int) -> list[Image]:
    """Return clean held-out photos of a folder, or the ones that tests run on where no folder is known."""
    try:
        root = photos_root(folder)
    except FileNotFoundError:
        if folder is not None:
            raise
        from tests.photos import clean_photos

        return clean_photos()
    return [load_photo(path, MAX_SIDE_PX) for path in list_photos(root, only=Part.HELD_OUT, limit=limit)]


def trials(enhancer: Enhancer, defect: Defect, photos: Sequence[Image]) -> Iterable[Trial]:
    """Yield each photo with the defect at random severity and its repair; the same for the same photos."""
    for i, photo in enumerate(photos):
        rng = np.random.default_rng([i, tuple(Defect).index(defect)])
        degraded = DEGRADATIONS[defect](photo, float(rng.random()), rng)
        yield Trial(photo, degraded, enhancer.enhance(degraded))


def bracket_trials(enhancer: Enhancer, folder: Path, *, dark: bool) -> Iterable[Trial]:
    """Yield the dark or the bright shots of the held-out radiance maps, repaired, with their exposure fusion."""
    for bracket in brackets(folder, Part.HELD_OUT):
        degraded = bracket.dark if dark else bracket.bright
        yield Trial(bracket.reference, degraded, enhancer.enhance(degraded))


def gain_row(name: str, done: Sequence[Trial]) -> str:
    """Return one line of the table: degraded, repaired, gain, and the share of photos that got better."""
    before = [fidelity(t.degraded, t.reference) for t in done]
    after = [fidelity(t.repaired, t.reference) for t in done]
    b, a = mean_fidelity(before), mean_fidelity(after)
    better = sum(x.psnr_db > y.psnr_db for x, y in zip(after, before, strict=True)) / len(done)
    gain = f"{a.psnr_db - b.psnr_db:+.1f} / {a.ssim - b.ssim:+.3f} / {a.delta_e00 - b.delta_e00:+.1f}"
    return f"| {name:18s} | {_figures(b)} | {_figures(a)} | {gain:>21s} | {better:6.0%} |"


def harm_column(enhancer: Enhancer, photos: Sequence[Image]) -> str:
    """Return the mean PSNR of clean photos through the repair, the lowest, and how many fall below 40 dB."""
    values = []
    for photo in photos:
        through = enhancer.enhance(photo)
        values.append(psnr_db(through, photo) if through.shape == photo.shape else 0.0)
    harmed = sum(value < HARMLESS_DB for value in values)
    return f" {np.mean(values):5.1f} dB, lowest {min(values):5.1f}, {harmed} of {len(values)} under {HARMLESS_DB:.0f} |"


def rotation_rows(photos: Sequence[Image]) -> str:
    """Return the lines about tilts: degrees made, degrees left, and how many clean photos would be turned."""
    rng = np.random.default_rng(0)
    made = [float(rng.choice([-1, 1]) * rng.uniform(1.5, 10)) for _ in photos]
    seen = [View.of(tilt(photo, angle)).tilt.angle_deg for photo, angle in zip(photos, made, strict=True)]
    left = np.abs(np.array(made) - seen)
    told = np.array(seen) != 0
    own = np.abs([View.of(photo).tilt.angle_deg for photo in photos])
    told_left = f"{np.median(left[told]):.2f}" if told.any() else "-"
    return (
        f"| rotation: mean {np.abs(made).mean():.1f}° made; median {np.median(left):.2f}° left, {told_left}° if told "
        f"({told.mean():.0%}); clean photos judged tilted by 2° or more: {np.mean(own >= 2):.0%} |"
    )


def write_sheet(path: Path, done: Sequence[Trial]) -> None:
    """Write a picture of up to eight trials: degraded, repaired, clean."""
    rows = []
    for t in done[:8]:
        tiles = [cv2.resize(i, (480, 340), interpolation=cv2.INTER_AREA) for i in (t.degraded, t.repaired, t.reference)]
        rows.append(np.hstack(tiles))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.vstack(rows)[..., ::-1])


def _figures(f: Fidelity) -> str:
    return f"{f.psnr_db:5.1f} / {f.ssim:.3f} / {f.delta_e00:4.1f}"


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: print the table, and write before/after pictures where a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", help="folder of photos (default: $BELVEDERE_PHOTOS, then the shipped test photos)")
    parser.add_argument("--limit", type=int, default=24, help="at most so many photos")
    parser.add_argument("--only", nargs="+", default=[], help="only these defects")
    parser.add_argument("--sheets", type=Path, help="write before/after pictures into this folder")
    args = parser.parse_args(argv)
    photos = held_out_photos(args.photos, args.limit)
    print(f"{len(photos)} held-out photos; PSNR dB / SSIM / ΔE00, degraded, repaired, gain, better; clean through it")
    for spec in CATALOGUE:
        if args.only and spec.defect not in args.only:
            continue
        enhancer = build_enhancer(spec.defect)
        done = list(trials(enhancer, spec.defect, photos))
        if args.sheets:
            write_sheet(args.sheets / f"{spec.defect}.png", done)
        if spec.defect is Defect.ROTATION:
            print(rotation_rows(photos), flush=True)
        else:
            print(gain_row(spec.defect, done) + harm_column(enhancer, photos), flush=True)
    try:
        hdr = photos_root(args.photos) / "hdr"
    except FileNotFoundError:
        return
    for name, defect, dark in (("real dark", Defect.LOW_LIGHT, True), ("real bright", Defect.GLARING, False)):
        if (args.only and defect not in args.only) or not hdr.is_dir():
            continue
        done = list(bracket_trials(build_enhancer(defect), hdr, dark=dark))
        if done:
            print(gain_row(name, done), flush=True)
            if args.sheets:
                write_sheet(args.sheets / f"{name.replace(' ', '_')}.png", done)


if __name__ == "__main__":
    main()
