"""What people think, over HTTP: decisions on results, and the pairwise studies. Nothing here knows Ray.

A participant is told no variant's name, and no id or order that would tell one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol

from fastapi import FastAPI, Response
from pydantic import Field, field_validator
from starlette.requests import Request
from starlette.responses import JSONResponse

from deployments import openapi
from deployments.options import DefectName, NoOptions, Options, OptionsT, Strength, parse, parse_json
from deployments.uploads import read_json
from enhancers.adjust import RANGES, Adjustments
from imaging.errors import InvalidParameterError
from study.decisions import Decision
from study.results import AskedPair, Chosen, Progress, Side, StudyEntry

MAX_BODY_BYTES = 64_000
MAX_RESPONSE_MS = 24 * 60 * 60 * 1000
"""A pair that was looked at longer than a day was not looked at."""


class People(Protocol):
    """What keeps decisions and studies; `deployments.store.StoreServer` documents it."""

    async def decide(self, decision: Decision) -> bool: ...

    async def acceptance(self, since: date | None) -> dict[str, Any]: ...

    async def decisions_csv(self, since: date | None) -> str: ...

    async def studies(self) -> list[StudyEntry]: ...

    async def join(self, study: str) -> tuple[str, Progress]: ...

    async def ask(self, study: str, participant: str, count: int) -> tuple[list[AskedPair], Progress]: ...

    async def choose(self, study: str, participant: str, pair: str, side: Side, response_ms: int) -> Chosen: ...

    async def image(self, study: str, image: str) -> bytes: ...

    async def report(self, study: str) -> dict[str, Any]: ...


class Repair(Options):
    """A repair that is part of a result."""

    defect: DefectName
    strength: Strength


class DecisionBody(Options):
    """What `POST /feedback` takes."""

    photo: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the uploaded file, in hex.")
    found: list[DefectName] = Field(default=[], max_length=9, description="The defects that were found.")
    repaired: list[Repair] = Field(default=[], max_length=9, description="The repairs in the result.")
    adjustments: dict[str, float] = Field(default={}, description="Manual settings, as `/adjust_image` takes them.")
    decision: Literal["kept", "discarded"]

    @field_validator("adjustments")
    @classmethod
    def _are_settings(cls, adjustments: dict[str, float]) -> dict[str, float]:
        if unknown := adjustments.keys() - RANGES.keys():
            known = ", ".join(RANGES)
            raise InvalidParameterError(f"there is no adjustment {min(unknown)[:40]!r}; the adjustments are: {known}")
        Adjustments(**adjustments)  # refuses what is out of range
        return {name: value for name, value in adjustments.items() if value}


class ReportOptions(Options):
    """The options of `/feedback/report`."""

    since: date | None = Field(default=None, description="Only decisions from this day (UTC) on.")
    format: Literal["json", "csv"] = Field(default="json", description="Rates as JSON, or every decision as CSV.")


class PairsOptions(Options):
    """The options of `/studies/{name}/pairs`."""

    participant: str = Field(description="The token that `POST /studies/{name}/participants` gave.")
    count: int = Field(default=2, ge=1, le=10, description="How many pairs at most.")


class ChoiceBody(Options):
    """What `POST /studies/{name}/choices` takes."""

    participant: str = Field(description="The participant's token.")
    pair: str = Field(description="The id of the pair.")
    choice: Side = Field(description="The better side, or `same` where there is no difference.")
    response_ms: int = Field(ge=0, le=MAX_RESPONSE_MS, description="From seeing the pair to choosing, milliseconds.")


def install(api: FastAPI, people: People) -> None:
    """Add the routes to `api`."""

    @api.post(
        "/feedback", status_code=201, **openapi.keeps(DecisionBody, "Keep what a person decided on a result.", _CREATED)
    )
    async def feedback(request: Request) -> Response:
        body = await _body(request, DecisionBody)
        decision = Decision(
            photo=body.photo,
            found=tuple(body.found),
            repaired={repair.defect: repair.strength for repair in body.repaired},
            adjustments=body.adjustments,
            kept=body.decision == "kept",
            decided_at=datetime.now(UTC),
            version=openapi.VERSION,
        )
        replaced = await people.decide(decision)
        return JSONResponse({"id": decision.id, "replaced": replaced}, status_code=201)

    @api.get("/feedback/report", **openapi.tells(ReportOptions, "How often results are kept, by defect and week."))
    async def feedback_report(request: Request) -> Response:
        wanted = _query(request, ReportOptions)
        if wanted.format == "csv":
            return Response(await people.decisions_csv(wanted.since), media_type="text/csv")
        return JSONResponse(await people.acceptance(wanted.since))

    @api.get("/studies", **openapi.tells(NoOptions, "The studies."))
    async def studies() -> Response:
        return JSONResponse([asdict(entry) for entry in await people.studies()])

    @api.post("/studies/{name}/participants", status_code=201, **openapi.tells(NoOptions, "Take part.", _CREATED))
    async def participants(name: str) -> Response:
        token, progress = await people.join(name)
        return JSONResponse({"participant": token, **asdict(progress)}, status_code=201)

    @api.get(
        "/studies/{name}/pairs", **openapi.tells(PairsOptions, "The next pairs of a participant; none at the end.")
    )
    async def pairs(request: Request, name: str) -> Response:
        wanted = _query(request, PairsOptions)
        asked, progress = await people.ask(name, wanted.participant, wanted.count)
        path = f"/studies/{name}/images"
        shown = [{"id": pair.id, "left": f"{path}/{pair.left}", "right": f"{path}/{pair.right}"} for pair in asked]
        return JSONResponse({"pairs": shown, **asdict(progress)})

    @api.post(
        "/studies/{name}/choices", status_code=201, **openapi.keeps(ChoiceBody, "Choose the better version.", _CHOSEN)
    )
    async def choices(request: Request, name: str) -> Response:
        body = await _body(request, ChoiceBody)
        chosen = await people.choose(name, body.participant, body.pair, body.choice, body.response_ms)
        answer = {"agreed": chosen.agreed, "asked": chosen.asked, **asdict(chosen.progress)}
        return JSONResponse(answer, status_code=201 if chosen.first_time else 200)

    @api.get("/studies/{name}/images/{image}", **openapi.tells(NoOptions, "A version of a photo.", _JPEG))
    async def images(name: str, image: str) -> Response:
        forever = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(await people.image(name, image), media_type="image/jpeg", headers=forever)

    @api.get("/studies/{name}/report", **openapi.tells(NoOptions, "The ranking, over all and by defect; for editors."))
    async def study_report(name: str) -> Response:
        return JSONResponse(await people.report(name))


_CREATED: dict[int | str, Any] = {201: {"description": "Kept on the disk."}}
_CHOSEN = _CREATED | {200: {"description": "Answered before; the first answer stands."}}
_JPEG: dict[int | str, Any] = {200: {"description": "The photo.", "content": {"image/jpeg": {}}}}


async def _body(request: Request, model: type[OptionsT]) -> OptionsT:
    return parse_json(model, await read_json(request, MAX_BODY_BYTES))


def _query(request: Request, model: type[OptionsT]) -> OptionsT:
    fields: Mapping[str, list[str]] = {name: request.query_params.getlist(name) for name in request.query_params}
    return parse(model, fields)
