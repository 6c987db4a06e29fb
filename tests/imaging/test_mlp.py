from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.mlp import INPUT_LIMIT, Mlp


def some_weights(sizes: tuple[int, ...] = (5, 8, 6, 3), prefix: str = "") -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    weights = {f"{prefix}mean": rng.normal(size=sizes[0]), f"{prefix}scale": rng.uniform(0.5, 2, sizes[0])}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        weights[f"{prefix}{2 * layer}.weight"] = rng.normal(size=(outputs, inputs))
        weights[f"{prefix}{2 * layer}.bias"] = rng.normal(size=outputs)
    return {name: array.astype(np.float32) for name, array in weights.items()}


def test_gives_what_torch_gives() -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    weights = some_weights()
    net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3))
    net.load_state_dict({k: torch.tensor(v) for k, v in weights.items() if k not in ("mean", "scale")})
    x = np.random.default_rng(1).normal(size=(7, 5)).astype(np.float32)
    standardised = np.clip((x - weights["mean"]) / weights["scale"], -INPUT_LIMIT, INPUT_LIMIT)
    expected = net(torch.tensor(standardised)).detach().numpy()
    np.testing.assert_allclose(Mlp(weights)(x), expected, atol=1e-5)


def test_a_vector_gives_a_vector() -> None:
    mlp = Mlp(some_weights())
    assert (mlp.inputs, mlp.outputs) == (5, 3)
    rows = np.random.default_rng(2).normal(size=(4, 5))
    batch = mlp(rows)
    assert batch.shape == (4, 3)
    assert batch.dtype == np.float32
    for row, outputs in zip(rows, batch, strict=True):
        np.testing.assert_allclose(mlp(row), outputs, rtol=1e-5)


def test_a_prefix_picks_one_of_several() -> None:
    weights = some_weights(prefix="tone.") | some_weights((2, 1), prefix="tilt.")
    assert (Mlp(weights, "tone.").outputs, Mlp(weights, "tilt.").outputs) == (3, 1)
    np.testing.assert_array_equal(Mlp(weights, "tone.")(np.ones(5)), Mlp(some_weights())(np.ones(5)))


def test_half_precision_weights_are_read() -> None:
    weights = some_weights()
    halved = {name: array.astype(np.float16) for name, array in weights.items()}
    np.testing.assert_allclose(Mlp(halved)(np.ones(5)), Mlp(weights)(np.ones(5)), atol=0.05)


def test_far_inputs_are_clipped_and_nothing_is_changed() -> None:
    mlp = Mlp(some_weights())
    x = np.full(5, 1e6, np.float32)
    x.flags.writeable = False
    np.testing.assert_allclose(mlp(x), mlp(np.full(5, 1e5)), rtol=1e-5)
    assert np.isfinite(mlp(x)).all()


def test_what_does_not_fit_is_refused() -> None:
    weights = some_weights()
    with pytest.raises(KeyError):
        Mlp({name: array for name, array in weights.items() if name != "0.bias"})
    with pytest.raises(ValueError, match="do not fit"):
        Mlp(weights | {"2.weight": weights["2.weight"][:, 1:]})
    with pytest.raises(ValueError, match="one length"):
        Mlp(weights | {"mean": weights["mean"][1:]})
