"""An operator's own checkpoint, rolled out by settings."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from configs.settings import AppArgs, CheckpointArgs
from deployments.app import build_app, compose
from deployments.enhancer import EnhancerServer
from deployments.messages import Output
from enhancers import CATALOGUE
from enhancers.base import Enhancer, EnhancerSpec
from enhancers.plan import Step
from imaging.codec import EncodeOptions, Photo, decode, encode
from imaging.defects import Defect
from imaging.errors import WeightsError
from imaging.formats import ImageFormat
from imaging.image import Image
from imaging.limits import Limits
from imaging.metadata import Metadata
from imaging.view import View
from imaging.weights import WeightsSpec, load_weights, save_weights
from tests.deployments.conftest import RunLocally
from tests.enhancers.no_estimate import NoEstimate
from tests.photos import room
from training.degradations import DEGRADATIONS

ROOT = Path(__file__).parents[2]
FAMILY = "brightener-1"
PACKAGED_OFFSET, OWN_OFFSET = 5, 20
WITH_NETWORK = [spec for spec in CATALOGUE if spec.weights is not None]


class Brighten(Enhancer[NoEstimate]):
    """A network of one weight: what it adds to every pixel."""

    defect = Defect.NOISY

    def __init__(self, device: str, weights: Path | None = None) -> None:
        self._offset = PACKAGED_OFFSET if weights is None else int(load_weights(weights, FAMILY)["offset"][0])

    def estimate(self, view: View) -> NoEstimate:
        return NoEstimate()

    def apply(self, image: Image, estimate: NoEstimate, strength: float) -> Image:
        return cv2.add(image, (strength * self._offset,) * 3)


SPEC = EnhancerSpec(Defect.NOISY, Brighten, "Dark", "Adds", weights=WeightsSpec("", "", FAMILY, "", ""))


def photo(image: Image) -> bytes:
    return encode(Photo(image, None, ImageFormat.PNG, Metadata()), EncodeOptions(ImageFormat.PNG))


@pytest.fixture
def own(tmp_path: Path) -> CheckpointArgs:
    path = tmp_path / "own.safetensors"
    return CheckpointArgs(path=path, sha256=save_weights(path, {"offset": np.array([OWN_OFFSET], np.float32)}, FAMILY))


@pytest.mark.parametrize(("configured", "offset"), [(False, PACKAGED_OFFSET), (True, OWN_OFFSET)])
def test_settings_decide_which_checkpoint_is_used(
    run_locally: RunLocally, own: CheckpointArgs, configured: bool, offset: int
) -> None:
    image = room(0, 64, 48) // 2
    client = run_locally([SPEC], checkpoints={"noisy": own.model_dump(mode="json")} if configured else {})
    answer = client.post("/fix_defect?defect_to_fix=noisy", files={"image": photo(image)})
    np.testing.assert_array_equal(decode(answer.content, Limits()).image, image + offset)


def test_another_file_than_the_digest_says_is_refused(own: CheckpointArgs) -> None:
    own.path.write_bytes(own.path.read_bytes() + b" ")
    with pytest.raises(WeightsError, match=rf"own\.safetensors has sha256 .*, expected was {own.sha256}"):
        EnhancerServer(SPEC, Limits(), own)


def test_another_family_is_refused(own: CheckpointArgs) -> None:
    spec = replace(SPEC, weights=WeightsSpec("", "", "darkener-1", "", ""))
    with pytest.raises(WeightsError, match="family brightener-1, expected was darkener-1"):
        EnhancerServer(spec, Limits(), own)


def test_a_file_that_is_not_there_is_refused(own: CheckpointArgs) -> None:
    own.path.unlink()
    with pytest.raises(WeightsError, match=r"own\.safetensors cannot be read: No such file"):
        EnhancerServer(SPEC, Limits(), own)


def test_a_wrong_checkpoint_stops_the_roll_out_before_any_replica(own: CheckpointArgs) -> None:
    with pytest.raises(WeightsError, match="sha256"):
        compose(AppArgs(checkpoints={Defect.NOISY: CheckpointArgs(path=own.path, sha256="0" * 64)}), "cpu", [SPEC])


def test_a_checkpoint_may_lie_on_the_nodes_of_the_replicas_only(own: CheckpointArgs) -> None:
    own.path.unlink()
    assert compose(AppArgs(checkpoints={Defect.NOISY: own}), "cpu", [SPEC])


def test_a_checkpoint_for_a_repair_without_a_network_is_refused_at_once(own: CheckpointArgs) -> None:
    args = AppArgs(checkpoints={Defect.ROTATION: own})
    with pytest.raises(ValueError, match=r"checkpoints names rotation, .* the repairs that have one: noisy"):
        compose(args, "cpu", [SPEC, *(spec for spec in CATALOGUE if spec.defect is Defect.ROTATION)])
    with pytest.raises(ValueError, match="checkpoints names rotation"):
        build_app(args)


def test_an_unknown_defect_is_refused(own: CheckpointArgs) -> None:
    with pytest.raises(ValidationError, match="checkpoints"):
        AppArgs.model_validate({"checkpoints": {"darkness": own.model_dump()}})


@pytest.mark.parametrize("spec", WITH_NETWORK, ids=lambda spec: str(spec.defect))
def test_every_network_takes_another_checkpoint_of_its_family(spec: EnhancerSpec, tmp_path: Path) -> None:
    assert spec.weights is not None
    (file,) = ROOT.glob(f"*/checkpoints/{spec.weights.file}")
    packaged = load_weights(file, spec.weights.architecture, spec.weights.sha256)
    path = tmp_path / "own.safetensors"
    halved = {name: np.asarray(values / 2, np.float32) for name, values in packaged.items()}
    own = CheckpointArgs(path=path, sha256=save_weights(path, halved, spec.weights.architecture))
    damaged = photo(DEGRADATIONS[spec.defect](room(0, 320, 240), 0.8, np.random.default_rng(0)))
    results = []
    for checkpoint in (None, own):
        server = EnhancerServer(spec, Limits(), checkpoint)
        upload, output = np.frombuffer(damaged, np.uint8), Output(EncodeOptions(ImageFormat.PNG))
        result = asyncio.run(server.repair(upload, Step(spec.defect, 1.0), output, last=True, verify=False))
        results.append(decode(result.data.tobytes(), Limits()).image)  # type: ignore[union-attr]
    assert np.any(results[0] != results[1])
