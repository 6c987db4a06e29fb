from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from configs.settings import AppArgs, CheckpointArgs
from imaging.defects import Defect

MODELS: tuple[type[BaseModel], ...] = (AppArgs, CheckpointArgs)
SHA256 = "0123456789abcdef" * 4


def test_defaults_are_valid() -> None:
    assert AppArgs.model_validate(AppArgs().model_dump()) == AppArgs()


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"max_megabyte\n.*Extra inputs"):
        AppArgs.model_validate({"max_megabyte": 3})


def test_arguments_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        AppArgs().output_quality = 50  # type: ignore[misc]


@pytest.mark.parametrize(("model", "name"), [(model, name) for model in MODELS for name in model.model_fields])
def test_every_field_says_what_it_does(model: type[BaseModel], name: str) -> None:
    description = model.model_fields[name].description
    assert description is not None
    assert len(description) > 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accelerator", "tpu"),
        ("max_megabytes", 0),
        ("max_megabytes", 1e9),
        ("max_megapixels", 0),
        ("max_megapixels", -1),
        ("output_quality", 0),
        ("output_quality", 101),
        ("sensitivity", "keen"),
        ("verify_repairs", "perhaps"),
        ("refuse_for_s", -1),
        ("request_timeout_s", 0),
        ("max_queued_requests", 0),
        ("retry_after_s", 0),
        ("database", ""),
        ("database", "mysql://localhost/belvedere"),
        ("gpu_fraction", 0),
        ("gpu_fraction", 1.5),
        ("checkpoints", {"nosiy": {"path": "/models/noisy.safetensors", "sha256": SHA256}}),
        ("checkpoints", {"noisy": {"path": "models/noisy.safetensors", "sha256": SHA256}}),
        ("checkpoints", {"noisy": {"path": "/models/noisy.safetensors", "sha256": SHA256[:-1]}}),
        ("checkpoints", {"noisy": {"path": "/models/noisy.safetensors"}}),
        ("checkpoints", {"noisy": {"path": "/models/noisy.safetensors", "sha256": SHA256, "sha1": ""}}),
    ],
)
def test_values_out_of_range_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        AppArgs.model_validate({name: value})


def test_every_number_has_a_range() -> None:
    schema = AppArgs.model_json_schema()["properties"]
    unbounded = [
        name
        for name, field in schema.items()
        if field.get("type") in {"number", "integer"} and not field.keys() & {"minimum", "exclusiveMinimum"}
    ]
    assert unbounded == []


def test_words_of_a_command_line_are_understood() -> None:
    # `serve run deployments.app:build_app key=value` hands over strings.
    args = AppArgs.model_validate({"accelerator": "cpu", "max_megapixels": "12.5", "verify_repairs": "false"})
    assert (args.accelerator, args.max_megapixels, args.verify_repairs) == ("cpu", 12.5, False)


def test_checkpoints_are_named_by_defect() -> None:
    args = AppArgs.model_validate({"checkpoints": {"noisy": {"path": "/models/noisy.safetensors", "sha256": SHA256}}})
    assert args.checkpoints[Defect.NOISY].sha256 == SHA256


def test_the_password_of_a_database_is_not_shown() -> None:
    args = AppArgs(database="postgresql+psycopg://me:s3cret@db/belvedere")
    with pytest.raises(ValidationError) as caught:
        AppArgs.model_validate({"database": "postgres://me:s3cret@db/belvedere"})
    assert "s3cret" not in repr(args) + str(args) + str(caught.value)
