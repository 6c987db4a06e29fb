"""Holds the rooms to the table of the design: an import may only point down."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What each room may import of the others.
ROOMS: dict[str, set[str]] = {
    "imaging": set(),
    "detector": {"imaging"},
    "enhancers": {"imaging"},
    "study": {"imaging"},
    "configs": {"imaging", "detector", "enhancers", "study"},
    "deployments": {"imaging", "detector", "enhancers", "study", "configs"},
    "cli": {"imaging", "detector", "enhancers", "study", "configs", "deployments"},
    "training": {"imaging", "detector", "enhancers"},
    "benchmarks": {"imaging", "detector", "enhancers", "study", "configs", "deployments", "cli", "training", "tests"},
}
# Who may import what from outside, where that matters.
RESTRICTED: dict[str, set[str]] = {
    "ray": {"deployments"},
    "fastapi": {"deployments"},
    "starlette": {"deployments"},
    "torch": {"imaging", "enhancers", "deployments", "training", "benchmarks"},
    "pydantic": {"configs", "deployments"},
    "PIL": {"imaging", "training", "benchmarks"},
    "simplejpeg": {"imaging", "training", "benchmarks"},
    "pillow_heif": {"imaging"},
    "sqlalchemy": {"study"},
    "alembic": {"study"},
    "choix": {"study"},
    "matplotlib": {"study"},
    "skimage": {"training", "benchmarks"},
}


def modules_of(room: str) -> Iterator[tuple[str, Path]]:
    """Yield the name and file of every module of a room."""
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return every module that a file names in an import, wherever in the file it stands."""
    package = path.relative_to(ROOT).parent.parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*base, *([node.module] if node.module else [])])
            found.add(origin)
            # `from package import module` names a module; whether it does is for the reader of the result to see.
            found.update(f"{origin}.{alias.name}" for alias in node.names)
    return frozenset(found)


def outermost(modules: frozenset[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


@cache
def reach_of(module: str, through_packages: bool = True) -> frozenset[str]:
    """Return every import that a module of ours leads to: its own, those of what it imports, and their packages'."""
    files = {name: path for room in ROOMS for name, path in modules_of(room)}
    seen: set[str] = set()
    pending = [module]
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in files:
            pending += imports_of(files[name])
        if through_packages and "." in name:
            pending.append(name.rpartition(".")[0])
    return frozenset(seen)


def test_every_room_is_in_the_table() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"} == ROOMS.keys()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_lies_below(room: str) -> None:
    others = ROOMS.keys() | {"tests"}
    wrong = {
        f"{module} imports {other}"
        for module, path in modules_of(room)
        for other in (outermost(imports_of(path)) & others) - ROOMS[room] - {room}
    }
    assert wrong == set()


@pytest.mark.parametrize("package", RESTRICTED)
def test_packages_stay_where_they_belong(package: str) -> None:
    wrong = {
        module
        for room in ROOMS.keys() - RESTRICTED[package]
        for module, path in modules_of(room)
        if package in outermost(imports_of(path))
    }
    assert wrong == set()


@pytest.mark.parametrize(
    "module", [*(name for name, _ in modules_of("cli")), "deployments.routes", "deployments.people_routes"]
)
def test_the_command_and_the_routes_do_not_reach_ray(module: str) -> None:
    assert "ray" not in outermost(reach_of(module))


@pytest.mark.parametrize("rooms", ["enhancers, detector", "cli.main"])
def test_importing_costs_neither_ray_nor_torch(rooms: str) -> None:
    program = f"import sys, {rooms}; print(*({{'ray', 'torch'}} & sys.modules.keys()))"
    fresh = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert fresh.stdout.split() == []


def test_every_package_is_installed() -> None:
    # A flat layout is not searched for packages: what pyproject.toml does not list is missing from the image.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in ROOMS.keys() - {"training", "benchmarks"}
        for path in (ROOT / room).rglob("__init__.py")
    }
    # The pages have no Python in them, and lie beside the rooms all the same.
    assert packages | {"web"} == set(project["tool"]["setuptools"]["packages"])


def test_no_module_outgrows_its_reader() -> None:
    sizes = {module: len(path.read_text().splitlines()) for room in ROOMS for module, path in modules_of(room)}
    assert {module: size for module, size in sizes.items() if size > 400} == {}
