from __future__ import annotations

import base64
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from training.exposure import load_radiance
from training.radiance_maps import BLENDER, PMNDRS, SIZE_PX, main
from training.split import Part, part


def exr(path: Path, light: float) -> bytes:
    """A small map with one colour of light, and some less than none, as compression leaves it."""
    pixels = np.full((32, 64, 3), (light, 2 * light, 3 * light), np.float32)
    pixels[:4] = -1
    header = {"compression": OpenEXR.DWAB_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, {"RGB": pixels}) as file:
        file.write(str(path))
    return path.read_bytes()


def npm_archive(path: Path, script: bytes) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name in PMNDRS:
            member = tarfile.TarInfo(f"package/hdri/{name}.exr.js")
            member.size = len(script)
            archive.addfile(member, io.BytesIO(script))
    return path


def test_maps_of_both_packages_become_radiance_files(tmp_path: Path) -> None:
    packed = exr(tmp_path / "map.exr", 8.0)
    script = b"export default 'data:application/exr;base64," + base64.b64encode(packed) + b"';\n"
    archive = npm_archive(tmp_path / "pmndrs-assets-1.7.0.tgz", script)
    wheel = tmp_path / "bpy-5.0.1-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for name in BLENDER:
            file.writestr(f"bpy/5.0/datafiles/studiolights/world/{name}.exr", packed)
    main([str(archive), str(wheel), "--out", str(tmp_path / "hdr")])
    maps = sorted((tmp_path / "hdr").glob("*.hdr"))
    assert len(maps) == len(PMNDRS) + len(BLENDER)
    for path in maps:
        radiance = load_radiance(path)
        assert radiance.shape[1::-1] == SIZE_PX
        assert radiance.min() == 0
        np.testing.assert_allclose(np.median(radiance, axis=(0, 1)), [8, 16, 24], rtol=0.02)


@pytest.mark.parametrize("name", ["other.tgz", "other.whl", "other.zip", "missing.tgz"])
def test_another_file_is_refused_by_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).write_bytes(b"no package")
    with pytest.raises(SystemExit):
        main([str(tmp_path / name), "--out", str(tmp_path / "hdr")])
    assert f"{name}: " in capsys.readouterr().err


def test_a_script_of_another_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = npm_archive(tmp_path / "later.tgz", b"export default new URL('apartment.exr')")
    with pytest.raises(SystemExit):
        main([str(archive), "--out", str(tmp_path / "hdr")])
    assert "apartment is not a script that holds an OpenEXR file" in capsys.readouterr().err


def test_a_blurred_copy_of_a_map_is_in_the_part_of_the_map() -> None:
    assert part("royal_esplanade_1k.hdr") is part("esplanade.hdr") is Part.HELD_OUT
