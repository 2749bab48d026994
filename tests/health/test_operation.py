"""What an operator and a stranger see: health, metrics, problems, headers, limits, and the command line."""

import gzip
import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app_server import cli, main
from app_server.auth.keys import KeyFile
from app_server.clock import SystemClock
from app_server.database import Database
from app_server.logs import OneLine
from app_server.main import create_app
from app_server.migrations import head
from app_server.settings import Settings, TokenAlgorithm
from shared_models.customers import Customer
from shared_models.errors import NotReady
from shared_models.sync import MAX_BODY_BYTES
from tests import factories
from tests.factories import PASSWORD, Server

SECRET = "6222020200000000000"

trap = APIRouter(prefix="/api/v1/trap")


@trap.post("/fall")
def fall() -> None:
    raise RuntimeError(SECRET)


@trap.post("/customer")
def take(customer: Customer) -> str:
    return customer.name


@pytest.fixture
def server(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(main, "ROUTERS", (*main.ROUTERS, trap))
    with factories.serving(database_url, tmp_path) as running:
        yield running


def test_a_migrated_server_is_alive_and_ready(server: Server) -> None:
    assert server.http.get("/healthz").json() == {"status": "alive"}
    assert server.http.get("/readyz").json() == {"status": "ready"}


def test_an_unmigrated_server_is_alive_but_not_ready(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data_dir=tmp_path))) as http:
        assert http.get("/healthz").status_code == 200
        reply = http.get("/readyz")
    assert reply.status_code == 503
    assert "day2053 migrate" in reply.json()["detail"]


def test_requests_are_counted_by_route_and_not_by_path(server: Server) -> None:
    server.http.get("/healthz")
    server.http.get("/api/v1/customers/zhang-san")
    counted = server.http.get("/metrics").text
    assert 'day2053_requests_total{method="GET",route="/healthz",status="200"} 1.0' in counted
    assert "zhang-san" not in counted


def test_the_unexpected_is_a_problem_with_an_id_that_is_in_the_log(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        reply = server.http.post("/api/v1/trap/fall")

    assert reply.status_code == 500
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["incident"] in caplog.text
    assert "fall" in caplog.text
    assert SECRET not in reply.text + caplog.text


def test_bad_input_is_told_by_place_and_never_echoed(server: Server) -> None:
    reply = server.http.post(
        "/api/v1/trap/customer", json={"name": "王", "phone": "x" * 40, "note": SECRET, "aum": SECRET + "x"}
    )
    assert reply.status_code == 422
    assert {error["where"] for error in reply.json()["errors"]} == {"body.id", "body.phone", "body.aum"}
    assert SECRET not in reply.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("DELETE", "/healthz", 405), ("GET", "/api/v1/me", 401)],
)
def test_every_refusal_is_a_problem(server: Server, method: str, path: str, status: int) -> None:
    reply = server.http.request(method, path)
    assert (reply.status_code, reply.json()["status"]) == (status, status)
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_no_answer_may_be_framed_sniffed_or_cached(server: Server) -> None:
    headers = server.http.get("/api/v1/me").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_readers_page_asks_no_other_host(server: Server) -> None:
    page = server.http.get("/api/v1/docs")
    assert "http" not in page.text.replace("<!doctype html>", "")
    for line in page.text.splitlines():
        for attribute in ("src=", "href="):
            if attribute in line:
                assert server.http.get(line.split(attribute)[1].split('"')[1]).status_code == 200


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_past_the_limit_is_refused_before_it_is_unpacked_further(server: Server, packed: bool) -> None:
    # 100 MB of spaces are 100 kB as gzip.
    body = gzip.compress(b" " * 100_000_000, 9) if packed else b" " * (MAX_BODY_BYTES + 1)
    headers = {"Content-Encoding": "gzip"} if packed else {}
    reply = server.http.post("/api/v1/trap/customer", content=body, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


def test_a_chunked_body_past_the_limit_is_refused(server: Server) -> None:
    chunks = (b" " * 1_000_000 for _ in range(6))
    assert server.http.post("/api/v1/trap/customer", content=chunks).status_code == 413


def test_a_gzip_body_is_read(server: Server) -> None:
    body = {"id": "0193b7a5-0000-7000-8000-000000000001", "name": "王", "phone": "13800000000"}
    content = gzip.compress(json.dumps(body).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert server.http.post("/api/v1/trap/customer", content=content, headers=headers).json() == "王"


@pytest.mark.parametrize(
    ("content", "encoding", "status"),
    [
        (b"no gzip", "gzip", 400),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 400),
        (b"{}", "br", 415),
        (b"[" * 100_000, "", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(server: Server, content: bytes, encoding: str, status: int) -> None:
    headers = {"Content-Type": "application/json", **({"Content-Encoding": encoding} if encoding else {})}
    reply = server.http.post("/api/v1/trap/customer", content=content, headers=headers)
    assert reply.status_code in (status, 422 if status == 400 else status)
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_a_log_line_is_one_line_whatever_came() -> None:
    record = logging.LogRecord("day2053", logging.INFO, __file__, 1, "login %s", ("a\nERROR forged\x1b[0m\r",), None)
    assert OneLine("%(message)s").format(record) == "login a\\nERROR forged\\x1b[0m\\r"


def test_keys_are_private_and_a_readable_file_is_refused(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys" / "access.json", TokenAlgorithm.ES256)
    file.prepare(SystemClock().now())
    path = tmp_path / "keys" / "access.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["access.json"]

    path.chmod(0o644)
    with pytest.raises(NotReady, match="0600"):
        KeyFile(path, TokenAlgorithm.ES256).keys()


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DAY2053_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return CliRunner()


def test_serve_refuses_an_unmigrated_database_in_a_sentence(command: CliRunner) -> None:
    result = command.invoke(cli.app, ["serve"])
    assert result.exit_code == 1
    assert result.stderr == "day2053: The database has no tables yet: run `day2053 migrate`.\n"


def test_migrate_says_where_the_database_is(command: CliRunner) -> None:
    assert f"is at {head()}" in command.invoke(cli.app, ["migrate"]).stdout
    assert "already at" in command.invoke(cli.app, ["migrate"]).stdout


def test_serve_refuses_demo_accounts_unless_told(command: CliRunner, tmp_path: Path) -> None:
    command.invoke(cli.app, ["migrate"])
    settings = Settings()
    db = Database(settings.database_url, settings)
    cli.refuse_to_serve(settings, demo=False)
    factories.staff(db, factories.unit(db), is_demo=True)
    db.dispose()

    result = command.invoke(cli.app, ["serve"])

    assert result.exit_code == 1
    assert "--demo" in result.stderr
    cli.refuse_to_serve(settings, demo=True)


def test_keys_can_be_rotated_and_listed(command: CliRunner) -> None:
    command.invoke(cli.app, ["keys", "rotate"])
    command.invoke(cli.app, ["keys", "rotate"])
    listed = command.invoke(cli.app, ["keys", "list"]).stdout
    assert len(listed.splitlines()) == 2
    assert "ES256" in listed


def test_a_bad_database_url_is_a_sentence(command: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"mysql://root:{PASSWORD}@db/x")
    result = command.invoke(cli.app, ["migrate"])
    assert result.exit_code == 1
    assert "DATABASE_URL" in result.stderr
    assert PASSWORD not in result.stderr
    assert "mysql" in result.stderr
