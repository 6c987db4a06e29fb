from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import TensorSpec, serialize_file
from safetensors.numpy import save_file

from imaging.errors import BelvedereError, WeightsError
from imaging.weights import WeightsSpec, load_checkpoint, load_weights, save_weights

TENSORS: Mapping[str, np.ndarray] = {
    "first.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 8,
    "first.bias": np.array([-1.5, 0.25], np.float32),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints" / "toy.safetensors"


@pytest.fixture
def spec(path: Path) -> WeightsSpec:
    return WeightsSpec("toy.safetensors", save_weights(path, TENSORS, "toy-2"), "toy-2", "python -m toy", "CC0")


@pytest.mark.parametrize("precision", [np.float32, np.float16])
def test_what_is_saved_comes_back_as_float32(path: Path, precision: type) -> None:
    sha256 = save_weights(path, {name: values.astype(precision) for name, values in TENSORS.items()}, "toy-2")
    loaded = load_weights(path, "toy-2", sha256)
    assert loaded.keys() == TENSORS.keys()
    for name, values in loaded.items():
        assert values.dtype == np.float32
        np.testing.assert_array_equal(values, TENSORS[name])
    assert list(path.parent.iterdir()) == [path]


def test_bfloat16_is_read_without_torch(path: Path) -> None:
    path.parent.mkdir()
    upper = (TENSORS["first.weight"].view(np.uint32) >> 16).astype(np.uint16)  # exact: the values are eighths
    tensor = TensorSpec(dtype="bfloat16", shape=[2, 3], data_ptr=upper.ctypes.data, data_len=upper.nbytes)
    serialize_file({"first.weight": tensor}, str(path), {"architecture": "toy-2"})
    np.testing.assert_array_equal(load_weights(path, "toy-2")["first.weight"], TENSORS["first.weight"])


def test_a_digest_in_capitals_is_the_same(path: Path, spec: WeightsSpec) -> None:
    assert load_weights(path, "toy-2", spec.sha256.upper()).keys() == TENSORS.keys()


def test_another_digest_is_refused_with_both(path: Path, spec: WeightsSpec) -> None:
    with pytest.raises(WeightsError, match=rf"toy\.safetensors has sha256 {spec.sha256}, expected was {'0' * 64}"):
        load_weights(path, "toy-2", "0" * 64)


def test_another_family_is_refused_with_both(path: Path, spec: WeightsSpec) -> None:
    with pytest.raises(WeightsError, match="family toy-2, expected was other-1"):
        load_weights(path, "other-1")


def test_a_file_of_no_family_is_refused(path: Path) -> None:
    path.parent.mkdir()
    save_file(dict(TENSORS), path)
    with pytest.raises(WeightsError, match="family unknown"):
        load_weights(path, "toy-2")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a pickle", b"\x08\0\0\0\0\0\0\0not json"])
def test_what_is_no_safetensors_file_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="no safetensors file"):
        load_weights(path, "toy-2")


def test_half_a_file_is_refused(path: Path, spec: WeightsSpec) -> None:
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(WeightsError, match="no safetensors file"):
        load_weights(path, "toy-2")


def test_integers_and_values_that_are_not_finite_are_refused(path: Path) -> None:
    path.parent.mkdir()
    save_file({"a": np.ones(3, np.int32)}, path, {"architecture": "toy-2"})
    with pytest.raises(WeightsError, match="stores a as I32"):
        load_weights(path, "toy-2")
    save_weights(path, {"a": np.array([1, np.nan], np.float32)}, "toy-2")
    with pytest.raises(WeightsError, match="not finite, in a"):
        load_weights(path, "toy-2")


def test_a_missing_file_is_told_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"checkpoint gone\.safetensors cannot be read: No such file") as caught:
        load_weights(tmp_path / "gone.safetensors", "toy-2")
    assert str(tmp_path) not in str(caught.value)
    assert not isinstance(caught.value, BelvedereError)


def test_the_packaged_checkpoint_is_checked(path: Path, spec: WeightsSpec) -> None:
    np.testing.assert_array_equal(load_checkpoint(spec, path.parent)["first.bias"], TENSORS["first.bias"])
    with pytest.raises(WeightsError, match="sha256"):
        load_checkpoint(replace(spec, sha256="0" * 64), path.parent)


def test_another_checkpoint_takes_its_place(path: Path, spec: WeightsSpec, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    save_weights(other, {name: 2 * values for name, values in TENSORS.items()}, "toy-2")
    loaded = load_checkpoint(spec, path.parent, other)
    np.testing.assert_array_equal(loaded["first.bias"], 2 * TENSORS["first.bias"])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"first.bias": np.ones(3, np.float32)}, r"first\.bias is \(3,\), expected was \(2,\)"),
        ({"second": np.ones(3, np.float32)}, "second is .*, expected was nothing of that name"),
        ({"first.bias": None}, r"first\.bias is missing, expected was \(2,\)"),
    ],
)
def test_another_checkpoint_has_to_fit(
    path: Path, spec: WeightsSpec, tmp_path: Path, change: Mapping[str, np.ndarray | None], complaint: str
) -> None:
    other = tmp_path / "other.safetensors"
    tensors = {name: values for name, values in ({**TENSORS, **change}).items() if values is not None}
    save_weights(other, tensors, "toy-2")
    with pytest.raises(WeightsError, match=complaint):
        load_checkpoint(spec, path.parent, other)
