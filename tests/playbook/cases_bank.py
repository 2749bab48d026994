"""A bank that answers a head about cases: it keeps what is written and takes every step that is asked of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app_client.platform.http import HttpReply
from shared_models.sync import Change, Entity
from tests.cases.texts import text
from tests.team.team_bank import LIU, TeamBank

CASE = UUID("01930000-0000-7000-8000-00000000c0de")
AFTER = {"ask": "consent_asked", "approve": "approved", "send-back": "sent_back", "withdraw": "withdrawn"}


def shared(case_id: UUID = CASE, **parts: Any) -> Change:
    """An approved case, as the server tells of it."""
    data = {**text(**parts), "credit": parts.pop("credit", None), "published_on": "2026-11-20"}
    return Change(entity=Entity.CASE, id=str(case_id), data=data)


def draft(case_id: UUID = CASE, *, version: int = 1, state: str = "consent_asked", **parts: Any) -> Change:
    """A case of one's own work, as the server tells of it."""
    return Change(entity=Entity.CASE_DRAFT, id=str(case_id), data={**text(**parts), "version": version, "state": state})


def gone(change: Change) -> Change:
    """That it is there no more."""
    return Change(entity=change.entity, id=change.id, deleted=True)


def team_case(case_id: str, written: dict[str, Any], *, version: int = 1, state: str = "draft") -> dict[str, Any]:
    """A case as heads see it."""
    words = {name: part for name, part in written.items() if name not in ("activity_id", "from_version")}
    may = {"draft": ["edit", "withdraw", "ask"], "consented": ["approve", "send_back"]}.get(state, [])
    return {
        "id": case_id,
        "state": state,
        "version": version,
        "text": words,
        "advisor": {"id": str(LIU), "name": "刘洋"},
        "proposed_by": {"id": str(LIU), "name": "孙悦"},
        "day": "2026-11-23",
        "updated_at": "2026-11-23T09:42:00Z",
        "findings": [],
        "may": may,
        "versions": [],
    }


@dataclass
class CasesBank(TeamBank):
    """The bank; `cases` by their id, `moves` the steps that were asked of it."""

    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    moves: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

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
            return self._json({"cases": []})
        if not path.startswith("/api/v1/team/cases"):
            return await super().send(method, path, headers=headers, params=params, body=body)
        _, _, rest = path.partition("/cases")
        case_id, _, step = rest.removeprefix("/").partition("/")
        if not case_id:
            return self._json({"cases": list(self.cases.values())})
        if method == "PUT":
            before = self.cases.get(case_id)
            version = before["version"] + 1 if before else 1
            self.cases[case_id] = team_case(case_id, json.loads(body or b""), version=version)
        elif method == "POST":
            self.moves.append((step, json.loads(body or b"")))
            self.cases[case_id] = {**self.cases[case_id], "state": AFTER[step], "may": []}
        return self._json(self.cases[case_id])
