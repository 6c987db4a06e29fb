from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from imaging.defects import Defect
from training.real_pairs import real_pairs, scene_part
from training.split import Part


def test_a_pair_is_a_scene_and_a_scene_belongs_to_one_part(tmp_path: Path) -> None:
    folder = tmp_path / "real/exposure"
    folder.mkdir(parents=True)
    for index in range(8):
        for code, name in ((10, "dark"), (200, "bright"), (90, "fused")):
            cv2.imwrite(str(folder / f"scene{index}_{name}.png"), np.full((4, 4, 3), code + index, np.uint8))
    dark, bright = (real_pairs(tmp_path, defect) for defect in (Defect.LOW_LIGHT, Defect.GLARING))
    assert [int(bad.max()) for bad, _ in dark] == [10 + index for index in range(8)]
    assert [int(bad.max()) for bad, _ in bright] == [200 + index for index in range(8)]
    assert [int(good.max()) for _, good in dark] == [90 + index for index in range(8)]
    parts = [len(real_pairs(tmp_path, Defect.LOW_LIGHT, part)) for part in Part]
    assert sum(parts) == 8
    assert scene_part("scene0") is not Part.CALIBRATE
    assert real_pairs(tmp_path, Defect.HAZY) == real_pairs(tmp_path, Defect.ROTATION) == []
