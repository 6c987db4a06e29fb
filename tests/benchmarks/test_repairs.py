from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.repairs import OtherVersion, ThisVersion
from imaging.defects import Defect
from tests.photos import room

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Another version: this one, but too dark photos are called right by it."""
    for name in ("imaging", "detector", "enhancers"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "enhancers" / "low_light.py").write_text(
        "from enhancers.base import Enhancer\n"
        "from imaging.defects import Defect\n"
        "METHOD = 'none'\n"
        "WEIGHTS = None\n"
        "class Idle(Enhancer):\n"
        "    defect = Defect.LOW_LIGHT\n"
        "    def estimate(self, view):\n"
        "        return None\n"
        "    def apply(self, image, estimate, strength):\n"
        "        return image\n"
        "def build(device, weights=None):\n"
        "    return Idle()\n"
    )
    return tmp_path


def test_another_version_runs_its_own_repairs(copy: Path) -> None:
    dark = np.ascontiguousarray(room(0) // 6)
    this, other = ThisVersion(), OtherVersion(copy)
    try:
        np.testing.assert_array_equal(other.single(Defect.LOW_LIGHT, dark), dark)
        assert this.single(Defect.LOW_LIGHT, dark).mean() > 2 * dark.mean()
        flat = np.ascontiguousarray(room(0) // 3 + 80)
        np.testing.assert_array_equal(other.single(Defect.LOW_CONTRAST, flat), this.single(Defect.LOW_CONTRAST, flat))
        assert other.tilt_deg(dark) == this.tilt_deg(dark)
        assert this.default_path(dark) is not None
    finally:
        other.close()


def test_a_folder_without_a_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="holds no version"):
        OtherVersion(tmp_path)


def test_a_photo_is_not_turned_where_it_is_compared() -> None:
    from training.degradations.geometry import tilt

    tilted = tilt(room(0), 5)
    this = ThisVersion()
    turned, upright = this.default_path(tilted), this.default_path(tilted, turn=False)
    assert turned is not None
    assert turned.shape != tilted.shape
    assert upright is None or upright.shape == tilted.shape
