"""The offline app as the server gives it out: caching by content, compression, policy, and a word where there is none."""

import gzip
import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app_server.pwa import mount_pwa
from app_server.security_headers import SecurityHeaders

PAGE, SCRIPT = b"<!DOCTYPE html>", b"console.log(1);"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build of two files, one of which is also there compressed."""
    folder = tmp_path / "pwa"
    folder.mkdir()
    (folder / "index.html").write_bytes(PAGE)
    (folder / "start.js").write_bytes(SCRIPT)
    (folder / "start.js.gz").write_bytes(gzip.compress(SCRIPT))
    write_index(folder, {"index.html": "aaa", "start.js": "bbb"})
    return folder


def write_index(folder: Path, files: dict[str, str]) -> None:
    (folder / "index.json").write_text(json.dumps({"inputs": "", "files": files}))


@pytest.fixture
def client(build: Path) -> TestClient:
    app = FastAPI()
    mount_pwa(app, build)
    app.add_middleware(SecurityHeaders)
    return TestClient(app, headers={"Accept-Encoding": "identity"})


def test_a_file_asked_for_by_its_content_is_kept_for_ever(client: TestClient) -> None:
    reply = client.get("/m/start.js?v=bbb")
    assert (reply.status_code, reply.content) == (200, SCRIPT)
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["content-type"].startswith("text/javascript")


def test_another_content_than_asked_for_is_not_given(client: TestClient) -> None:
    assert client.get("/m/start.js?v=older").status_code == 404


def test_without_its_content_a_file_is_asked_about_again(client: TestClient) -> None:
    reply = client.get("/m/start.js")
    assert reply.headers["cache-control"] == "no-cache"
    again = client.get("/m/start.js", headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_who_takes_gzip_gets_it(client: TestClient) -> None:
    reply = client.get("/m/start.js", headers={"Accept-Encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["vary"] == "Accept-Encoding"
    assert reply.content == SCRIPT


@pytest.mark.parametrize("path", ["/m/", "/m/customers/7"])
def test_every_route_of_the_app_is_its_page(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.content) == (200, PAGE)


def test_a_file_that_is_not_there_is_not_the_page(client: TestClient) -> None:
    assert client.get("/m/main.dart.js").status_code == 404


@pytest.mark.parametrize("path", ["/m/index.json", "/m/..%2f..%2fpyproject.toml", "/m/start.js.gz"])
def test_only_what_the_index_names_is_given(client: TestClient, path: str) -> None:
    assert client.get(path).content in (PAGE, b'{"detail":"Not Found"}')


def test_the_short_address_leads_there(client: TestClient) -> None:
    reply = client.get("/m", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (308, "/m/")


def test_the_page_may_run_only_its_own_files_and_is_not_isolated(client: TestClient) -> None:
    headers = client.get("/m/").headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["connect-src"] == "'self'"
    # docs/decisions/0010
    assert "cross-origin-embedder-policy" not in headers


def test_a_newer_build_is_given_out_at_once(client: TestClient, build: Path) -> None:
    assert client.get("/m/start.js?v=bbb").status_code == 200
    (build / "start.js").write_bytes(b"newer")
    write_index(build, {"index.html": "aaa", "start.js": "ccc", "more.js": "ddd"})
    assert client.get("/m/start.js?v=bbb").status_code == 404
    assert client.get("/m/start.js?v=ccc").content == b"newer"


def test_where_it_is_not_built_the_server_says_so(tmp_path: Path) -> None:
    app = FastAPI()
    mount_pwa(app, tmp_path / "none")
    reply = TestClient(app).get("/m/")
    assert reply.status_code == 404
    assert "make pwa" in reply.text


def test_nothing_can_be_sent_there(client: TestClient) -> None:
    assert client.post("/m/").status_code == 405
