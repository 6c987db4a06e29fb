"""The deployment that applies manual adjustments."""

import numpy as np

from deployments.device import WorkThreads, prepare_replica
from deployments.messages import Output, Result, Stages, Upload
from enhancers.adjust import Adjustments, adjust_photo
from imaging.codec import decode, encode
from imaging.limits import Limits


class AdjusterServer:
    """Decodes a photo, applies a person's settings to it, encodes it."""

    def __init__(self, limits: Limits) -> None:
        prepare_replica()
        self._limits = limits
        self._threads = WorkThreads()

    async def adjust(self, upload: Upload, adjustments: Adjustments, output: Output) -> Result:
        """Return the adjusted photo.

        Raises:
            BelvedereError: The upload is no photo, or over a limit.
        """
        return await self._threads.run(self._adjust, upload, adjustments, output)

    def _adjust(self, upload: Upload, adjustments: Adjustments, output: Output) -> Result:
        stages = Stages()
        with stages.measure("decode"):
            photo = decode(upload, self._limits, output.max_side)
        with stages.measure("adjust"):
            photo = adjust_photo(photo, adjustments)
        with stages.measure("encode"):
            data = np.frombuffer(encode(photo, output.encode), np.uint8)
        return Result(data, output.encode.format or photo.format.output, (), stages)
