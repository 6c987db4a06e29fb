"""The deployment that repairs one defect. Bound once for each entry of the catalogue."""

import numpy as np

from configs.settings import CheckpointArgs
from deployments.checkpoints import checked
from deployments.device import WorkThreads, prepare_replica
from deployments.messages import InTransit, Output, Result, Stages, Upload
from deployments.transit import arrive, leave, leave_as_it_came
from detector import severity_of
from enhancers.base import EnhancerSpec
from enhancers.plan import Step
from enhancers.repair import repair_step
from imaging.limits import Limits

WARM_UP_SIDE_PX = 256


class EnhancerServer:
    """A thin shell around an enhancer: it decodes if it is first on the way, encodes if it is last.

    Args:
        spec: The repair.
        limits: Caps on what it decodes.
        checkpoint: What its network loads in place of the packaged weights.

    Raises:
        WeightsError: The checkpoint cannot be used. The replica does not start: a service that was told to use it
            shall not quietly use another.
    """

    def __init__(self, spec: EnhancerSpec, limits: Limits, checkpoint: CheckpointArgs | None = None) -> None:
        self._limits = limits
        self._threads = WorkThreads()
        self._enhancer = spec.build(prepare_replica(spec.on_torch), checked(spec, checkpoint))
        self._stage = str(spec.defect)
        # The first pass pays for lazy initialisation; it shall not be a client's photo. Dark noise leaves none idle.
        dark_noise = np.random.default_rng(0).integers(0, 60, (WARM_UP_SIDE_PX, WARM_UP_SIDE_PX, 3), np.uint8)
        self._enhancer.enhance(dark_noise)

    async def repair(
        self, source: Upload | InTransit, step: Step, output: Output, last: bool, verify: bool
    ) -> InTransit | Result:
        """Run one step.

        Args:
            source: The upload, when this step is the first; otherwise what the step before returned.
            step: What to repair, and how strongly.
            output: How the result is written; `max_side` is applied on decoding.
            last: Whether to encode the result rather than hand pixels on.
            verify: Whether a repair that did not lessen its defect is dropped.

        Raises:
            BelvedereError: The upload is no photo, or over a limit.
        """
        return await self._threads.run(self._repair, source, step, output, last, verify)

    def _repair(
        self, source: Upload | InTransit, step: Step, output: Output, last: bool, verify: bool
    ) -> InTransit | Result:
        transit = self._step(arrive(source, self._limits, output), step, verify)
        if not last:
            return transit
        return leave(transit, output) if transit.fixed else leave_as_it_came(transit, output)

    def _step(self, transit: InTransit, step: Step, verify: bool) -> InTransit:
        stages = Stages([*transit.stages.spent])
        with stages.measure(self._stage):
            result = repair_step(self._enhancer, transit.photo, step, severity_of if verify else None)
        fixed = (*transit.fixed, step.defect) if result.kept else transit.fixed
        return InTransit(result.photo, fixed, stages)
