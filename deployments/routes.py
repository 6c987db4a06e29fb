"""The HTTP surface. Knows requests and answers, and nothing of Ray: any `Service` will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from fastapi import FastAPI, Response
from fastapi_offline import FastAPIOffline
from starlette.requests import Request
from starlette.responses import JSONResponse

from configs.settings import AppArgs
from deployments import openapi, options, pages, people_routes, problems
from deployments.messages import Inspection, Output, Result, Stages, Upload
from deployments.people_routes import People
from deployments.uploads import read_upload
from enhancers import CATALOGUE
from enhancers.adjust import Adjustments
from enhancers.plan import Step, plan, plan_for
from imaging.defects import Defect, Sensitivity


class Service(Protocol):
    """What carries a request out."""

    async def inspect(self, upload: Upload, sensitivity: Sensitivity, estimates: bool = False) -> Inspection: ...

    async def repair(self, upload: Upload, steps: Sequence[Step], output: Output, verify: bool) -> Result: ...

    async def adjust(
        self, upload: Upload, steps: Sequence[Step], adjustments: Adjustments, output: Output
    ) -> Result: ...


def create_api(service: Service, args: AppArgs, people: People) -> FastAPI:
    """Build the ASGI application in front of `service`, for photos, and `people`, for what is thought of them."""
    # Offline: the page at /docs loads nothing from other hosts.
    api = FastAPIOffline(title="Belvedere", description=openapi.DESCRIPTION, version=openapi.VERSION)
    problems.install(api, args.retry_after_s)
    pages.install(api)
    people_routes.install(api, people)
    max_bytes = round(args.max_megabytes * 1e6)

    @api.post(
        "/detect_problems", **openapi.looks(options.LookOptions, "The names of the defects found, as a JSON list.")
    )
    @api.post("/get_defects", **openapi.looks(options.LookOptions, "The same as `/detect_problems`."))
    async def detect_problems(request: Request) -> Response:
        upload, fields = await read_upload(request, max_bytes)
        wanted = options.parse(options.LookOptions, fields)
        inspection = await service.inspect(upload, wanted.sensitivity or args.sensitivity)
        return JSONResponse(inspection.report.found, headers=_headers(inspection.stages))

    @api.post("/inspect_image", **openapi.looks(options.LookOptions, "The whole report: every defect, and the plan."))
    async def inspect_image(request: Request) -> Response:
        upload, fields = await read_upload(request, max_bytes)
        wanted = options.parse(options.LookOptions, fields)
        inspection = await service.inspect(upload, wanted.sensitivity or args.sensitivity, estimates=True)
        return JSONResponse(describe(inspection), headers=_headers(inspection.stages))

    @api.post("/enhance_image", **openapi.repairs(options.EnhanceOptions, "Find what is wrong and repair only that."))
    async def enhance_image(request: Request) -> Response:
        upload, fields = await read_upload(request, max_bytes)
        wanted = options.parse(options.EnhanceOptions, fields)
        output = wanted.output(args.output_quality)
        if wanted.defects:
            steps = plan_for(wanted.defects, wanted.strength)
            return _photo(await service.repair(upload, steps, output, verify=False))
        inspection = await service.inspect(upload, wanted.sensitivity or args.sensitivity)
        steps = plan(inspection.report, wanted.strategy, wanted.strength)
        if not steps:
            return Response(status_code=204, headers=_headers(inspection.stages, found=inspection.report.found))
        result = await service.repair(upload, steps, output, verify=args.verify_repairs)
        return _photo(result, inspection)

    @api.post("/fix_defect", **openapi.repairs(options.FixOptions, "Repair one defect, found or not."))
    async def fix_defect(request: Request) -> Response:
        upload, fields = await read_upload(request, max_bytes)
        wanted = options.parse(options.FixOptions, fields)
        steps = plan_for([wanted.defect_to_fix], wanted.strength)
        return _photo(await service.repair(upload, steps, wanted.output(args.output_quality), verify=False))

    @api.post(
        "/adjust_image",
        **openapi.adjusts(options.AdjustOptions, "Apply manual settings, after repairs if any are named."),
    )
    async def adjust_image(request: Request) -> Response:
        upload, fields = await read_upload(request, max_bytes)
        wanted, adjustments = options.parse_adjustments(fields)
        steps = plan_for(wanted.defects, wanted.strength)
        return _photo(await service.adjust(upload, steps, adjustments, wanted.output(args.output_quality)))

    @api.get("/defects", summary="The catalogue: every defect and how it is repaired.")
    async def defects() -> list[dict[str, str]]:
        return [{"defect": spec.defect, "title": spec.title, "method": spec.method} for spec in CATALOGUE]

    return api


def describe(inspection: Inspection) -> dict[str, Any]:
    """Return a report as `/inspect_image` answers it, with the plan that `/enhance_image` would follow."""
    report = inspection.report
    return {
        "width": report.width,
        "height": report.height,
        "format": report.format,
        "subject": report.subject,
        "angle_deg": round(report.angle_deg, 2),
        "findings": [
            {
                "defect": finding.defect,
                "severity": round(finding.severity, 4),
                "threshold": finding.threshold,
                "found": finding.found,
                "estimate": {name: _rounded(each) for name, each in inspection.estimates[finding.defect].items()},
            }
            for finding in report.findings
        ],
        "plan": [{"defect": step.defect, "strength": step.strength} for step in plan(report)],
    }


def _rounded(value: float | list[float]) -> float | list[float]:
    return [round(each, 4) for each in value] if isinstance(value, list) else round(value, 4)


def _photo(result: Result, inspection: Inspection | None = None) -> Response:
    """Answer with the photo, or with 204 when no repair was kept."""
    stages = Stages([*(inspection.stages.spent if inspection else ()), *result.stages.spent])
    headers = _headers(stages, inspection.report.found if inspection else None, result.fixed)
    if result.data is None:
        return Response(status_code=204, headers=headers)
    # Bytes, not a view of the array: Serve's own proxy pickles what it passes on, and views do not pickle.
    return Response(result.data.tobytes(), media_type=result.format.media_type, headers=headers)


def _headers(
    stages: Stages, found: Iterable[Defect] | None = None, fixed: Iterable[Defect] | None = None
) -> dict[str, str]:
    headers = {"Server-Timing": ", ".join(f"{name};dur={spent_ms:.1f}" for name, spent_ms in stages.spent)}
    if found is not None:
        headers["X-Defects-Found"] = ", ".join(found)
    if fixed is not None:
        headers["X-Defects-Fixed"] = ", ".join(fixed)
    return headers
