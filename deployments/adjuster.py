"""The deployment that applies manual adjustments."""

from deployments.device import WorkThreads, prepare_replica
from deployments.messages import InTransit, Output, Result, Stages, Upload
from deployments.transit import arrive, leave
from enhancers.adjust import Adjustments, adjust_photo
from imaging.limits import Limits


class AdjusterServer:
    """Applies a person's settings to a photo, and encodes it: the last stage, alone or after repairs."""

    def __init__(self, limits: Limits) -> None:
        prepare_replica()
        self._limits = limits
        self._threads = WorkThreads()

    async def adjust(self, source: Upload | InTransit, adjustments: Adjustments, output: Output) -> Result:
        """Return the adjusted photo.

        Args:
            source: The upload, or what the last of some repairs returned.
            adjustments: The settings.
            output: How the result is written; `max_side` is applied on decoding.

        Raises:
            BelvedereError: The upload is no photo, or over a limit.
        """
        return await self._threads.run(self._adjust, source, adjustments, output)

    def _adjust(self, source: Upload | InTransit, adjustments: Adjustments, output: Output) -> Result:
        transit = arrive(source, self._limits, output)
        stages = Stages([*transit.stages.spent])
        with stages.measure("adjust"):
            photo = adjust_photo(transit.photo, adjustments)
        return leave(InTransit(photo, transit.fixed, stages), output)
