"""A head of li's and wang's outlet and one of another, as they enter leave and look at their team."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from sqlmodel import select

from app_server.tables import StaffRow, UnitRow
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.sync_server.phones import Bank

TODAY = NOW.date()
LEAVE = "/api/v1/org/leave"


def on(days: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=days)


@dataclass
class Heads:
    """The bank with its heads' tokens."""

    bank: Bank

    def __post_init__(self) -> None:
        """Sign both in."""
        units = self.bank.db.read(lambda session: session.exec(select(UnitRow)).all())
        outlets = [unit for unit in units if unit.kind == "outlet" and unit.id != self.bank.outlet.id]
        self.elsewhere = next(unit for unit in outlets if unit.parent_id != self.bank.outlet.parent_id)
        people = [factories.staff(self.bank.db, unit, role=Role.HEAD) for unit in (self.bank.outlet, self.elsewhere)]
        self.own, self.other = (self.bank.server.bearer(person) for person in people)

    def put(
        self,
        first: date,
        last: date,
        *,
        who: StaffRow | None = None,
        leave_id: UUID | str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Enter li's leave, or another's."""
        body = {
            "advisor_id": str((who or self.bank.li).id),
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
        }
        http, headers = self.bank.server.http, self.own if headers is None else headers
        return http.put(f"{LEAVE}/{leave_id or uuid4()}", json=body, headers=headers)

    def enter(self, first: date, last: date, **of_whom: Any) -> str:
        """Enter leave that is taken; returns its id."""
        reply = self.put(first, last, **of_whom)
        assert reply.status_code == 200, reply.text
        return reply.json()["id"]

    def take_back(self, leave_id: str, *, headers: dict[str, str] | None = None) -> int:
        """Take it back; returns the status."""
        return self.bank.server.http.delete(f"{LEAVE}/{leave_id}", headers=headers or self.own).status_code

    def leave(self, *, headers: dict[str, str] | None = None, **params: str) -> list[dict[str, Any]]:
        """What a head reads of it."""
        reply = self.bank.server.http.get(LEAVE, params=params, headers=headers or self.own)
        assert reply.status_code == 200, reply.text
        return reply.json()["leave"]

    def day(self, day: date = TODAY, **params: str) -> dict[str, Any]:
        """The team's day."""
        return self._asked("day", day=day.isoformat(), **params)

    def range(self, first: date, last: date, **params: str) -> list[dict[str, Any]]:
        """The totals by day."""
        rows = self._asked("range", **{"from": first.isoformat(), "to": last.isoformat()}, **params)["rows"]
        return [row["totals"] for row in rows]

    def sheet(self, day: date = TODAY) -> bytes:
        """The workbook of one day."""
        params = {"from": day.isoformat(), "to": day.isoformat()}
        return self.bank.server.http.get("/api/v1/team/export.xlsx", params=params, headers=self.own).content

    def _asked(self, path: str, **params: str) -> dict[str, Any]:
        reply = self.bank.server.http.get(f"/api/v1/team/{path}", params=params, headers=self.own)
        assert reply.status_code == 200, reply.text
        return reply.json()
