from __future__ import annotations

import numpy as np

from deployments.refused import RefusedPhotos


def test_a_photo_is_refused_for_a_while() -> None:
    now = 0.0
    refused = RefusedPhotos(refuse_for_s=10, clock=lambda: now)
    photo, other = np.arange(9, dtype=np.uint8), np.zeros(9, np.uint8)
    assert photo not in refused
    refused.add(photo)
    assert photo.copy() in refused
    assert other not in refused
    now = 11.0
    assert photo not in refused
