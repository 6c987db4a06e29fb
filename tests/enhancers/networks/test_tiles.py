from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from enhancers.base import CHECKPOINTS
from enhancers.networks.tiles import CPU_BF16, CPU_FP32, GPU, DetailRepair, Running, is_grey, running_on
from enhancers.noisy import WEIGHTS
from imaging.image import Image
from imaging.weights import load_checkpoint
from tests.photos import grey, shipped
from training.metrics import psnr_db

PACKAGED = load_checkpoint(WEIGHTS, CHECKPOINTS)


def _repair(running: Running) -> DetailRepair:
    return DetailRepair(PACKAGED, "cpu", running)


def _with_grain(photo: Image, sigma: float = 12) -> Image:
    grain = np.random.default_rng(1).normal(0, sigma, photo.shape)
    return np.clip(np.rint(photo + grain), 0, 255).astype(np.uint8)


CLEAN = np.ascontiguousarray(shipped("coffee")[:200, :280])
NOISY = _with_grain(CLEAN)
WHOLE = _repair(CPU_FP32).repair(NOISY, 1.0)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("tile_px", [(96, 160), (136, 96)])
def test_tiles_do_not_show(tile_px: tuple[int, int], batch: int) -> None:
    tiled = _repair(replace(CPU_FP32, tile_px=tile_px, batch=batch)).repair(NOISY, 1.0)
    difference = cv2.absdiff(tiled, WHOLE)
    assert difference.max() <= 1, "the rounding of what lies beyond the overlap"
    assert (difference > 0).mean() < 0.01


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_costs_little(dtype: torch.dtype) -> None:
    half = _repair(replace(GPU, dtype=dtype)).repair(NOISY, 1.0)
    assert psnr_db(half, WHOLE) > 50
    assert psnr_db(half, CLEAN) > psnr_db(WHOLE, CLEAN) - 0.05


def test_a_large_photo_is_repaired_at_half_size() -> None:
    small = _repair(replace(CPU_FP32, max_pixels=CLEAN.shape[0] * CLEAN.shape[1] - 1)).repair(NOISY, 1.0)
    assert psnr_db(NOISY, CLEAN) < psnr_db(small, CLEAN) < psnr_db(WHOLE, CLEAN)
    view, clean_view, noisy_view = (
        cv2.resize(i, (140, 100), interpolation=cv2.INTER_AREA) for i in (small, CLEAN, NOISY)
    )
    assert psnr_db(view, clean_view) > psnr_db(noisy_view, clean_view) + 1.5, "where it is looked at it is repaired"


def test_amount_is_a_share_of_the_change() -> None:
    half = _repair(CPU_FP32).repair(NOISY, 0.5)
    middle = (NOISY.astype(int) + WHOLE) / 2
    inside = (WHOLE > 0) & (WHOLE < 255)
    assert np.abs(half - middle)[inside].max() <= 1


@pytest.mark.parametrize("origin", [(0, 0), (3, 6)])
def test_a_cut_with_its_origin_is_repaired_as_the_whole(origin: tuple[int, int]) -> None:
    row, column = origin
    cut = np.ascontiguousarray(NOISY[8 - row if row else 0 :, 8 - column if column else 0 :])
    repaired = _repair(CPU_FP32).repair(cut, 1.0, origin)
    inner = (slice(64, 130), slice(64, 200))
    expected = WHOLE[8 - row if row else 0 :, 8 - column if column else 0 :]
    assert cv2.absdiff(repaired[inner], np.ascontiguousarray(expected[inner])).max() <= 1


def test_grey_stays_grey() -> None:
    noisy_grey = grey(NOISY)
    assert is_grey(noisy_grey)
    assert not is_grey(NOISY)
    assert is_grey(_repair(CPU_BF16).repair(noisy_grey, 1.0))


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 3), (16, 8)])
def test_tiny_photos(size: tuple[int, int]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    photo.flags.writeable = False
    assert _repair(CPU_FP32).repair(photo, 1.0, (5, 2)).shape == photo.shape


def test_the_processor_decides_the_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    for capabilities, running in (({"amx_bf16": True}, CPU_BF16), ({"avx512_f": True}, CPU_FP32)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda found=capabilities: found, raising=False)
        assert running_on("cpu") is running
    assert running_on("cuda") is GPU
