"""Bytes that are told by their signature to be photos, and are nothing else."""

from __future__ import annotations

from pathlib import Path

JPEG = b"\xff\xd8\xff\xe0 jpeg "
PNG = b"\x89PNG\r\n\x1a\n png "
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
REPAIRED = b"\xff\xd8\xff\xe0 a repaired photo"


def make_files(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder and return it."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def tree(root: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
