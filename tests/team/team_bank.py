"""A bank that answers a head: a unit's day with four advisors, the activities behind a figure, and their lists."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app_client.platform.http import HttpReply
from app_client.session import AppSession
from app_client.sign_in.actions import sign_in
from shared_models.fold import AdvisorDay, sum_figures
from shared_models.policy import Policy, zone
from tests.sync.bank import PASSWORD, UNIT, Bank
from tests.today.scenes import Scene

CHILD = UUID("01930000-0000-7000-8000-0000000000cc")
GONE = UUID("01930000-0000-7000-8000-0000000000dd")
TARGETS = {"calls": 20, "visits": 5, "products_per_visit": 3}
LIU, SUN, ZHOU, MA = (UUID(int=0x0193_0000_0000_7000_8000_0000_0003_0000 + number) for number in range(4))


def day_json(calls: int, visits: int, *, met: bool = False, **more: Any) -> dict[str, Any]:
    made = {"calls": calls, "calls_effective": calls, "visits": visits, "visits_with_three": visits}
    return {**made, "targets": TARGETS, "met": met, **more}


def row_json(staff: UUID, name: str, day: dict[str, Any], *, synced: str | None, pending: int | None = None) -> Any:
    return {"staff": {"id": str(staff), "name": name}, "day": day, "last_sync_at": synced, "pending_hint": pending}


ROWS = [
    row_json(
        ZHOU,
        "周婷",
        day_json(20, 5, met=True, products_bought=2, amount_bought="620000"),
        synced="2026-11-23T09:41:00Z",
    ),
    row_json(SUN, "孙悦", day_json(0, 0), synced="2026-11-20T03:20:00Z", pending=4),
    row_json(MA, "马骏", day_json(18, 5), synced="2026-11-23T09:38:00Z"),
    row_json(
        LIU,
        "刘洋",
        day_json(
            9,
            2,
            declines={"low_return": 2, "busy": 1},
            calls_effective_graded={"A": 4, "B": 0, "C": 3, "D": 2},
            products_bought_graded={"A": 0, "B": 0, "C": 0, "D": 0},
        ),
        synced="2026-11-23T09:40:00Z",
    ),
]


def team_json(unit: UUID, day: date) -> dict[str, Any]:
    days = [AdvisorDay.model_validate(row["day"]) for row in ROWS]
    totals = {
        **sum_figures(days).model_dump(mode="json"),
        "advisors": 4,
        "advisors_met": 1,
        "advisors_reported": 3,
        "coverage": {"managed_customers": 200, "called_in_window": 122, "window_days": 90},
    }
    child = {"id": str(CHILD), "name": "二道网点", "kind": "outlet"}
    return {
        "unit": {"id": str(unit), "name": "人民路支行" if unit == UNIT else "二道网点", "kind": "sub_branch"},
        "day": day.isoformat(),
        "policy": Policy(effective_from=date(2020, 1, 1)).model_dump(mode="json"),
        "as_of": "2026-11-23T09:42:00Z",
        "totals": totals,
        "units": [{"unit": child, "totals": totals}] if unit == UNIT else [],
        "advisors": ROWS,
    }


def with_leave(team: dict[str, Any], away: UUID) -> dict[str, Any]:
    """The same day, on which that advisor is on leave."""
    rows = [
        {**row, "day": {**row["day"], "targets": {}, "on_leave": True}} if row["staff"]["id"] == str(away) else row
        for row in team["advisors"]
    ]
    return {**team, "advisors": rows, "totals": {**team["totals"], "advisors_on_leave": 1}}


def activity_json(number: int, *, voided: bool = False) -> dict[str, Any]:
    return {
        "id": str(UUID(int=number)),
        "kind": "call",
        "occurred_at": f"2026-11-23T01:{number:02d}:00Z",
        "received_at": "2026-11-23T09:40:00Z",
        "advisor": {"id": str(LIU), "name": "刘洋"},
        "customer_id": str(UUID(int=100 + number)),
        "customer_name": f"客户{number}",
        "pool": "managed",
        "grade": "C",
        "voided": voided,
        "counted": not voided,
        "adds": "0" if voided else "1",
        "data": {"channel": "mobile", "outcome": "interested", "talk_seconds": 95, "timed_by": "device"},
    }


@dataclass
class TeamBank(Bank):
    """The bank with its team view and its lists, by advisor and day; `asked` are the queries it answered, in order, `tickets` the
    recordings it gave links to; GONE is there no more. `away` is on leave.

    Its clock stands at `as_of`, whatever the phone's says; a day that has not come yet is refused.
    """

    asked: list[dict[str, str]] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    plans: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    frozen: set[tuple[str, str]] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    # By customer, to whom they are lent today; `used`: who was called already.
    loans: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    # What is said to the unit today.
    notice: dict[str, Any] = field(default_factory=lambda: {"words": "", "version": 0})
    has_units: bool = True
    waiting: int = 0
    knows_grades: bool = True
    away: UUID | None = None
    # So many advisors that none is listed.
    left_out: int = 0
    as_of: str = "2026-11-23T09:42:00Z"
    activities: list[dict[str, Any]] = field(
        default_factory=lambda: [
            *(activity_json(number) for number in range(1, 10)),
            activity_json(10, voided=True),
        ]
    )

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if path == "/api/v1/team/quality":
            return HttpReply(200, {}, json.dumps({"findings": [], "cursor": None, "waiting": self.waiting}).encode())
        fault = self.faults[0] if self.faults else "ok"
        if path.startswith("/api/v1/recordings/") and fault == "ok":
            return self._ticket(path)
        if not path.startswith("/api/v1/team/") or fault != "ok":
            return await super().send(method, path, headers=headers, params=params, body=body)
        self.faults[:1] = []
        if path.startswith("/api/v1/team/plans/"):
            return self._plan(path, body)
        if path.startswith("/api/v1/team/loans/"):
            return self._lend(method, path, body)
        if path.startswith("/api/v1/team/notices/"):
            return self._say(json.loads(body or b""))
        if path == "/api/v1/team/agenda":
            return HttpReply(200, {}, json.dumps(self._agenda()).encode())
        assert params is not None
        self.asked.append(dict(params))
        if path.endswith("/day"):
            today = datetime.fromisoformat(self.as_of).astimezone(zone("Asia/Shanghai")).date()
            day = date.fromisoformat(params.get("day", today.isoformat()))
            if day > today:
                return self._problem(422, "bad_input")
            answer: Any = team_json(UUID(params["unit_id"]), day)
            answer = with_leave(answer, self.away) if self.away else answer
            answer["as_of"] = self.as_of
            if "grades" in params and self.knows_grades:
                answer["grades"] = params["grades"].split(",")
                answer["totals"] |= {"calls_effective": 4, "calls_effective_graded": {"A": 4, "B": 0, "C": 0, "D": 0}}
            if self.left_out > int(params["most_advisors"]):
                answer |= {"advisors": [], "advisors_left_out": self.left_out}
            answer["units"] = answer["units"] if self.has_units else []
        else:
            answer = {"activities": self.activities}
        return HttpReply(200, {}, json.dumps(answer).encode())

    def _ticket(self, path: str) -> HttpReply:
        recording = path.split("/")[-2]
        if UUID(recording) == GONE:
            return self._problem(404, "not_found")
        self.tickets.append(recording)
        url = f"/api/v1/recordings/listen/{recording}"
        return HttpReply(200, {}, json.dumps({"url": url, "expires_at": "2026-11-23T09:47:00Z"}).encode())

    def _say(self, sent: dict[str, Any]) -> HttpReply:
        if sent["version"] != self.notice["version"]:
            return self._problem(409, "notice_changed")
        self.notice = {"words": sent["words"], "version": sent["version"] + 1}
        return HttpReply(200, {}, json.dumps(self._agenda()["notice"]).encode())

    def _agenda(self) -> dict[str, Any]:
        said_by = {"said_by": {"id": str(LIU), "name": "周敏"}, "said_at": "2026-11-23T00:40:00Z"}
        unit = {"id": str(UNIT), "name": "人民路支行", "kind": "outlet"}
        nothing = {"lists": [], "promises": [], "money": [], "money_total": "0"}
        return {"unit": unit, "day": "2026-11-23", **nothing, "notice": {**self.notice, **said_by}}

    def _lend(self, method: str, path: str, body: bytes | None) -> HttpReply:
        customer, day = path.split("/loans/")[1].split("/")
        if customer in self.used:
            return self._problem(409, "loan_used")
        self.versions[str(LIU), day] = self.versions.get((str(LIU), day), 0) + 1
        if method == "DELETE":
            del self.loans[customer]
            return HttpReply(204, {}, b"")
        self.loans[customer] = json.loads(body or b"")["advisor_id"]
        return HttpReply(200, {}, json.dumps(self._loan(customer, day)).encode())

    def _loan(self, customer: str, day: str) -> dict[str, Any]:
        of = {"customer_id": customer, "customer_name": f"客户{int(UUID(customer)) - 100}", "day": day}
        names = {str(ZHOU): "周婷", str(MA): "马骏"}
        borrower = self.loans[customer]
        return {
            **of,
            "owner": {"id": str(LIU), "name": "刘洋"},
            "borrower": {"id": borrower, "name": names[borrower]},
        }

    def _plan(self, path: str, body: bytes | None) -> HttpReply:
        advisor, day = path.split("/plans/")[1].split("/")[:2]
        key = advisor, day
        if path.endswith("/proposal"):
            return HttpReply(200, {}, json.dumps(self._proposal(advisor, day)).encode())
        sent = json.loads(body) if body is not None else None
        if sent is not None and key in self.frozen and not path.endswith("/unfreeze"):
            return self._problem(409, "plan_frozen")
        if sent is not None and sent["version"] != self.versions.get(key, 0):
            return self._problem(409, "plan_changed")
        if sent is not None and path.endswith("/unfreeze"):
            self.words.append(sent["word"])
            self.versions[key] = sent["version"] + 1
            self.frozen.discard(key)
        elif sent is not None:
            self.set_list(key, sent["customer_ids"], sent["note"], freeze=sent["freeze"])
        return HttpReply(200, {}, json.dumps(self._plan_json(advisor, day)).encode())

    def set_list(
        self, key: tuple[str, str], customer_ids: list[str], note: str | None, *, freeze: bool = False
    ) -> None:
        """A head sets a list, this one or another."""
        self.plans[key] = {"customer_ids": customer_ids, "note": note}
        self.versions[key] = self.versions.get(key, 0) + 1
        if freeze:
            self.frozen.add(key)

    def _plan_json(self, advisor: str, day: str) -> dict[str, Any]:
        key = advisor, day
        plan = self.plans.get(key, {"customer_ids": [], "note": None})
        frozen_at = "2026-11-23T00:45:00Z" if key in self.frozen else None
        version = {"version": self.versions.get(key, 0), "frozen_at": frozen_at}
        return {"id": advisor, "advisor_id": advisor, "day": day, **plan, **version}

    def _proposal(self, advisor: str, day: str) -> dict[str, Any]:
        plan = self._plan_json(advisor, day)
        book = [str(UUID(int=100 + number)) for number in range(1, 6)]
        book = [each for each in book if each not in self.loans]
        listed = [each for each in plan["customer_ids"] if each not in self.loans] or book[:3]
        reasons = [{"code": "maturity", "day": "2026-11-24", "amount": "500000"}, {"code": "never_called"}]
        told = {
            each: {"customer_id": each, "name": f"客户{int(UUID(each)) - 100}", "reasons": reasons}
            for each in [*listed, *book]
        }
        head = {"id": advisor, "name": "周敏"}
        return {
            "advisor": {"id": advisor, "name": "刘洋"},
            "plan": plan,
            "set_by": head if plan["version"] else None,
            "frozen_by": head if plan["frozen_at"] else None,
            "listed": [told[each] for each in listed],
            "further": [told[each] for each in book if each not in listed],
            "loans": [self._loan(each, day) for each in self.loans],
            "colleagues": [{"id": str(MA), "name": "马骏"}, {"id": str(ZHOU), "name": "周婷"}],
        }


async def signed_in(scene: Scene) -> AppSession:
    """A head's session."""
    return await sign_in(scene.platform, "head", PASSWORD)
