"""Times each detector feature and each enhancer, beside a table lookup and a JPEG decode of the same photo.

    python -m benchmarks.parts [--photo FILE] [--threads 1 2] [--only NAME ...]

Each enhancer gets a photo with its own defect, so that it cannot take the short way out; "clean" is the time it needs
to find that there is nothing to do.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from detector import DETECTORS
from enhancers import CATALOGUE
from imaging.image import Image
from imaging.view import View
from training.degradations import DEGRADATIONS
from training.photos import load_photo

SIZES = ((640, 480), (1600, 1200), (4000, 3000))
DEGRADED_SEVERITY = 0.6


def milliseconds(work: Callable[[], object], repeats: int = 9, budget_s: float = 3.0) -> float:
    """Return the median time of one call, ms, after one call to warm up; fewer repeats where the budget ends."""
    work()
    times: list[float] = []
    deadline = time.perf_counter() + budget_s
    while len(times) < repeats and (len(times) < 2 or time.perf_counter() < deadline):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


def photo_of_size(path: Path | None, width: int, height: int) -> Image:
    """Return a photo scaled to a size: a file's, or the rendered room of the tests (it has verticals to straighten)."""
    if path is not None:
        photo = load_photo(path)
    else:
        from tests.photos import room

        photo = room(0, 1600, 1200)
    scaled = cv2.resize(photo, (width, height), interpolation=cv2.INTER_CUBIC)
    scaled.flags.writeable = False
    return scaled


def set_threads(threads: int) -> None:
    """Set the threads of OpenCV and torch."""
    import torch

    cv2.setNumThreads(threads)
    torch.set_num_threads(threads)


def time_references(photo: Image) -> list[tuple[str, float]]:
    """Return the yardsticks: a table lookup and a JPEG decode of the photo."""
    table = np.arange(256, dtype=np.uint8)[::-1].copy()
    data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    return [
        ("table lookup", milliseconds(lambda: cv2.LUT(photo, table))),
        ("JPEG decode", milliseconds(lambda: cv2.imdecode(data, cv2.IMREAD_COLOR_RGB))),
    ]


def time_detectors(photo: Image) -> list[tuple[str, float]]:
    """Return the time of each detector alone on a fresh view, of making the view, and of all nine on one view."""
    image = View.of(photo).image
    rows = [("view of the pixels", milliseconds(lambda: View.of(photo)))]
    for spec in DETECTORS:
        rows.append((f"detect {spec.defect}", milliseconds(partial(_on_fresh_view, spec.severity, image))))

    def all_nine() -> None:
        view = View(image)
        for spec in DETECTORS:
            spec.severity(view)

    rows.append(("detect all nine", milliseconds(all_nine)))
    return rows


def _on_fresh_view(severity: Callable[[View], float], image: Image) -> float:
    return severity(View(image))


def time_enhancers(photo: Image, only: Sequence[str]) -> list[tuple[str, float]]:
    """Return the time of each enhancer on a photo with its defect, and on the clean one."""
    rows = []
    for spec in CATALOGUE:
        if only and spec.defect not in only:
            continue
        enhancer = spec.build("cpu")
        degraded = DEGRADATIONS[spec.defect](photo, DEGRADED_SEVERITY, np.random.default_rng(0))
        rows.append((f"enhance {spec.defect}", milliseconds(partial(enhancer.enhance, degraded))))
        rows.append((f"enhance {spec.defect}, clean", milliseconds(partial(enhancer.enhance, photo))))
    return rows


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: print one table for each number of threads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=Path, help="a photo (default: a rendered room)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="+", default=[], help="only these enhancers")
    args = parser.parse_args(argv)
    for threads in args.threads:
        set_threads(threads)
        columns = []
        for width, height in SIZES:
            photo = photo_of_size(args.photo, width, height)
            columns.append(time_references(photo) + time_detectors(photo) + time_enhancers(photo, args.only))
        print(f"\n{threads} thread(s), ms{'':19s}" + "".join(f"{w}x{h}".rjust(12) for w, h in SIZES))
        for row in zip(*columns, strict=True):
            print(f"{row[0][0]:35s}" + "".join(f"{ms:12.2f}" for _, ms in row))


if __name__ == "__main__":
    main()
