"""A bank that answers a head about staff: two people, one of them with a device; it notes what is asked of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

from app_client.platform.http import HttpReply
from tests.sync.bank import UNIT
from tests.team.team_bank import LIU, SUN, TeamBank

HEAD_OFFICE, OTHER = UUID(int=1), UUID(int=2)
_UNIT = {"lat": None, "lon": None, "staff": 4, "closed_on": None, "version": "1"}
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
    units: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            str(each): {"id": str(each), "parent_id": above and str(above), "name": name, "kind": kind, **_UNIT}
            for each, above, name, kind in (
                (HEAD_OFFICE, None, "长春银行", "head_office"),
                (UNIT, HEAD_OFFICE, "人民路支行", "sub_branch"),
                (OTHER, HEAD_OFFICE, "南湖支行", "sub_branch"),
            )
        }
    )

    # What the next change is answered with, "" for as it is.
    refusal: str = ""

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
        written: Any = json.loads(body) if body else None
        if method != "GET" and self.refusal:
            code, self.refusal = self.refusal, ""
            return self._problem(409, code)
        if path.startswith("/api/v1/org/units"):
            return self._of_units(method, path, params or {}, written)
        return self._of_staff(method, path, params or {}, written)

    def _of_staff(self, method: str, path: str, params: Mapping[str, str], written: Any) -> HttpReply:
        staff_id, _, deed = path.removeprefix("/api/v1/org/staff").removeprefix("/").partition("/")
        if not staff_id and method == "POST":
            self.deeds.append(("", "new", written))
            return self._json({"login": written["login"], "password": PASSWORD})
        if not staff_id:
            searched = params.get("q", "")
            found = [each for each in self.listed.values() if searched in each["name"] or searched in each["login"]]
            return self._json({"people": found, "after": None})
        of = self.listed[staff_id]
        if method != "GET":
            self.deeds.append((staff_id, unquote(deed), written))
            if written and written.get("version", of["version"]) != of["version"]:
                return self._problem(409, "changed_meanwhile")
        if deed == "password":
            of["must_change_password"] = True
            return self._json({"login": of["login"], "password": PASSWORD})
        if deed.endswith("/revoke"):
            of["devices"][0] |= {"signed_in": False, "revoked_at": "2026-11-23T09:45:00Z"}
        if method == "PUT" and not deed:
            of |= {"active": written["active"], "name": written["name"]}
        if deed == "customers/move":
            of["customers"] = 0
        return self._json(of)

    def _of_units(self, method: str, path: str, params: Mapping[str, str], written: Any) -> HttpReply:
        if method == "POST":
            made = {"id": str(uuid4()), **_UNIT, **written}
            self.units[made["id"]] = made
            return self._json(made)
        unit = self.units[params.get("unit_id") or path.rpartition("/")[2].replace("units", str(HEAD_OFFICE))]
        if method == "PUT":
            self.deeds.append((unit["id"], "unit", written))
            if written["version"] != unit["version"]:
                return self._problem(409, "changed_meanwhile")
            unit |= {"name": written["name"]}
            return self._json(unit)
        above = [self.units[unit["parent_id"]]] if unit["parent_id"] else []
        below = [each for each in self.units.values() if each["parent_id"] == unit["id"]]
        return self._json({"above": above, "unit": unit, "below": below})
