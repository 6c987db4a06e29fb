"""Checkpoints of networks: safetensors files whose metadata names the network family, read as float32.

Read with numpy alone: a replica whose network runs in numpy never imports torch. Nothing is ever downloaded, and no
network is ever left with random weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256 as digest
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from imaging.errors import WeightsError

Weights: TypeAlias = dict[str, NDArray[np.float32]]
"""Tensors of a network by name."""

ARCHITECTURE_KEY = "architecture"
"""Where a file's metadata names its network family."""


@dataclass(frozen=True, slots=True)
class WeightsSpec:
    """A checkpoint that comes with the package.

    Attributes:
        file: Its name in the room's `checkpoints/`.
        sha256: Its digest in hex.
        architecture: The network family; another checkpoint must be of the same.
        trained_by: The command that trained it.
        licence: What the weights, and the photos they were trained on, may be used for.
    """

    file: str
    sha256: str
    architecture: str
    trained_by: str
    licence: str


def load_weights(path: Path, architecture: str, sha256: str | None = None) -> Weights:
    """Read a checkpoint, whatever precision it is stored in.

    Args:
        path: A safetensors file.
        architecture: The network family it must be of.
        sha256: The digest in hex that it must have; None: any.

    Raises:
        WeightsError: No such file, another digest, no checkpoint, another family, or values that are not finite.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"the checkpoint {path.name} cannot be read: {error.strerror}") from None
    if sha256 is not None and digest(data).hexdigest() != sha256.lower():
        raise WeightsError(
            f"the checkpoint {path.name} has sha256 {digest(data).hexdigest()}, expected was {sha256.lower()}: it is "
            "another file, or it changed after its digest was taken"
        )
    try:
        stored = deserialize(data)  # type: ignore[no-untyped-call]
        header_bytes = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + header_bytes]).get("__metadata__", {})
    except SafetensorError as error:
        raise WeightsError(f"the checkpoint {path.name} is no safetensors file: {error}") from None
    family = metadata.get(ARCHITECTURE_KEY)
    if family != architecture:
        raise WeightsError(
            f"the checkpoint {path.name} is of the network family {family or 'unknown'}, expected was "
            f"{architecture}: training/train.py makes one"
        )
    weights = {name: _as_float32(name, tensor, path.name) for name, tensor in stored}
    if broken := sorted(name for name, values in weights.items() if not np.isfinite(values).all()):
        raise WeightsError(f"the checkpoint {path.name} holds values that are not finite, in {', '.join(broken[:3])}")
    return weights


def load_checkpoint(spec: WeightsSpec, folder: Path, other: Path | None = None) -> Weights:
    """Read a packaged checkpoint, or another one of the same family in its place.

    Args:
        spec: The packaged checkpoint.
        folder: The room's `checkpoints/`.
        other: A file that replaces it.

    Raises:
        WeightsError: See `load_weights`; or the other checkpoint's tensors differ in name or shape from the packaged.
    """
    packaged = load_weights(folder / spec.file, spec.architecture, spec.sha256)
    if other is None:
        return packaged
    weights = load_weights(other, spec.architecture)
    shapes, expected = ({name: values.shape for name, values in held.items()} for held in (weights, packaged))
    if shapes != expected:
        odd = sorted(name for name in shapes.keys() | expected.keys() if shapes.get(name) != expected.get(name))
        raise WeightsError(
            f"the checkpoint {other.name} does not fit {spec.architecture}: {odd[0]} is "
            f"{shapes.get(odd[0], 'missing')}, expected was {expected.get(odd[0], 'nothing of that name')}"
        )
    return weights


def save_weights(
    path: Path, weights: Mapping[str, NDArray[np.float16] | NDArray[np.float32]], architecture: str
) -> str:
    """Write a checkpoint in the precision it is given in; return its sha256 in hex.

    A reader never sees half a file.
    """
    data = save(
        {name: np.ascontiguousarray(values) for name, values in weights.items()}, {ARCHITECTURE_KEY: architecture}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return digest(data).hexdigest()


def _as_float32(name: str, tensor: Mapping[str, Any], file: str) -> NDArray[np.float32]:
    match tensor["dtype"]:
        case "F32":
            values = np.frombuffer(tensor["data"], np.float32)
        case "F16":
            values = np.frombuffer(tensor["data"], np.float16).astype(np.float32)
        case "BF16":  # the upper half of a float32; numpy has no name for it
            values = (np.frombuffer(tensor["data"], np.uint16).astype(np.uint32) << 16).view(np.float32)
        case other:
            raise WeightsError(f"the checkpoint {file} stores {name} as {other}; F32, F16 and BF16 can be read")
    return values.reshape(tensor["shape"])
