"""How the pages are served: headers, caching, and nothing but their own files."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from deployments import pages, problems


@pytest.fixture
def client() -> TestClient:
    api = FastAPI()
    problems.install(api, retry_after_s=1)
    pages.install(api)
    return TestClient(api)


@pytest.mark.parametrize("path", ["/", "/web/page.js", "/web/style.css", "/web/vendor/client-zip/client-zip-2.5.1.js"])
def test_pages_are_guarded_and_never_stale(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == policy


def test_the_page_is_html_and_has_nothing_inline(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"].startswith("text/html")
    for inline in ("<style", "style=", "onclick", "<script>"):
        assert inline not in answer.text
    assert "http" not in answer.text


@pytest.mark.parametrize(
    "path", ["/web/../pyproject.toml", "/web/%2e%2e/pyproject.toml", "/web/..%2f..%2fetc/passwd", "/web/", "/web/no.js"]
)
def test_nothing_outside_the_folder_is_given(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_study_has_a_page_of_its_own(client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "study.html").write_text("<!doctype html><title>Study</title>")
    monkeypatch.setattr(pages, "FOLDER", tmp_path)
    api = FastAPI()
    pages.install(api)
    client = TestClient(api)
    assert client.get("/study").text == client.get("/study/kitchens").text == "<!doctype html><title>Study</title>"
