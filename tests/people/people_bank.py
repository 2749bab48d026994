"""A bank that answers a head about staff: two people, one of them with a device; it notes what is asked of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from app_client.platform.http import HttpReply
from tests.sync.bank import UNIT
from tests.team.team_bank import LIU, SUN, TeamBank

PHONE = "phone:1"
PASSWORD = "k7m2xq9hdw3c"


def person(staff_id: UUID, login: str, name: str, **fields: Any) -> dict[str, Any]:
    """Somebody as the server tells of them."""
    unit = {"id": str(UNIT), "name": "人民路支行", "kind": "sub_branch"}
    device = {
        "device_id": PHONE,
        "name": "Pixel",
        "signed_in": True,
        "first_seen_at": "2026-11-01T01:00:00Z",
        "last_sync_at": "2026-11-23T09:40:00Z",
        "waiting": 3,
        "revoked_at": None,
    }
    return {
        "id": str(staff_id),
        "login": login,
        "name": name,
        "active": True,
        "must_change_password": False,
        "role": "advisor",
        "unit": unit,
        "last_sync_at": "2026-11-23T09:40:00Z",
        "stays": [{"unit": unit, "role": "advisor", "since": "2026-01-05", "until": None}],
        "devices": [device],
        "lines": [],
        "customers": 83,
        "rights": ["sign_in"],
        "version": "1",
        **fields,
    }


@dataclass
class PeopleBank(TeamBank):
    """The bank; `listed` by their id, `deeds` what was asked of it besides reading, `entries` of the log."""

    listed: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            str(LIU): person(LIU, "8001", "刘洋"),
            str(SUN): person(SUN, "8002", "孙悦", active=False),
        }
    )
    deeds: list[tuple[str, str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if not path.startswith("/api/v1/org/") or (self.faults and self.faults[0] != "ok"):
            return await super().send(method, path, headers=headers, params=params, body=body)
        if path == "/api/v1/org/audit":
            return self._json({"entries": self.entries, "before": None})
        staff_id, _, deed = path.removeprefix("/api/v1/org/staff").removeprefix("/").partition("/")
        if not staff_id:
            searched = (params or {}).get("q", "")
            found = [each for each in self.listed.values() if searched in each["name"] or searched in each["login"]]
            return self._json({"people": found, "after": None})
        of = self.listed[staff_id]
        if method != "GET":
            self.deeds.append((staff_id, unquote(deed), json.loads(body) if body else None))
        if deed == "password":
            of["must_change_password"] = True
            return self._json({"login": of["login"], "password": PASSWORD})
        if deed.endswith("/revoke"):
            of["devices"][0] |= {"signed_in": False, "revoked_at": "2026-11-23T09:45:00Z"}
        if method == "PUT":
            written = json.loads(body or b"")
            if written["version"] != of["version"]:
                return self._problem(409, "changed_meanwhile")
            of["active"] = written["active"]
        return self._json(of)
