"""The server of a simulation: its real services over a real SQLite file, which may die between any two statements."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import event
from sqlmodel import Session, col, select

from app_client.platform.http import HttpReply
from app_server.auth import service as auth
from app_server.auth.device_keys import DeviceKeys
from app_server.auth.keys import KeyFile
from app_server.auth.service import Caller
from app_server.auth.tokens import AccessTokens
from app_server.customers.service import move_customer
from app_server.database import Database
from app_server.org.service import move_staff
from app_server.plans.service import set_plan
from app_server.problems import STATUS_OF
from app_server.settings import Settings, TokenAlgorithm
from app_server.sync.feed import Announced, announce
from app_server.sync.proofs import ProofReader
from app_server.sync.service import synchronize
from app_server.tables import BANK_SCOPE, AdvisorDayRow, CustomerRow, LedgerRow, PlanRow, ProductRow, advisor_day_of
from app_server.team import service as team
from shared_models.errors import DomainError, NotSignedIn, Throttled
from shared_models.fold import AdvisorDay
from shared_models.org import Role, Staff, Unit
from shared_models.plans import PlanEdit
from shared_models.products import Risk
from shared_models.sealing import CardKey, CardKeys
from shared_models.sync import Entity
from shared_models.team import TeamDay, TeamRange
from tests.simulation import bank
from tests.simulation.virtual import TrueClock

TOKEN, SYNC, CARD_KEYS = "/api/v1/auth/token", "/api/v1/sync", "/api/v1/keys"
# Nobody here seals a card; how the keys travel is all that is played.
_KEYS = CardKeys(keys=[CardKey(kid="simulated", n="AQAB", e="AQAB")]).model_dump_json().encode()
ACCESS_LIFE = timedelta(minutes=15)


class ServerDied(Exception):
    """The server's process ended in the middle of a request; nobody gets an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, as it may be carried once, twice, late or never."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Home:
    """The folder in which each seed's server lives, and the one engine for all: it keeps what SQLAlchemy compiled."""

    def __init__(self, root: Path) -> None:
        self._template = root / "template"
        bank.build(self._template)
        self.folder = root / "server"
        self.settings = Settings(database_url=f"sqlite:///{self.folder / bank.SERVER_FILE}", data_dir=self.folder)
        self.db = Database(self.settings.database_url)
        self.before_each_step: Callable[[bool], None] = lambda _is_commit: None
        # What a killed process wrote is in the files without it; the suite cuts no power under the disk.
        event.listen(self.db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        event.listen(self.db.engine, "before_cursor_execute", lambda *_: self.before_each_step(False))
        event.listen(self.db.engine, "commit", lambda *_: self.before_each_step(True))

    def renew(self) -> None:
        """The bank as it was before anything happened."""
        self.db.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)
        bank.copy(self._template, self.folder)


class SimulatedServer:
    """What the endpoints do, without HTTP: the same services, errors and bytes."""

    def __init__(self, home: "Home", clock: TrueClock) -> None:
        self._folder = home.folder
        self._clock = clock
        self._settings = home.settings
        self._proofs = ProofReader.of(home.settings)
        self.db = home.db
        home.before_each_step = self._come_nearer_to_death
        self._statements_left: int | None = None
        self._is_mortal = self._dies_at_commit = False
        self.down_until = 0.0
        self.incidents: list[str] = []
        self._start()

    def _start(self) -> None:
        keys = KeyFile(self._folder / bank.KEYS_FILE, TokenAlgorithm.HS256)
        self._tokens = AccessTokens(keys, algorithm=TokenAlgorithm.HS256, life=ACCESS_LIFE)
        self._device_keys = DeviceKeys(self._folder / "devices.secret")
        self._device_keys.prepare()

    def _come_nearer_to_death(self, is_commit: bool) -> None:
        if not self._is_mortal:
            return
        if self._dies_at_commit and is_commit:
            raise ServerDied
        if self._statements_left is not None:
            self._statements_left -= 1
            if self._statements_left < 0:
                raise ServerDied

    def die_in(self, statements: int) -> None:
        """Let the server die at that statement or commit from here on."""
        self._statements_left = statements

    def die_at_commit(self) -> None:
        """Let the server die when it next commits, with everything done but that."""
        self._dies_at_commit = True

    def spare(self) -> None:
        """Let it live."""
        self._statements_left, self._dies_at_commit = None, False

    def close(self) -> None:
        self.db.dispose()

    def handle(self, request: Request) -> HttpReply:
        """The answer to one request; raises ServerDied, and then nothing but what was committed is left."""
        if self._clock.monotonic() < self.down_until:
            raise ServerDied
        with self._mortal():
            return self._answer(request)

    @contextmanager
    def _mortal(self) -> Iterator[None]:
        """Here a death that was ordered comes; the server starts again from its files. Whoever only looks is safe."""
        self._is_mortal = True
        try:
            yield
        except ServerDied:
            self.spare()
            self.db.dispose()
            self._start()
            raise
        finally:
            self._is_mortal = False

    def _answer(self, request: Request) -> HttpReply:
        now = self._clock.now()
        try:
            if request.path == TOKEN:
                granted = self._grant(dict(parse_qsl(request.body.decode())), now)
                return HttpReply(200, {}, granted.model_dump_json(exclude_none=True).encode())
            if request.path == CARD_KEYS:
                return HttpReply(200, {}, _KEYS)
            assert request.path == SYNC, request.path
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            claims = self._tokens.read(token, now)
            if claims is None:
                raise NotSignedIn("Sign in first.")
            return HttpReply(
                200, {}, to_json(synchronize(self.db, claims, request.body, proofs=self._proofs, now=now).reply)
            )
        except auth.GrantRefused as refusal:
            return HttpReply(400, {}, json.dumps({"error": refusal.code, "error_description": refusal.detail}).encode())
        except DomainError as error:
            status = next(status for kind, status in STATUS_OF if isinstance(error, kind))
            headers = {"retry-after": str(error.retry_after)} if isinstance(error, Throttled) else {}
            return HttpReply(status, headers, json.dumps({"code": error.code, "detail": error.detail}).encode())
        except ServerDied:
            raise
        except Exception as error:  # noqa: BLE001 - a 500 to the phone, and an incident to the simulation
            self.incidents.append(f"the server failed: {type(error).__name__}: {error}")
            return HttpReply(500, {}, b"{}")

    def _grant(self, form: dict[str, str], now: datetime) -> auth.TokenReply:
        if form["grant_type"] == "password":
            return auth.sign_in(
                self.db,
                self._tokens,
                self._device_keys,
                login=form["username"],
                password=form["password"],
                device_id=form["device_id"],
                device_name=form["device_name"],
                address="simulated",
                settings=self._settings,
                now=now,
            )
        return auth.refresh(
            self.db,
            self._tokens,
            token=form["refresh_token"],
            device_id=form["device_id"],
            settings=self._settings,
            now=now,
        )

    def move_customer(self, customer_id: UUID, to_advisor: UUID) -> None:
        """A head gives a customer to another advisor; raises ServerDied, and then they stay."""
        now = self._clock.now()
        with self._mortal():
            self.db.write(lambda session: move_customer(session, customer_id, to_advisor=to_advisor, now=now))

    def move_advisor(self, advisor_id: UUID, unit: bank.Unit, on_day: date) -> None:
        """An advisor belongs to another outlet from that day on."""
        self.db.write(lambda session: move_staff(session, advisor_id, unit.id, on_day))

    def set_plan(self, advisor_id: UUID, day: date, customer_ids: list[UUID], today: date) -> None:
        """The head sets an advisor's list."""
        edit, now = PlanEdit(customer_ids=customer_ids, note=""), self._clock.now()
        self.db.write(
            lambda session: set_plan(session, self._head(today), advisor_id=advisor_id, day=day, edit=edit, now=now)
        )

    def add_product(self, name: str) -> None:
        """A product comes onto the shelf, which all phones are told."""
        row, now = bank.new_product(name, Risk.R2), self._clock.now()

        def work(session: Session) -> None:
            announce(session, [Announced(BANK_SCOPE, Entity.PRODUCT, str(row.id))], now=now)
            session.add(row)

        self.db.write(work)

    def ledger(self) -> list[LedgerRow]:
        """All of it, in the order of the feeds."""
        return self._all(LedgerRow, col(LedgerRow.advisor_id), col(LedgerRow.feed_seq))

    def customers(self) -> dict[UUID, CustomerRow]:
        """All customers by id."""
        return {row.id: row for row in self._all(CustomerRow, col(CustomerRow.id))}

    def products(self) -> set[UUID]:
        """The shelf."""
        return {row.id for row in self._all(ProductRow, col(ProductRow.id))}

    def days(self) -> dict[tuple[UUID, date], AdvisorDay]:
        """The stored advisor-days."""
        rows = self._all(AdvisorDayRow, col(AdvisorDayRow.advisor_id))
        return {(row.advisor_id, row.business_day): advisor_day_of(row) for row in rows}

    def plans(self, advisor_id: UUID) -> dict[date, list[UUID]]:
        """The lists set for an advisor."""
        rows: list[PlanRow] = self._all(PlanRow, col(PlanRow.day))
        return {row.day: row.customer_ids for row in rows if row.advisor_id == advisor_id}

    def bytes_at_rest(self) -> bytes:
        """All that lies on the server's disk, but for the keys."""
        return b"".join(path.read_bytes() for path in self._folder.glob(f"{bank.SERVER_FILE}*"))

    def team_day(self, unit: bank.Unit, day: date, today: date) -> TeamDay:
        """What the head of the bank sees of a unit."""
        now = self._clock.now()
        return self.db.read(
            lambda session: team.team_day(session, self._head(today), unit_id=unit.id, day=day, now=now)
        )

    def team_months(self, first: date, last: date, today: date) -> TeamRange:
        """What the head of the bank sees of whole months."""
        return self.db.read(
            lambda session: team.team_range(
                session, self._head(today), unit_id=None, first=first, last=last, by=team.Period.MONTH
            )
        )

    def _head(self, today: date) -> Caller:
        top = bank.UNITS["head"]
        unit = Unit(id=top.id, name=top.name, kind=top.kind)
        staff = Staff(id=bank.HEAD_ID, login="head", name="head", role=Role.HEAD, unit=unit)
        return Caller(staff=staff, unit_path=top.id_path, device_id="desk", family_id=bank.HEAD_ID, today=today)

    def _all(self, table: type[Any], *order: Any) -> list[Any]:
        return self.db.read(lambda session: list(session.exec(select(table).order_by(*order)).all()))
