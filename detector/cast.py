"""Poor white balance: a cast of the light's colour over the whole photo."""

from __future__ import annotations

from detector.base import ramp
from imaging.measures.illuminant import estimate_illuminant
from imaging.view import View

_FULL_NATS = 7.8
"""Evidence that counts as severity 1: its upper quartile over calibration photos under random casts."""

WHITE_BALANCE_THRESHOLD = 0.66
"""2 % of 200 clean calibration photos reach it (`training/calibrate.py`), most of them with a cast to look at."""


def white_balance_severity(view: View) -> float:
    """Return how surely and how strongly the light of the photo is coloured, in [0, 1].

    It is the evidence against a neutral light rather than the size of the cast: a room of wood gives a large estimate
    of little certainty, and should be left alone; what is neutral beyond doubt under a weak cast should not.
    """
    return ramp(estimate_illuminant(view.thumbnail).cast_evidence_nats, 0.0, _FULL_NATS)
