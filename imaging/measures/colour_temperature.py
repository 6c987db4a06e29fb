"""Correlated colour temperature and tint of a light, as photographers and lamp makers give them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

SRGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""Linear sRGB to XYZ (IEC 61966-2-1); white is D65."""

TEMPERATURES_K = (1000.0, 25000.0)
"""Range that is reported: beyond, the formula means nothing."""

_LOCUS = (-0.00616793, 0.0893944, -0.5179722, 1.5317403, -2.4243787, 1.925865, -0.471106)
"""Distance of the Planckian locus from (0.292, 0.24) in CIE 1960 (u, v), by powers of the angle, highest first (Ohno,
"Practical Use and Calculation of CCT and Duv", Leukos 2014)."""


def temperature_k(rgb: NDArray[np.floating]) -> float:
    """Return the correlated colour temperature of a light, kelvins (McCamy, Color Research & Application 1992).

    Args:
        rgb: Its linear sRGB, float (3,); equal channels are D65.
    """
    x_sum, y_sum, z_sum = (float(value) for value in SRGB_TO_XYZ @ rgb)
    total = x_sum + y_sum + z_sum
    x, y = x_sum / total, y_sum / total
    if y <= 0.1858 + 1e-3:  # bluer than any temperature
        return TEMPERATURES_K[1]
    n = (x - 0.3320) / (0.1858 - y)
    low, high = TEMPERATURES_K
    return min(max(((449 * n + 3525) * n + 6823.3) * n + 5520.33, low), high)


def duv(rgb: NDArray[np.floating]) -> float:
    """Return how far a light lies from the Planckian locus in CIE 1960 (u, v): positive is green, negative magenta."""
    x_sum, y_sum, z_sum = (float(value) for value in SRGB_TO_XYZ @ rgb)
    total = x_sum + 15 * y_sum + 3 * z_sum
    u, v = 4 * x_sum / total - 0.292, 6 * y_sum / total - 0.24
    distance = math.hypot(u, v)
    return distance - float(np.polyval(_LOCUS, math.acos(u / distance)))
