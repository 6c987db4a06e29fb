"""The deployment that finds the defects of a photo."""

import numpy as np

from deployments.device import WorkThreads, prepare_replica
from deployments.messages import Inspection, Stages, Upload
from detector import detect
from imaging.codec import decode_view
from imaging.limits import Limits
from imaging.view import View

WARM_UP_SIDE_PX = 256


class DetectorServer:
    """Decodes a photo at viewing size and measures all nine defects."""

    def __init__(self, limits: Limits) -> None:
        prepare_replica()
        self._limits = limits
        # Most of the work is many small array operations, and two threads would take turns at the interpreter lock.
        self._thread = WorkThreads(1)
        # The first look reads the networks' weights. A bad file stops the replica here, not at a client's photo.
        noise = np.random.default_rng(0).integers(0, 255, (WARM_UP_SIDE_PX, WARM_UP_SIDE_PX, 3), np.uint8)
        detect(width=WARM_UP_SIDE_PX, height=WARM_UP_SIDE_PX, format="jpeg", view=View.of(noise))

    async def inspect(self, upload: Upload) -> Inspection:
        """Return the report of an encoded photo.

        Raises:
            BelvedereError: The upload is no photo, or over a limit.
        """
        return await self._thread.run(self._inspect, upload)

    def _inspect(self, upload: Upload) -> Inspection:
        stages = Stages()
        with stages.measure("view"):
            header, view = decode_view(upload, self._limits)
        with stages.measure("detect"):
            report = detect(width=header.width, height=header.height, format=header.format, view=view)
        return Inspection(report, stages)
