"""Deconvolution with a known kernel under a sparse-gradient prior, on torch.

Half-quadratic splitting after Krishnan and Fergus, "Fast image deconvolution using hyper-Laplacian priors" (NIPS
2009), with the exponent 1 (total variation, Wang et al., SIIMS 2008), for which the inner step is a plain soft
threshold. A Wiener filter of the same kernel rings on walls: on 28 calibration photos it gains 0.4 dB where this gains
1.1 dB. What differs: four rounds in place of some dozen, since the work has to be done within a tenth of a second.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from imaging.image import Plane

FIDELITY = 500.0
"""Weight of the blurred photo against the prior, for pixels in [0, 1] (sweep 150, 500, 2000)."""

PENALTIES = (4.0, 16.0, 64.0, 256.0)
"""Weight that ties the gradients to their thresholded copies, round by round; three rounds lose 0.1 dB."""

BORDER_PX = 32
"""Reflected border against ringing from the photo's rims."""


class Deconvolver:
    """Deconvolves planes on one device.

    Args:
        device: A torch device name, "cpu" or "cuda".
    """

    def __init__(self, device: str) -> None:
        self._device = torch.device(device)

    def sharpen(self, plane: Plane, kernel: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the plane before the blur, float32 (H, W) in codes, not clipped.

        Args:
            plane: uint8 (H, W).
            kernel: Point spread function, float32 (n, n), n odd and below 2 * `BORDER_PX`, sums to 1.
        """
        height, width = plane.shape
        high, wide = (cv2.getOptimalDFTSize(n + 2 * BORDER_PX) for n in (height, width))
        padded = cv2.copyMakeBorder(
            plane, BORDER_PX, high - height - BORDER_PX, BORDER_PX, wide - width - BORDER_PX, cv2.BORDER_REFLECT_101
        )
        with torch.inference_mode():
            photo = torch.from_numpy(padded).to(self._device).float().div_(255)
            sharp = self._solve(photo, self._transfer(kernel, high, wide)).mul_(255)
            return sharp[BORDER_PX : BORDER_PX + height, BORDER_PX : BORDER_PX + width].cpu().numpy()

    def _transfer(self, kernel: NDArray[np.float32], high: int, wide: int) -> torch.Tensor:
        """Fourier transform of the kernel centred at the origin, (high, wide / 2 + 1)."""
        size, reach = kernel.shape[0], kernel.shape[0] // 2
        grid = torch.zeros(high, wide, device=self._device)
        grid[:size, :size] = torch.from_numpy(kernel).to(self._device)
        return torch.fft.rfft2(grid.roll((-reach, -reach), (0, 1)))

    def _solve(self, photo: torch.Tensor, transfer: torch.Tensor) -> torch.Tensor:
        high, wide = photo.shape
        fy = torch.fft.fftfreq(high, device=self._device)[:, None]
        fx = torch.fft.rfftfreq(wide, device=self._device)[None]
        # Power of the two difference filters.
        differences = 4 - 2 * torch.cos(2 * torch.pi * fy) - 2 * torch.cos(2 * torch.pi * fx)
        fidelity = FIDELITY * transfer.abs().square()
        target = FIDELITY * torch.fft.rfft2(photo) * transfer.conj()
        sharp = photo
        for penalty in PENALTIES:
            right = torch.nn.functional.softshrink(sharp.roll(-1, 1).sub_(sharp), 1 / penalty)
            down = torch.nn.functional.softshrink(sharp.roll(-1, 0).sub_(sharp), 1 / penalty)
            divergence = right.roll(1, 1).sub_(right).add_(down.roll(1, 0)).sub_(down)
            spectrum = torch.fft.rfft2(divergence).mul_(penalty).add_(target)
            sharp = torch.fft.irfft2(spectrum.div_(fidelity + penalty * differences), s=(high, wide))
        return sharp
