"""The deployment that finds the defects of a photo."""

from collections.abc import Mapping, Sequence

import numpy as np

from configs.settings import CheckpointArgs
from deployments.checkpoints import checked
from deployments.device import WorkThreads, prepare_replica
from deployments.messages import Inspection, Stages, Upload
from detector import detect
from enhancers.base import EnhancerSpec
from enhancers.estimates import Estimators
from imaging.codec import decode_view
from imaging.defects import Defect, Sensitivity
from imaging.limits import Limits
from imaging.view import View

WARM_UP_SIDE_PX = 256


class DetectorServer:
    """Decodes a photo at viewing size and measures all nine defects.

    Args:
        limits: Caps on what it decodes.
        catalogue: The repairs, whose estimates are reported.
        checkpoints: What their networks load in place of the packaged weights.

    Raises:
        WeightsError: A checkpoint cannot be used.
    """

    def __init__(
        self, limits: Limits, catalogue: Sequence[EnhancerSpec], checkpoints: Mapping[Defect, CheckpointArgs]
    ) -> None:
        prepare_replica()
        self._limits = limits
        self._estimators = Estimators({spec: checked(spec, checkpoints.get(spec.defect)) for spec in catalogue})
        # Most of the work is many small array operations, and two threads would take turns at the interpreter lock.
        self._thread = WorkThreads(1)
        # The first look reads the networks' weights. A bad file stops the replica here, not at a client's photo.
        noise = np.random.default_rng(0).integers(0, 255, (WARM_UP_SIDE_PX, WARM_UP_SIDE_PX, 3), np.uint8)
        detect(width=WARM_UP_SIDE_PX, height=WARM_UP_SIDE_PX, format="jpeg", view=View.of(noise))

    async def inspect(self, upload: Upload, sensitivity: Sensitivity, estimates: bool = False) -> Inspection:
        """Return the report of an encoded photo.

        Args:
            upload: The file.
            sensitivity: How readily a defect counts as found.
            estimates: Whether to estimate the parameters of every defect as well.

        Raises:
            BelvedereError: The upload is no photo, or over a limit.
        """
        return await self._thread.run(self._inspect, upload, sensitivity, estimates)

    def _inspect(self, upload: Upload, sensitivity: Sensitivity, estimates: bool) -> Inspection:
        stages = Stages()
        with stages.measure("view"):
            header, view = decode_view(upload, self._limits)
        with stages.measure("detect"):
            report = detect(
                width=header.width, height=header.height, format=header.format, view=view, sensitivity=sensitivity
            )
        if not estimates:
            return Inspection(report, stages)
        with stages.measure("estimate"):
            return Inspection(report, stages, self._estimators.describe(view))
