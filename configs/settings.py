"""The application's settings: the arguments of `deployments.app:build_app`.

Replicas and resources are not here: their defaults follow from the accelerator (`deployments/resources.py`), and the
`deployments` section of a Serve YAML overrides them.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from imaging.defects import Defect, Sensitivity
from study.place import DEFAULT_DATABASE, check_database


class CheckpointArgs(BaseModel):
    """A checkpoint of an operator's own, in place of the packaged one; `python -m training.train` prints both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path = Field(
        description="A safetensors file, at the same absolute path on every node that may run the repair."
    )
    sha256: str = Field(
        pattern="^[0-9a-fA-F]{64}$",
        description="Digest of the file in hex; a replica refuses to start on another file.",
    )

    @field_validator("path")
    @classmethod
    def _is_absolute(cls, path: Path) -> Path:
        if not path.is_absolute():
            raise ValueError(f"'{path}' is relative to nowhere in particular on a cluster; give an absolute path")
        return path


class AppArgs(BaseModel):
    """What an operator may set, as `args` in a Serve YAML or as `key=value` after `serve run`."""

    # A refused URL of a database may hold a password: no message repeats what was given.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    accelerator: Literal["auto", "cpu", "gpu"] = Field(
        default="auto",
        description="Where enhancers run: `auto` takes fractions of a GPU when the cluster has one and CPUs otherwise.",
    )
    max_megabytes: float = Field(
        default=30, gt=0, le=500, description="Largest upload, in millions of bytes; above it, 413."
    )
    max_megapixels: float = Field(
        default=50,
        gt=0,
        le=500,
        description="Largest photo, in millions of pixels, read off its header; above it, 413.",
    )
    output_quality: int = Field(
        default=90, ge=1, le=100, description="JPEG, WebP and AVIF quality of results when a request names none."
    )
    sensitivity: Sensitivity = Field(
        default=Sensitivity.NORMAL,
        description="How readily a defect counts as found when a request does not say: `careful` alarms on few good "
        "photos, `eager` misses few bad ones.",
    )
    verify_repairs: bool = Field(
        default=True,
        description="Measure each detected defect again after its repair and drop a repair that did not lessen it.",
    )
    refuse_for_s: float = Field(
        default=600, ge=0, description="How long a photo on which two replicas died is refused, in seconds."
    )
    request_timeout_s: float = Field(
        default=30, gt=0, description="Longest a photo may wait for one stage, in seconds; after it, 503."
    )
    max_queued_requests: int = Field(
        default=64, ge=1, description="Photos that may wait for each deployment before new ones get 503."
    )
    retry_after_s: int = Field(default=2, ge=1, description="What `Retry-After` says on a 503, in seconds.")
    gpu_fraction: float = Field(
        default=0.1, gt=0, le=1, description="Share of a GPU each enhancer replica reserves when GPUs are used."
    )
    checkpoints: dict[Defect, CheckpointArgs] = Field(
        default={}, description="Checkpoints to load in place of the packaged ones, by defect."
    )
    database: str = Field(
        default=DEFAULT_DATABASE,
        min_length=1,
        repr=False,  # the URL may hold a password
        description="Where decisions and studies are kept: the path of an SQLite file, or for a cluster a URL "
        "`postgresql+psycopg://…`. The password may be left out of it and given as `PGPASSWORD` or in `~/.pgpass`.",
    )

    @field_validator("database")
    @classmethod
    def _is_a_database(cls, database: str) -> str:
        return check_database(database)
