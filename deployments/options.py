"""The options of a request, as form fields or query parameters: names, ranges, and what is said when one is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from deployments.messages import Output
from enhancers.adjust import RANGES, Adjustments
from enhancers.plan import Strategy
from imaging.codec import EncodeOptions
from imaging.defects import Defect, Sensitivity
from imaging.errors import InvalidParameterError, UnknownDefectError
from imaging.formats import ImageFormat

Fields = Mapping[str, Sequence[str]]
"""The fields of a form and the query, each with all its values."""


def parse_defect(name: object) -> Defect:
    """Return the defect of that name.

    Raises:
        UnknownDefectError: There is none.
    """
    try:
        return Defect(str(name))
    except ValueError:
        known = ", ".join(Defect)
        raise UnknownDefectError(f"there is no defect {str(name)[:40]!r}; the defects are {known}") from None


DefectName = Annotated[Defect, BeforeValidator(parse_defect)]
Strength = Annotated[float, Field(ge=0, le=1, description="How much of the repair is applied: 0 nothing, 1 all of it.")]


class Options(BaseModel):
    """What a request may say; anything else in it is refused."""

    model_config = ConfigDict(extra="forbid")


class NoOptions(Options):
    """The options of the routes that take none."""


class LookOptions(Options):
    """The options of the routes that look for defects."""

    sensitivity: Sensitivity | None = Field(
        default=None,
        description="How readily a defect counts as found; by default as the service is set: `normal` unless told "
        "otherwise.",
    )


class OutputOptions(Options):
    """How a result is written."""

    format: Literal["jpeg", "png", "webp", "avif"] | None = Field(
        default=None, description="Format of the result; by default that of the upload (HEIC comes back as JPEG)."
    )
    quality: int | None = Field(default=None, ge=1, le=100, description="Quality of a JPEG, WebP or AVIF result.")
    max_side: int | None = Field(
        default=None,
        ge=16,
        le=20_000,
        description="Longest side of the result in pixels; smaller photos keep their size.",
    )
    keep_metadata: bool = Field(
        default=True, description="Keep EXIF and the colour profile; false strips all of it, GPS too."
    )

    def output(self, default_quality: int) -> Output:
        """Return these options as the codec takes them."""
        format = None if self.format is None else ImageFormat(self.format)
        quality = default_quality if self.quality is None else self.quality
        return Output(EncodeOptions(format, quality, self.keep_metadata), self.max_side)


class EnhanceOptions(OutputOptions, LookOptions):
    """The options of `/enhance_image`."""

    defects: list[DefectName] = Field(
        default_factory=list, description="Repair exactly these, found or not; by default what the detector finds."
    )
    strategy: Strategy = Field(
        default=Strategy.ALL, description="Repair all that is found, or only the most important."
    )
    strength: Strength = 1.0


class FixOptions(OutputOptions):
    """The options of `/fix_defect`."""

    defect_to_fix: DefectName = Field(description="The defect to repair, found or not.")
    strength: Strength = 1.0


class AdjustOptions(OutputOptions):
    """The options of `/adjust_image`, but for the settings themselves, which `enhancers.adjust` declares."""

    defects: list[DefectName] = Field(
        default_factory=list, description="Repair these first, found or not, so that both are done in one step."
    )
    strength: Strength = 1.0


OptionsT = TypeVar("OptionsT", bound=Options)


def parse(model: type[OptionsT], fields: Fields) -> OptionsT:
    """Return the options that the fields spell.

    Raises:
        InvalidParameterError: A field is unknown, repeated without need, or out of range.
        UnknownDefectError: A defect that does not exist.
    """
    raw: dict[str, Any] = {}
    for name, values in fields.items():
        field = model.model_fields.get(name)
        if field is not None and str(field.annotation).startswith("list"):
            raw[name] = list(values)
        elif len(values) > 1:
            raise InvalidParameterError(f"{name!r} is given {len(values)} times; once is enough")
        else:
            raw[name] = values[0]
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise _refusal(model, error) from None


def parse_json(model: type[OptionsT], body: bytes) -> OptionsT:
    """Return the options that a JSON object holds.

    Raises:
        InvalidParameterError: It is no JSON, or a member is unknown, missing or out of range.
        UnknownDefectError: A defect that does not exist.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(model, error) from None


def _refusal(model: type[BaseModel], error: ValidationError) -> InvalidParameterError:
    """Say what is wrong with the first wrong option."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])[:60] or "the body"
    if first["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields) or "none"
        return InvalidParameterError(f"there is no option {name!r} here; the options are: {known}")
    return InvalidParameterError(f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}")


def parse_adjustments(fields: Fields) -> tuple[AdjustOptions, Adjustments]:
    """Return the output options and the manual settings that the fields spell.

    Raises:
        InvalidParameterError: A field is unknown, not a number, or out of range.
    """
    settings: dict[str, float] = {}
    others: dict[str, Sequence[str]] = {}
    for name, values in fields.items():
        if name not in RANGES:
            others[name] = values
            continue
        try:
            [value] = values
            settings[name] = float(value)
        except ValueError:
            low, high = RANGES[name]
            raise InvalidParameterError(f"{name} is one number from {low:g} to {high:g}") from None
    return parse(AdjustOptions, others), Adjustments(**settings)
