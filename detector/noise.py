"""Sees noise."""

from __future__ import annotations

from detector.base import ramp
from imaging.measures.noise import measure_noise
from imaging.view import View

NOISY_THRESHOLD = 0.15
"""1.3 % of 374 clean calibration photos reach it (one is noisy, the rest is foliage), 93 % of the degraded ones."""

NONE_SIGMA, FULL_SIGMA = 1.0, 9.0
"""Noise in codes, as seen at viewing size, of severity 0 and 1: rounding and fine texture, and the 98th percentile of
the `noisy` degradation."""

MAX_BLOCKS = 1500
"""Blocks looked at: twice as many change the AUC by less than 0.002."""


def noise_severity(view: View) -> float:
    """Severity of noise in the luma of the view, as it is seen: noise hidden in shadows counts when it shows.

    The measure takes the flattest blocks at each brightness, is bounded by what nearly every block of the photo carries
    and trusted as far as its quietest blocks agree, so that grass and gravel are no noise.
    """
    return ramp(measure_noise(view.luma, max_blocks=MAX_BLOCKS, silent_sigma=NONE_SIGMA).sigma, NONE_SIGMA, FULL_SIGMA)
