"""Decisions and studies over HTTP, through the real handles to the real store, without a cluster."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from deployments import openapi
from study.results import PhotoVersions
from study.store import Store
from tests.deployments.conftest import RunLocally

DECISION: dict[str, Any] = {
    "photo": "0123456789abcdef" * 4,
    "found": ["low_light", "rotation"],
    "repaired": [{"defect": "low_light", "strength": 1.0}],
    "adjustments": {"exposure": 0.3},
    "decision": "kept",
}
VARIANTS = ("original", "all")
PHOTOS = 3


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "data" / "people.sqlite")


@pytest.fixture
def client(run_locally: RunLocally, database: str) -> TestClient:
    return run_locally([], database=database)


@pytest.fixture
def study(client: TestClient, database: str) -> str:
    photos = [PhotoVersions(f"{i}.jpg", (), {name: f"{name} {i}".encode() for name in VARIANTS}) for i in range(PHOTOS)]
    Store(database).create_study("kitchens", "Kitchens", VARIANTS, photos)
    return "/studies/kitchens"


def join(client: TestClient, study: str) -> str:
    answer = client.post(f"{study}/participants")
    assert answer.status_code == 201
    assert (answer.json()["done"], answer.json()["total"]) == (0, PHOTOS)
    return str(answer.json()["participant"])


def pairs(client: TestClient, study: str, participant: str, count: int = 2) -> dict[str, Any]:
    answer = client.get(f"{study}/pairs", params={"participant": participant, "count": count})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_decision_is_kept_and_replaced(client: TestClient) -> None:
    first = client.post("/feedback", json=DECISION)
    assert first.status_code == 201
    assert first.json()["replaced"] is False
    later = client.post("/feedback", json=DECISION | {"decision": "discarded"})
    assert later.json() == {"id": first.json()["id"], "replaced": True}
    report = client.get("/feedback/report").json()
    assert (report["all"]["decisions"], report["all"]["kept"]) == (1, 0)
    assert list(report["defects"]) == ["low_light"]
    [week] = report["weeks"]
    assert week["all"] == report["all"]


def test_every_decision_comes_out_as_csv(client: TestClient) -> None:
    client.post("/feedback", json=DECISION)
    answer = client.get("/feedback/report?format=csv&since=2020-01-01")
    assert answer.headers["content-type"].startswith("text/csv")
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert (row["photo"], row["repaired"], row["version"]) == (DECISION["photo"], "low_light=1.0", openapi.VERSION)
    assert len(client.get("/feedback/report?format=csv&since=2999-01-01").text.splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"photo": "A" * 64}, 422, "photo"),
        ({"photo": "/etc/passwd"}, 422, "photo"),
        ({"repaired": [{"defect": "mould", "strength": 1}]}, 400, "mould"),
        ({"repaired": [{"defect": "blur", "strength": 1.5}]}, 422, "strength"),
        ({"adjustments": {"exposure": 99}}, 422, "exposure"),
        ({"adjustments": {"brightness": 1}}, 422, "brightness"),
        ({"decision": "perhaps"}, 422, "decision"),
        ({"who": "me"}, 422, "'who'"),
    ],
)
def test_a_wrong_decision_is_refused(client: TestClient, change: dict[str, Any], status: int, says: str) -> None:
    answer = client.post("/feedback", json=DECISION | change)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert client.get("/feedback/report").json()["all"] is None


def test_bodies_that_are_no_decision(client: TestClient) -> None:
    as_json = {"content-type": "application/json"}
    broken = client.post("/feedback", content=b"{", headers=as_json)
    form = client.post("/feedback", data={"photo": DECISION["photo"], "decision": "kept"})
    large = client.post("/feedback", content=json.dumps(DECISION | {"who": "x" * 70_000}), headers=as_json)
    assert [answer.status_code for answer in (broken, form, large)] == [422, 415, 413]


def test_a_study_from_start_to_end(client: TestClient, study: str) -> None:
    [entry] = client.get("/studies").json()
    assert entry == {"name": "kitchens", "title": "Kitchens", "photos": PHOTOS, "pairs": PHOTOS}
    me = join(client, study)
    seen = set()
    for done in range(PHOTOS):
        offered = pairs(client, study, me)
        assert pairs(client, study, me) == offered  # a reload: the same pairs on the same sides
        assert (offered["done"], offered["total"]) == (done, PHOTOS)
        pair = offered["pairs"][0]
        images = [client.get(pair[side]) for side in ("left", "right")]
        assert all(image.headers["content-type"] == "image/jpeg" for image in images)
        assert all("immutable" in image.headers["cache-control"] for image in images)
        assert {image.content.split()[0].decode() for image in images} == set(VARIANTS)
        choice = {"participant": me, "pair": pair["id"], "choice": "left", "response_ms": 1500}
        first = client.post(f"{study}/choices", json=choice)
        again = client.post(f"{study}/choices", json=choice | {"choice": "right"})
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json() == {"agreed": 0, "asked": 0, "done": done + 1, "total": PHOTOS}
        seen.add(pair["id"])
    assert len(seen) == PHOTOS
    assert pairs(client, study, me)["pairs"] == []


def test_agreement_with_the_others(client: TestClient, study: str, database: str) -> None:
    def choose(pick: str) -> dict[str, int]:
        me = join(client, study)
        for pair in pairs(client, study, me, count=PHOTOS)["pairs"]:
            left = client.get(pair["left"]).content
            side = "left" if left.startswith(pick.encode()) else "right"
            choice = {"participant": me, "pair": pair["id"], "choice": side, "response_ms": 1500}
            answer: dict[str, int] = client.post(f"{study}/choices", json=choice).json()
        return answer

    choose("all")
    assert choose("all") == {"agreed": 1, "asked": 1, "done": PHOTOS, "total": PHOTOS}
    assert choose("original") == {"agreed": 0, "asked": 2, "done": PHOTOS, "total": PHOTOS}


def test_the_report_of_a_study(client: TestClient, study: str) -> None:
    me = join(client, study)
    [pair] = pairs(client, study, me, count=1)["pairs"]
    winner = client.get(pair["left"]).content.split()[0].decode()
    choice = {"participant": me, "pair": pair["id"], "choice": "left", "response_ms": 1500}
    client.post(f"{study}/choices", json=choice)
    report = client.get(f"{study}/report").json()
    assert (report["participants"], report["choices"]) == (1, 1)
    assert report["ranking"][0]["variant"] == winner
    assert sum(report["wins"][winner].values()) == 1
    assert me not in json.dumps(report)


def test_no_variant_reaches_a_participant(client: TestClient, study: str) -> None:
    me = join(client, study)
    said = client.get("/studies").text + json.dumps(pairs(client, study, me, count=PHOTOS))
    assert not any(word in said for word in (*VARIANTS, ".jpg", "first", "second"))


def test_what_is_not_there(client: TestClient, study: str) -> None:
    me = join(client, study)
    choice = {"participant": me, "pair": "none", "choice": "left", "response_ms": 1}
    for answer in (
        client.post("/studies/none/participants"),
        client.get("/studies/none/pairs", params={"participant": me}),
        client.get(f"{study}/pairs?participant=nobody"),
        client.get(f"{study}/images/none"),
        client.post(f"{study}/choices", json=choice),
        client.post(f"{study}/choices", json=choice | {"participant": "nobody"}),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    wrong = client.post(f"{study}/choices", json=choice | {"choice": "both"})
    many = client.get(f"{study}/pairs", params={"participant": me, "count": 1000})
    assert [answer.status_code for answer in (wrong, many)] == [422, 422]


def test_a_database_that_is_away_stops_no_photo(run_locally: RunLocally, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    client = run_locally([], database=str(tmp_path / "file" / "secret.sqlite"))
    answer = client.post("/feedback", json=DECISION)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "secret" not in answer.text
    assert client.get("/defects").status_code == 200
    (tmp_path / "file").unlink()
    assert client.post("/feedback", json=DECISION).status_code == 201


def test_the_documentation_describes_the_bodies(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    body = paths["/feedback"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["photo", "decision"]
    assert {parameter["name"] for parameter in paths["/studies/{name}/pairs"]["get"]["parameters"]} >= {"participant"}
