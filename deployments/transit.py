"""How a photo enters and leaves the chain of deployments: the first one decodes it, the last one encodes it."""

from dataclasses import replace

import numpy as np

from deployments.messages import InTransit, Output, Result, Stages, Upload
from imaging.codec import decode, encode
from imaging.limits import Limits


def arrive(source: Upload | InTransit, limits: Limits, output: Output) -> InTransit:
    """Return the photo as pixels: what the deployment before sent, or the upload decoded, at most `max_side` long.

    Raises:
        BelvedereError: The upload is no photo, or over a limit.
    """
    if isinstance(source, InTransit):
        return source
    stages = Stages()
    with stages.measure("decode"):
        photo = decode(source, limits, output.max_side)
    return InTransit(photo, (), stages)


def leave(transit: InTransit, output: Output) -> Result:
    """Encode a photo."""
    format = output.encode.format or transit.photo.format.output
    stages = Stages([*transit.stages.spent])
    with stages.measure("encode"):
        data = np.frombuffer(encode(transit.photo, replace(output.encode, format=format)), np.uint8)
    return Result(data, format, transit.fixed, stages)


def leave_as_it_came(transit: InTransit, output: Output) -> Result:
    """Say that nothing was done to a photo; it is not encoded."""
    return Result(None, output.encode.format or transit.photo.format.output, (), transit.stages)
