"""A bank's server small enough to read, behind the Http protocol: it keeps the contract's promises and fails on request."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from app_client.platform.abilities import Attention, KeptSession, Platform, Sealer, Vault
from app_client.platform.http import HttpReply, Offline
from app_client.platform.no_vault import NoAttention, NoVault
from app_client.platform.storage import DiskStorage
from shared_models.sealing import CardKey, CardKeys
from shared_models.visits import Fix
from tests.store.scenes import HandClock

ADVISOR = UUID("01930000-0000-7000-8000-00000000000a")
OTHER_ADVISOR = UUID("01930000-0000-7000-8000-00000000000b")
UNIT = UUID("01930000-0000-7000-8000-0000000000aa")
PASSWORD = "demo2053"


def staff_json(staff_id: UUID, login: str, role: str = "advisor") -> dict[str, Any]:
    unit = {"id": str(UNIT), "name": "人民路支行", "kind": "outlet"}
    return {"id": str(staff_id), "login": login, "name": "张敏", "role": role, "unit": unit}


@dataclass
class Bank:
    """What the server knows. `faults` are used up one a request: "unsent", "lost", "garbage", "cancelled", a status, or "ok"."""

    clock: HandClock
    ahead_ms: int = 0
    grant_takes_ms: int = 0
    page: int = 1000
    most_activities: int = 500
    faults: list[str | int] = field(default_factory=list)
    rejects: set[str] = field(default_factory=set)
    retry_after: str | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    ledger: dict[str, Any] = field(default_factory=dict)
    snapshot: list[dict[str, Any]] = field(default_factory=list)
    feed: list[dict[str, Any]] = field(default_factory=list)
    generation: int = 1
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    access_tokens: set[str] = field(default_factory=set)
    batches: list[list[str]] = field(default_factory=list)
    grants: list[dict[str, str]] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)
    temporary: set[str] = field(default_factory=set)
    chosen: dict[str, str] = field(default_factory=dict)
    # What the keys of devices are made of.
    secret: str = "the bank's"
    # Its public key for cards, which nobody can seal to, if it has one; and how often it was asked for it.
    card_key: CardKey | None = field(default_factory=lambda: CardKey(kid="first", n="AQAB", e="AQAB"))
    key_requests: int = 0

    def __post_init__(self) -> None:
        self.people = {
            "advisor1": staff_json(ADVISOR, "advisor1"),
            "advisor2": staff_json(OTHER_ADVISOR, "advisor2"),
            "head": staff_json(UNIT, "head", "head"),
        }

    def expire_access(self) -> None:
        self.access_tokens.clear()

    def revoke_all(self) -> None:
        self.access_tokens.clear()
        self.refresh_tokens.clear()

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        self.clock.forward(milliseconds=40)
        fault = self.faults.pop(0) if self.faults else "ok"
        if fault == "unsent":
            raise Offline("The server cannot be reached.")
        if fault == "garbage":
            return HttpReply(200, {}, b"<html>the hotel's own page</html>")
        if isinstance(fault, int):
            return self._problem(fault, "cursor_expired" if fault == 409 else "broken")
        reply = self._answer(path, headers, body or b"")
        self.clock.forward(milliseconds=40)
        if fault == "cancelled":
            raise asyncio.CancelledError
        if fault == "lost":
            raise Offline("The answer did not come back.")
        return reply

    async def close(self) -> None:
        pass

    def _answer(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
        if path == "/api/v1/auth/token":
            return self._grant(dict(parse_qsl(body.decode())))
        if path == "/api/v1/keys":
            assert "Authorization" not in headers
            self.key_requests += 1
            if self.card_key is None:
                return self._problem(404, "not_found")
            return HttpReply(200, {}, CardKeys(keys=[self.card_key]).model_dump_json().encode())
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.access_tokens:
            return self._problem(401, "not_signed_in")
        if path == "/api/v1/auth/logout":
            self.revoke_all()
            return HttpReply(204, {}, b"")
        if path == "/api/v1/auth/password":
            return self._change(json.loads(body))
        assert path == "/api/v1/sync"
        return self._sync(json.loads(body))

    def _grant(self, form: dict[str, str]) -> HttpReply:
        self.grants.append(form)
        self.clock.forward(milliseconds=self.grant_takes_ms)
        if form["grant_type"] == "password":
            login = form["username"]
            known = login in self.people and form["password"] == self.chosen.get(login, PASSWORD)
        else:
            login = self.refresh_tokens.get(form["refresh_token"], "")
            known = bool(login)
        if not known:
            return HttpReply(400, {}, b'{"error": "invalid_grant"}')
        number = len(self.grants)
        access, refresh = f"access-{number}", f"refresh-{number}"
        self.access_tokens.add(access)
        # The old one stays good: the grace in which a phone may repeat the exchange.
        self.refresh_tokens[refresh] = login
        reply = {"access_token": access, "token_type": "bearer", "expires_in": 900, "refresh_token": refresh}
        if form["grant_type"] == "password":
            reply["device_key"] = f"{self.secret} key for {self.people[login]['id']} on {form['device_id']}"
        required = {"password_change_required": True} if login in self.temporary else {}
        return self._json({**reply, **required, "staff": self.people[login]})

    def _change(self, change: dict[str, str]) -> HttpReply:
        login = self.grants[-1]["username"]
        assert change["current_password"] == self.chosen.get(login, PASSWORD)
        self.chosen[login] = change["new_password"]
        self.temporary.discard(login)
        return HttpReply(204, {}, b"")

    def _sync(self, request: dict[str, Any]) -> HttpReply:
        self.cursors.append(request["cursor"])
        self.batches.append([each["id"] for each in request["activities"]])
        if len(request["activities"]) > self.most_activities:
            return self._problem(413, "too_large")
        snapshot_at, feed_at = self._position(request["cursor"])
        if snapshot_at < 0:
            return self._problem(409, "cursor_expired")
        changes = self.snapshot[snapshot_at : snapshot_at + self.page]
        snapshot_at += len(changes)
        if snapshot_at >= len(self.snapshot):
            more = self.feed[feed_at : feed_at + self.page - len(changes)]
            changes, feed_at = [*changes, *more], feed_at + len(more)
        return self._json(
            {
                "server_time": (self.clock.now() + timedelta(milliseconds=self.ahead_ms)).isoformat(),
                "business_day": "2026-11-23",
                "results": [self._take(each) for each in request["activities"]],
                "changes": changes,
                "cursor": f"{self.generation}.{snapshot_at}.{feed_at}",
                "has_more": snapshot_at < len(self.snapshot) or feed_at < len(self.feed),
            }
        )

    def _position(self, cursor: str | None) -> tuple[int, int]:
        if cursor is None:
            return 0, 0
        generation, snapshot_at, feed_at = (int(part) for part in cursor.split("."))
        return (snapshot_at, feed_at) if generation == self.generation else (-1, -1)

    def _take(self, activity: dict[str, Any]) -> dict[str, Any]:
        if activity["id"] in self.rejects:
            return self._result(activity, "rejected", "unknown_customer", "This customer is not known here.")
        known = self.ledger.setdefault(activity["id"], activity)
        if known is activity:
            return self._result(activity, "accepted")
        if known == activity:
            return self._result(activity, "duplicate")
        return self._result(activity, "rejected", "id_conflict", "This id is taken.")

    @staticmethod
    def _result(
        activity: dict[str, Any], status: str, code: str | None = None, detail: str | None = None
    ) -> dict[str, Any]:
        return {"id": activity["id"], "status": status, "code": code, "detail": detail}

    def _problem(self, status: int, code: str) -> HttpReply:
        headers = {} if self.retry_after is None else {"retry-after": self.retry_after}
        return HttpReply(status, headers, json.dumps({"code": code, "detail": f"{code}."}).encode())

    @staticmethod
    def _json(value: object) -> HttpReply:
        return HttpReply(200, {}, json.dumps(value).encode())


class Pocket:
    """A device without a dialler or satellites; its session keeper is a pocket of its own."""

    def __init__(self) -> None:
        self.kept: KeptSession | None = None
        self.wakers: list[Any] = []
        self.saves = True
        self.saved: dict[str, bytes] = {}
        self.opens = True
        self.opened: list[str] = []

    async def dial(self, phone: str) -> bool:
        return False

    async def open(self, path: str) -> bool:
        if self.opens:
            self.opened.append(path)
        return self.opens

    async def fix(self) -> Fix | None:
        return None

    async def save(self, name: str, content: bytes) -> bool:
        if self.saves:
            self.saved[name] = content
        return self.saves

    async def share(self, name: str, content: bytes) -> bool:
        return await self.save(name, content)

    def subscribe(self, listener):
        self.wakers.append(listener)
        return lambda: self.wakers.remove(listener)

    async def load(self) -> KeptSession | None:
        return self.kept

    async def keep(self, kept: KeptSession) -> None:
        self.kept = kept

    async def forget(self) -> None:
        self.kept = None


def a_platform(
    root: Path,
    bank: Bank,
    pocket: Pocket | None = None,
    *,
    vault: Vault | None = None,
    attention: Attention | None = None,
    sealer: Sealer | None = None,
) -> Platform:
    device = pocket or Pocket()
    return Platform(
        clock=bank.clock,
        storage=DiskStorage(root),
        dialler=device,
        links=device,
        location=device,
        connectivity=device,
        files=device,
        keeper=device,
        vault=vault or NoVault(),
        attention=attention or NoAttention(),
        sealer=sealer,
        open_http=lambda: bank,
        device_name="a test",
    )
