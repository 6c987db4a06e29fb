"""The packaged checkpoints: there, whole, small, installed and described."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from detector import learned
from enhancers import CATALOGUE
from enhancers.base import CHECKPOINTS, EnhancerSpec
from imaging.measures import tilt
from imaging.weights import WeightsSpec, load_weights

ROOT = Path(__file__).parents[2]
ROOMS = ("detector", "enhancers", "imaging")
WITH_NETWORK = [spec for spec in CATALOGUE if spec.weights is not None]
FILES = sorted(file for room in ROOMS for file in (ROOT / room / "checkpoints").glob("*.safetensors"))
LARGEST_BYTES, LARGEST_TOTAL_BYTES = 4_000_000, 20_000_000


def weights_of(spec: EnhancerSpec) -> WeightsSpec:
    assert spec.weights is not None
    return spec.weights


@pytest.mark.parametrize("spec", WITH_NETWORK, ids=lambda spec: str(spec.defect))
def test_a_checkpoint_is_the_one_that_is_declared(spec: EnhancerSpec) -> None:
    weights = weights_of(spec)
    (file,) = (file for file in FILES if file.name == weights.file)
    assert load_weights(file, weights.architecture, weights.sha256)
    assert "training.train" in weights.trained_by
    assert weights.licence


def test_no_checkpoint_lies_about_unused() -> None:
    declared = {weights_of(spec).file for spec in WITH_NETWORK} | {learned.WEIGHTS.file, tilt.WEIGHTS.file}
    assert {file.name for file in FILES} == declared


def test_checkpoints_are_small() -> None:
    sizes = {file.name: file.stat().st_size for file in FILES}
    assert {name: size for name, size in sizes.items() if size > LARGEST_BYTES} == {}
    assert sum(sizes.values()) <= LARGEST_TOTAL_BYTES


def test_checkpoints_are_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    package_data = project["tool"]["setuptools"]["package-data"]
    for file in FILES:
        assert "checkpoints/*" in package_data[file.parents[1].name]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_checkpoint_has_its_card(file: Path) -> None:
    assert f"`{file.parents[1].name}/checkpoints/{file.name}`" in (CHECKPOINTS / "MODEL_CARDS.md").read_text()
