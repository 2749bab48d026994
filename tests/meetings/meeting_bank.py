"""A bank that answers a meeting: it tells of news, freezes evenings for good, and says what came later."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app_client.platform.http import HttpReply, Offline
from tests.cases.texts import text
from tests.sync.bank import UNIT
from tests.team.team_bank import LIU, ROWS, TeamBank, activity_json, team_json

DAY = date(2026, 11, 23)
CASE_ID = UUID("01930000-0000-7000-8000-0000000c0001")
SCRIPT = {**text(topic="low_return"), "id": str(CASE_ID), "credit": None, "published_on": "2026-11-20"}


@dataclass
class MeetingBank(TeamBank):
    """`push` moves the outlet's day and tells whoever waits; `tells` False: the stream is away; `loses`: what it answers
    about meetings is lost. `closed` are the frozen evenings.
    """

    tells: bool = True
    loses: bool = False
    has_units: bool = False
    pushed: int = 0
    closed: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    waiting: int = 0
    cases: list[dict[str, Any]] = field(default_factory=lambda: [SCRIPT])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, calls: int = 1) -> None:
        """So many more effective calls of Liu's have arrived."""
        self.pushed += calls
        self.news.set()

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if path == "/api/v1/playbook":
            return _json({"cases": self.cases})
        if path == "/api/v1/team/stream":
            return await self._stream(dict(params or {}))
        if path.startswith("/api/v1/team/meetings"):
            reply = self._meetings(path, body)
            if self.loses:
                raise Offline("The answer did not come back.")
            return reply
        reply = await super().send(method, path, headers=headers, params=params, body=body)
        if path == "/api/v1/team/day" and reply.status == 200:
            return _json(self._moved(json.loads(reply.body)))
        return reply

    async def _stream(self, params: dict[str, str]) -> HttpReply:
        if not self.tells:
            return self._problem(503, "not_ready")
        while params.get("after") == str(self.pushed):
            self.news.clear()
            await self.news.wait()
        told = f'event: changed\nid: {self.pushed}\ndata: {{"token": "{self.pushed}"}}\n\n: ping\n\n'
        return HttpReply(200, {}, told.encode())

    def _moved(self, team: dict[str, Any]) -> dict[str, Any]:
        rows = [
            {**row, "day": {**row["day"], "calls_effective": row["day"]["calls_effective"] + self.pushed}}
            if row["staff"]["id"] == str(LIU)
            else row
            for row in team["advisors"]
        ]
        totals = {**team["totals"], "calls_effective": team["totals"]["calls_effective"] + self.pushed}
        return {**team, "advisors": rows, "totals": totals}

    def _meetings(self, path: str, body: bytes | None) -> HttpReply:
        parts = path.removeprefix("/api/v1/team/meetings").strip("/").split("/")
        if parts == [""]:
            return _json({"meetings": [self._summary(each) for each in self.closed.values()]})
        if body is not None:
            return self.close_evening(parts[0], **json.loads(body))
        if parts[-1] == "activities":
            return _json({"activities": [{**activity_json(1), "adds": "1"}]})
        return _json(self._meeting(self.closed[parts[0]]))

    def close_evening(self, meeting_id: str, **document: Any) -> HttpReply:
        """Freeze the day as it is now, once."""
        kept = self.closed.setdefault(
            meeting_id, {"id": meeting_id, "document": document, "frozen": self._moved(team_json(UNIT, DAY))}
        )
        if kept["document"] != document:
            return self._problem(409, "conflict")
        return _json(self._meeting(kept))

    def _meeting(self, kept: dict[str, Any]) -> dict[str, Any]:
        document = kept["document"]
        now = self._moved(team_json(UNIT, DAY))
        came = now["totals"]["calls_effective"] - kept["frozen"]["totals"]["calls_effective"]
        moved = {"calls_effective": {"came": str(came)}} if came else {}
        liu = {"id": str(LIU), "name": "刘洋"}
        return {
            "id": kept["id"],
            "unit": now["unit"],
            "day": str(DAY),
            "kind": "evening",
            "held_by": {"id": str(UNIT), "name": "张敏"},
            "frozen_at": "2026-11-23T10:05:00Z",
            "attended": [{"id": each, "name": _name(each)} for each in document["attended"]],
            "drill": document["drill"],
            "accepted": [
                {"advisor": liu, "customer_id": each["customer_id"], "customer_name": "客户1"}
                for each in document["accepted"]
            ],
            "notes": document["notes"],
            "frozen": kept["frozen"],
            "now": now,
            "received": came,
            "changes": moved,
            "advisors": [{"advisor": liu, "received": came, "changes": moved}] if came else [],
        }

    def _summary(self, kept: dict[str, Any]) -> dict[str, Any]:
        meeting = self._meeting(kept)
        told = {name: meeting[name] for name in ("id", "day", "kind", "held_by", "frozen_at")}
        figures = {name: meeting[name]["totals"] for name in ("frozen", "now")}
        return {**told, "attended": len(meeting["attended"]), **figures}


def _name(staff_id: str) -> str:
    return next((row["staff"]["name"] for row in ROWS if row["staff"]["id"] == staff_id), "张敏")


def _json(answer: object) -> HttpReply:
    return HttpReply(200, {}, json.dumps(answer).encode())
