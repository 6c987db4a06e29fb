"""The deployment that finds the defects of a photo."""

from threading import Semaphore

from deployments.device import prepare_replica
from deployments.messages import Inspection, Stages, Upload
from detector import detect
from imaging.codec import decode_view
from imaging.limits import Limits


class DetectorServer:
    """Decodes a photo at viewing size and measures all nine defects."""

    def __init__(self, limits: Limits) -> None:
        prepare_replica()
        self._limits = limits
        # Most of the work is many small array operations, and two threads would take turns at the interpreter lock.
        self._slot = Semaphore(1)

    def inspect(self, upload: Upload) -> Inspection:
        """Return the report of an encoded photo.

        Raises:
            BelvedereError: The upload is no photo, or over a limit.
        """
        stages = Stages()
        with self._slot:
            with stages.measure("view"):
                header, view = decode_view(upload, self._limits)
            with stages.measure("detect"):
                report = detect(width=header.width, height=header.height, format=header.format, view=view)
        return Inspection(report, stages)
