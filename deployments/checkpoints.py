"""An operator's own checkpoints: held to their digest and family before anything is built of them."""

from pathlib import Path

from configs.settings import CheckpointArgs
from enhancers.base import EnhancerSpec
from imaging.errors import WeightsError
from imaging.weights import load_weights


def checked(spec: EnhancerSpec, checkpoint: CheckpointArgs | None) -> Path | None:
    """Return the path of the checkpoint that takes the place of the packaged one; None for the packaged one.

    Raises:
        WeightsError: It is another file than the settings say, of another family, or the repair has no network.
    """
    if checkpoint is None:
        return None
    if spec.weights is None:
        raise WeightsError(f"{spec.defect} has no network to load a checkpoint into")
    load_weights(checkpoint.path, spec.weights.architecture, checkpoint.sha256)
    return checkpoint.path
