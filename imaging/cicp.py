"""Colour spaces named by code points instead of a profile (PNG's cICP chunk, the nclx box of AVIF and HEIC).

Their code points (ITU-T H.273, 2021) are turned into an ICC profile, so that the rest of the house knows one way only
of saying what RGB means. sRGB and what is displayed like it needs none. PQ and HLG, which are no 8-bit photo's, are not
interpreted.
"""

from __future__ import annotations

import struct
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_D65 = (0.3127, 0.3290)
_PRIMARIES = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
}
"""Chromaticities (x, y) of red, green and blue of the wide-gamut spaces with a D65 white (H.273, table 2)."""

_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_BT709_CURVE = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
_CURVES = {
    1: _BT709_CURVE,
    4: (2.2, 1.0, 0.0, 0.0, 0.0),
    6: _BT709_CURVE,
    13: _SRGB_CURVE,
    14: _BT709_CURVE,
    15: _BT709_CURVE,
}
"""Parameters (g, a, b, c, d) of linear = (a·code + b)^g from d on, c·code below (H.273, table 3; ICC.1:2022, 10.18)."""

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""White of the profile connection space and the cone responses it is adapted in (ICC.1:2022, annex E)."""


@lru_cache
def profile(primaries: int, transfer: int) -> bytes | None:
    """Return the ICC profile (version 4) of a pair of code points; None where sRGB is as good or nothing is known."""
    corners, curve = _PRIMARIES.get(primaries), _CURVES.get(transfer)
    if corners is None or curve is None:
        return None
    white = _xyz(_D65)
    rgb_to_xyz = np.stack([_xyz(corner) for corner in corners], axis=1)
    rgb_to_xyz *= np.linalg.solve(rgb_to_xyz, white)
    adaptation = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white)) @ _BRADFORD
    columns = (adaptation @ rgb_to_xyz).T
    tone = b"para" + struct.pack(">4xHH", 3, 0) + _fixed(*curve)
    tags = {
        b"desc": _text("Display P3" if primaries == 12 else "BT.2020"),
        b"cprt": _text("CC0"),
        b"wtpt": _xyz_tag(_D50),
        b"chad": b"sf32" + bytes(4) + _fixed(*adaptation.ravel()),
        **{b"rXYZ": _xyz_tag(columns[0]), b"gXYZ": _xyz_tag(columns[1]), b"bXYZ": _xyz_tag(columns[2])},
        **{b"rTRC": tone, b"gTRC": tone, b"bTRC": tone},
    }
    return _assemble(tags)


def _xyz(chromaticity: tuple[float, float]) -> NDArray[np.float64]:
    x, y = chromaticity
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _fixed(*values: float) -> bytes:
    """s15Fixed16 numbers (ICC.1:2022, 4.6)."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz_tag(xyz: NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*xyz)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII4sII", 1, 12, b"enUS", len(encoded), 28) + encoded


def _assemble(tags: dict[bytes, bytes]) -> bytes:
    """Header, tag table and tags of a display profile (ICC.1:2022, 7.1)."""
    table, bodies, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", start + len(bodies), len(tag))
        bodies += tag + bytes(-len(tag) % 4)
    header = struct.pack(">I4xI4s4s4s", start + len(bodies), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(*_D50)
    return header + bytes(128 - len(header)) + struct.pack(">I", len(tags)) + table + bodies
