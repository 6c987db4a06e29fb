"""Trains the network of one repair, or of the detector, and prints what the settings need to roll it out.

    python -m training.train NAME --photos DIR --minutes 60 --state FILE --out FILE

Training goes on from `--state` where the file exists, and saves there every few minutes: stop it and start it again as
you like. Photos are split as `training.split` says; only the calibrate part is trained on, and the weights that did
best on the validate part are written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from imaging.defects import Defect
from training.photos import PHOTOS_VARIABLE, photos_root

Train = Callable[[str, Path, float, Path | None, Path], None]
"""(name, folder of photos, minutes, state file or None, checkpoint to write)"""

TRAININGS: dict[str, str] = {
    "blur": "training.train_spatial",
    "jpeg_artifacts": "training.train_spatial",
    "noisy": "training.train_spatial",
    "glaring": "training.train_perceptron",
    "hazy": "training.train_perceptron",
    "low_contrast": "training.train_perceptron",
    "low_light": "training.train_perceptron",
    "poor_white_balance": "training.train_perceptron",
    "detector": "training.train_detector",
    "tilt": "training.train_detector",
}
"""The module whose `train` trains each network. By name: each imports torch, and one is enough."""


def training_of(name: str) -> Train:
    """Return the function that trains a network of `TRAININGS`."""
    return import_module(TRAININGS[name]).train


def roll_out(name: str, out: Path) -> str:
    """Return how a checkpoint is put to use: for a repair, the lines that go into the `args` of a Serve YAML."""
    digest = sha256(out.read_bytes()).hexdigest()
    if name not in tuple(Defect):
        return f"{out} is trained, sha256 {digest}."
    return (
        f"{out} is trained. Put it on every node, and this into the settings (args):\n"
        f"checkpoints:\n  {name}:\n    path: {out.resolve()}\n    sha256: {digest}"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Command line: train, then print the settings."""
    parser = argparse.ArgumentParser(
        prog="training.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=sorted(TRAININGS), help="which network")
    parser.add_argument("--photos", help=f"folder of photos (default: ${PHOTOS_VARIABLE})")
    parser.add_argument("--minutes", type=float, default=60, help="CPU minutes to train, in all (default: %(default)s)")
    parser.add_argument("--state", type=Path, help="where the state of the training is kept between runs")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint to write, a .safetensors file")
    args = parser.parse_args(argv)
    if not args.minutes > 0:
        parser.error("--minutes is above 0")
    try:
        photos = photos_root(args.photos)
    except FileNotFoundError as error:
        parser.error(str(error))
    training_of(args.name)(args.name, photos, args.minutes, args.state, args.out)
    print(roll_out(args.name, args.out))


if __name__ == "__main__":
    main()
