from __future__ import annotations

import numpy as np
import pytest

from enhancers.local_tone import retone


def test_gains_are_applied_at_full_size() -> None:
    photo = np.full((300, 400, 3), 50, np.uint8)
    gains = np.ones((30, 40), np.float32)
    gains[:, 20:] = 2
    result = retone(photo, np.arange(256, dtype=np.uint8), gains)
    assert result[:, :150].mean() == pytest.approx(50, abs=1)
    assert result[:, 250:].mean() == pytest.approx(100, abs=1)
