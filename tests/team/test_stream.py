"""An open screen is told that its unit's day moved, within its bar and by whichever process took the push; nobody else is."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app_server.database import Database
from app_server.org.service import move_staff
from app_server.tables import AdvisorDayRow, StaffRow, UnitRow, advisor_day_values
from app_server.team.live import MOST_OF_A_CALLER, Watched, day_token
from shared_models.fold import AdvisorDay
from shared_models.leave import LeaveDays
from shared_models.org import Role
from tests import factories
from tests.factories import NOW, PASSWORD, TOKEN, Server
from tests.listening import listening, process_of
from tests.sync_server.phones import call
from tests.team.test_totals import away_on

STREAM = "/api/v1/team/stream"
LOOK = 0.02
BAR_SECONDS = 2.0


@dataclass
class Hall:
    """An outlet whose head keeps a screen open, and an advisor's phone, both by HTTP on real sockets."""

    server: Server
    outlet: UnitRow
    advisor: StaffRow
    head: StaffRow
    port: int
    clients: ExitStack

    @property
    def db(self) -> Database:
        return self.server.db

    def anybody(self, *, port: int | None = None) -> httpx.Client:
        """Somebody who has not signed in."""
        base_url = f"http://127.0.0.1:{port or self.port}"
        return self.clients.enter_context(httpx.Client(base_url=base_url, timeout=30, trust_env=False))

    def client(self, who: StaffRow, *, port: int | None = None) -> httpx.Client:
        """Somebody who has signed in."""
        http = self.anybody(port=port)
        form = {"username": who.login, "password": PASSWORD, "device_id": f"d-{who.login}", "device_name": "x"}
        reply = http.post(TOKEN, data={"grant_type": "password", **form})
        http.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
        return http

    def push(self, phone: httpx.Client, *, at: Any = NOW) -> None:
        """One more call."""
        customer = factories.customer(self.db, self.advisor)
        made = call(customer, at=at - timedelta(minutes=1))
        body = {"device_id": f"d-{self.advisor.login}", "cursor": None, "activities": [made]}
        [result] = phone.post("/api/v1/sync", json=body).json()["results"]
        assert result["status"] == "accepted"


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[Hall]:
    with (
        factories.serving(database_url, tmp_path, stream_look_seconds=LOOK) as server,
        listening(server.app) as port,
        ExitStack() as clients,
    ):
        tree = factories.tree(server.db)
        advisor = factories.staff(server.db, tree.outlets[0], login="li")
        head = factories.staff(server.db, tree.outlets[0], role=Role.HEAD, login="head")
        yield Hall(server, tree.outlets[0], advisor, head, port, clients)


@contextmanager
def told(http: httpx.Client, **params: Any) -> Iterator[Iterator[str]]:
    """The tokens of a stream, each when it comes; they end with the stream."""
    with http.stream("GET", STREAM, params=params) as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")
        yield (json.loads(line[5:])["token"] for line in reply.iter_lines() if line.startswith("data:"))


def test_one_more_sync_is_on_the_screen_within_two_seconds(hall: Hall) -> None:
    phone, screen = hall.client(hall.advisor), hall.client(hall.head)
    with told(screen) as tokens:
        first = next(tokens)
        began = time.monotonic()
        hall.push(phone)
        assert next(tokens) != first
        day = screen.get("/api/v1/team/day").json()
        assert time.monotonic() - began < BAR_SECONDS
    assert day["totals"]["calls_effective"] == 1
    # A phone that had nothing to send moves what is said of it.
    with told(screen, after=first) as tokens:
        before = next(tokens)
        assert before != first
        hall.server.clock.pass_(seconds=5)
        phone.post("/api/v1/sync", json={"device_id": "d-li", "cursor": None, "activities": []})
        assert next(tokens) != before


def test_whichever_process_takes_the_push(postgresql_url: str, tmp_path: Path) -> None:
    with (
        factories.serving(postgresql_url, tmp_path, stream_look_seconds=LOOK) as server,
        process_of(postgresql_url, tmp_path) as port,
        ExitStack() as clients,
    ):
        tree = factories.tree(server.db)
        advisor = factories.staff(server.db, tree.outlets[0], login="li")
        head = factories.staff(server.db, tree.outlets[0], role=Role.HEAD, login="head")
        hall = Hall(server, tree.outlets[0], advisor, head, port, clients)
        phone = hall.client(advisor)
        server.clock.at = datetime.now(UTC)
        with listening(server.app) as own, told(hall.client(head, port=own)) as tokens:
            next(tokens)
            began = time.monotonic()
            hall.push(phone, at=datetime.now(UTC))
            next(tokens)
            assert time.monotonic() - began < BAR_SECONDS


def test_a_stream_ends_with_its_access_token(hall: Hall) -> None:
    with told(hall.client(hall.head)) as tokens:
        next(tokens)
        hall.server.clock.pass_(minutes=16)
        assert list(tokens) == []


def test_who_has_lost_the_unit_is_told_nothing_more(hall: Hall) -> None:
    phone = hall.client(hall.advisor)
    with told(hall.client(hall.head)) as tokens:
        next(tokens)
        elsewhere = factories.unit(hall.db)
        hall.db.write(lambda session: move_staff(session, hall.head.id, elsewhere.id, NOW.date()))
        hall.push(phone)
        assert list(tokens) == []


def test_only_heads_of_the_unit_are_let_in_and_only_so_often(hall: Hall) -> None:
    assert hall.anybody().get(STREAM).status_code == 401
    assert hall.client(hall.advisor).get(STREAM).status_code == 403
    screen = hall.client(hall.head)
    above = hall.outlet.parent_id
    assert screen.get(STREAM, params={"unit_id": str(above)}).status_code == 404
    assert screen.get(STREAM, params={"day": "2026-11-24"}).status_code == 422
    with ExitStack() as streams:
        # Kept: one that nobody holds is closed.
        held = [streams.enter_context(told(screen)) for _ in range(MOST_OF_A_CALLER)]
        for each in held:
            next(each)
        refused = screen.get(STREAM)
        assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    # One event is an answer like any other. Their places are free again once the server has seen them go.
    answer = refused
    while answer.status_code == 429:
        answer = screen.get(STREAM, params={"events": 1})
    assert answer.text.startswith("event: changed\ndata: ")


def test_a_commit_that_comes_after_a_later_one_moves_the_token(database_url: str) -> None:
    db = Database(database_url)
    outlet = factories.tree(db).outlets[0]
    people = [factories.staff(db, outlet) for _ in range(2)]
    of = Watched(outlet.id, outlet.path, NOW.date())

    def folded(who: StaffRow, *, seconds: float) -> str:
        row = AdvisorDayRow(
            advisor_id=who.id,
            business_day=NOW.date(),
            branch_id=outlet.id,
            folded_at=NOW + timedelta(seconds=seconds),
            **advisor_day_values(AdvisorDay()),
        )
        db.write(lambda session: session.merge(row))
        return db.read(lambda session: day_token(session, of))

    seen = [db.read(lambda session: day_token(session, of))]
    seen += [folded(people[0], seconds=1), folded(people[1], seconds=0.000001), folded(people[1], seconds=0.000002)]
    factories.save(db, away_on(LeaveDays(first_day=NOW.date(), last_day=NOW.date()), people[0]))
    seen.append(db.read(lambda session: day_token(session, of)))
    assert len(set(seen)) == 5
    db.dispose()
