from __future__ import annotations

import subprocess
import sys

import pytest

from cli.main import STRATEGIES, main
from enhancers.plan import Strategy
from imaging.defects import Defect


def test_the_strategies_are_the_plans() -> None:
    assert set(STRATEGIES) == set(Strategy)


@pytest.mark.parametrize("command", ["enhance", "repair"])
def test_the_help_names_every_defect(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert all(defect in printed for defect in Defect)


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    assert all(command in printed for command in ("enhance", "repair", "inspect", "feedback", "study", "serve"))


def test_the_arguments_of_serve(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["serve", "--help"])
    assert caught.value.code == 0
    assert "--port" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("module", "heavy"),
    [("cli.main", ["ray", "torch", "cv2", "requests"]), ("cli.enhance, cli.client", ["ray", "torch", "cv2"])],
)
def test_commands_start_at_once(module: str, heavy: list[str]) -> None:
    """What a command does not need it does not import; ray none of them."""
    code = f"import sys, {module}; sys.exit(', '.join(name for name in {heavy} if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr.strip() == ""
