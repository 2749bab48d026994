"""Meetings over HTTP: what is frozen stays, what came later is told apart exactly, and nobody else sees either."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from app_server.customers.service import move_customer
from app_server.meetings import service
from app_server.org.queries import as_unit
from app_server.org.service import move_staff
from app_server.tables import StaffRow, UnitRow
from app_server.team.service import team_day
from shared_models.meetings import Meeting, MeetingClose, amounts
from shared_models.org import Role, Staff
from shared_models.team import TeamDay
from tests import factories
from tests.factories import NOW
from tests.meetings.conftest import TODAY, Evening
from tests.sync_server.phones import Json, call, proposal, visit, void
from tests.team.recording import caller

YESTERDAY = (NOW.date() - timedelta(days=1)).isoformat()
# Of phones and weeks, not of the day's activities: the freeze and now stand beside each other.
NOT_OF_ACTIVITIES = {"advisors_reported", "coverage.called_in_window"}
LISTED = ("calls", "calls_effective", "visits", "visits_graded.D", "products_presented", "declines.busy", "met")


def test_a_closed_meeting_keeps_what_was_and_says_what_came_later(evening: Evening) -> None:
    li, wang = evening.phones
    first, second = call(evening.customers[0][0]), call(evening.customers[0][1], outcome="declined")
    li.send(first, second)
    closed = evening.closed(attended=[str(evening.bank.li.id)], notes=[{"step": "exceptions", "text": "明天补"}])
    assert (closed.frozen.totals.calls, closed.now.totals.calls, closed.changes) == (2, 2, {})
    assert (closed.received, [each.name for each in closed.attended]) == (0, ["li"])
    late = [call(evening.customers[1][0]), call(evening.customers[1][1])]
    wang.send(*late)
    li.send(void(second))
    seen = evening.again(closed)
    assert seen.frozen == closed.frozen
    assert (seen.frozen.totals.calls, seen.now.totals.calls, seen.received) == (2, 3, 3)
    assert seen.changes["calls"].model_dump() == {"came": 2, "taken_back": -1, "otherwise": 0}
    assert seen.changes["declines.unspecified"].taken_back == -1
    behind = {each["id"]: each["adds"] for each in evening.late(seen, metric="calls")}
    assert {key: int(adds) for key, adds in behind.items()} == {
        late[0]["id"]: 1,
        late[1]["id"]: 1,
        next(each["id"] for each in evening.late(seen) if each["kind"] == "void"): -1,
    }
    [listed] = evening.get(first=YESTERDAY, last=TODAY).json()["meetings"]
    assert (listed["frozen"]["calls"], listed["now"]["calls"], listed["attended"]) == (2, 3, 1)


@st.composite
def evenings(draw: st.DrawFn) -> tuple[list[tuple[int, Any]], int]:
    """What two advisors do, in the order in which it arrives, and how much of it before the freeze."""
    what = st.one_of(
        st.tuples(st.just("call"), st.integers(0, 3), st.sampled_from(["interested", "declined", "no_answer"])),
        st.tuples(st.just("visit"), st.integers(0, 3), st.just("")),
        st.tuples(st.just("proposal"), st.integers(0, 99), st.just("")),
        st.tuples(st.just("void"), st.integers(0, 99), st.just("")),
        st.tuples(st.just("void"), st.integers(0, 99), st.just("")),
    )
    steps = draw(st.lists(st.tuples(st.integers(0, 1), what), min_size=2, max_size=14))
    return steps, draw(st.integers(0, len(steps)))


def arrived(evening: Evening, steps: list[tuple[int, Any]], made: list[list[Json]], product: Any) -> None:
    """Send each step by its own advisor's phone; what refers to something refers to anything sent before, of whichever side."""
    for who, (kind, number, outcome) in steps:
        own, customers = made[who], evening.customers[who]
        visits = [each for each in own if each["kind"] == "visit"]
        match kind:
            case "call":
                sent = call(customers[number], outcome=outcome)
            case "visit":
                sent = visit(customers[number])
            case "proposal" if visits:
                at = visits[number % len(visits)]
                sent = proposal(UUID(at["customer_id"]), at, product)
            case "void" if own:
                sent = void(own[number % len(own)])
            case _:
                continue
        assert evening.phones[who].send(sent) == ["accepted"]
        if sent["kind"] != "void":
            own.append(sent)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(drawn=evenings())
def test_what_was_frozen_and_what_changed_since_make_what_is_now(asked: Evening, drawn) -> None:
    steps, before = drawn
    product = factories.product(asked.bank.db)
    made: list[list[Json]] = [[], []]
    arrived(asked, steps[:before], made, product)
    closed = asked.closed()
    assert closed.frozen.model_dump(exclude={"as_of"}) == TeamDay.model_validate(asked.team_day()).model_dump(
        exclude={"as_of"}
    )
    arrived(asked, steps[before:], made, product)
    seen = asked.again(closed)
    assert seen.frozen == closed.frozen
    adds_up(amounts(seen.frozen.totals), seen.changes, amounts(seen.now.totals))
    was, is_ = ({each.staff.id: each.day for each in day.advisors} for day in (seen.frozen, seen.now))
    moved = {each.advisor.id: each for each in seen.advisors}
    for advisor, day in was.items():
        adds_up(amounts(day), moved[advisor].changes if advisor in moved else {}, amounts(is_[advisor]))
    for metric in LISTED:
        listed = sum((Decimal(each["adds"]) for each in asked.late(seen, metric=metric)), Decimal(0))
        change = seen.changes.get("advisors_met" if metric == "met" else metric)
        assert listed == (change.came + change.taken_back if change else 0)
    assert len(asked.late(seen)) == seen.received


def adds_up(frozen: dict[str, Decimal], changes, now: dict[str, Decimal]) -> None:
    for name in frozen.keys() | now.keys() | changes.keys():
        change = changes.get(name)
        assert frozen.get(name, 0) + (change.total if change else 0) == now.get(name, 0), name
        assert name in NOT_OF_ACTIVITIES or change is None or change.otherwise == 0, name


def test_who_leaves_the_unit_for_that_day_is_a_change_of_another_sort(asked: Evening) -> None:
    db = asked.bank.db
    leaver = factories.staff(db, asked.bank.outlet)
    phone, customer = asked.bank.phone(leaver), asked.bank.customer(leaver)
    phone.send(call(customer))
    closed = asked.closed()
    elsewhere = factories.unit(db)
    db.write(lambda session: move_staff(session, leaver.id, elsewhere.id, NOW.date() - timedelta(days=1)))
    phone.send(call(customer))
    seen = asked.again(closed)
    assert (seen.now.totals.calls - seen.frozen.totals.calls, seen.received) == (-1, 0)
    assert seen.changes["calls"].model_dump() == {"came": 0, "taken_back": 0, "otherwise": -1}
    assert seen.changes["advisors"].otherwise == -1
    assert asked.late(seen) == []
    assert asked.get(f"/{seen.id}/activities", advisor_id=str(asked.bank.outlet.id)).status_code == 404


def test_closing_again_is_the_same_meeting_and_other_content_a_conflict(asked: Evening) -> None:
    meeting_id = uuid4()
    first = asked.post(meeting_id, drill={"reason": "busy", "done": True})
    asked.phones[0].send(call(asked.customers[0][0]))
    asked.bank.server.clock.pass_(minutes=3)
    again = asked.post(meeting_id, drill={"reason": "busy", "done": True})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["frozen"] == first.json()["frozen"]
    assert again.json()["frozen_at"] == first.json()["frozen_at"]
    others: list[Json] = [
        {},
        {"drill": {"reason": "busy"}},
        {"drill": {"reason": "busy", "done": True}, "day": YESTERDAY},
    ]
    for other in others:
        reply = asked.post(meeting_id, **other)
        assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    assert asked.get(f"/{meeting_id}").json()["drill"]["done"] is True


def test_a_frozen_meeting_has_no_way_to_be_changed(asked: Evening) -> None:
    path = f"/api/v1/team/meetings/{asked.closed().id}"
    for verb in ("PUT", "PATCH", "DELETE", "POST"):
        assert asked.bank.server.http.request(verb, path, headers=asked.heads["outlet"]).status_code == 405


def test_another_units_meetings_are_not_there(asked: Evening) -> None:
    closed = asked.closed()
    for path in (f"/{closed.id}", f"/{closed.id}/activities"):
        assert asked.get(path, by="elsewhere").status_code == 404
        assert asked.get(path, by="above").status_code == 200
        assert asked.get(path, by="advisor").status_code == 403
    outlet = str(asked.bank.outlet.id)
    for by, status in (("elsewhere", 404), ("above", 200), ("advisor", 403)):
        assert asked.get(by=by, unit_id=outlet, first=TODAY, last=TODAY).status_code == status
        assert asked.post(uuid4(), by=by).status_code == status
    # Nor can its id be taken, or found out by taking it.
    elsewhere = asked.bank.server.http.get("/api/v1/me", headers=asked.heads["elsewhere"]).json()["unit"]["id"]
    assert asked.post(closed.id, by="elsewhere", unit_id=elsewhere).status_code == 404
    assert asked.again(closed).frozen == closed.frozen


def test_only_the_units_own_people_customers_and_days_are_named(asked: Evening) -> None:
    db = asked.bank.db
    stranger = factories.staff(db, factories.unit(db))
    theirs = factories.customer(db, stranger)
    li = str(asked.bank.li.id)
    refused: list[Json] = [
        {"attended": [str(stranger.id)]},
        {"attended": [str(uuid4())]},
        {"drill": {"reason": "busy", "customer_played_by": str(stranger.id)}},
        {"drill": {"reason": "busy", "case_id": str(uuid4())}},
        {"accepted": [{"advisor_id": li, "customer_id": str(theirs.id)}]},
        {"accepted": [{"advisor_id": str(stranger.id), "customer_id": str(theirs.id)}]},
        {"notes": [{"step": "exceptions", "advisor_id": str(stranger.id), "text": "?"}]},
        {"notes": [{"step": "exceptions", "text": "\x00"}]},
        {"notes": [{"step": "no such step", "text": "?"}]},
        {"day": (NOW.date() + timedelta(days=1)).isoformat()},
        {"day": (NOW.date() - timedelta(days=30)).isoformat()},
        {"kind": "morning"},
    ]
    for wrong in refused:
        assert asked.post(uuid4(), **wrong).status_code == 422, wrong


def test_an_accepted_customer_is_named_to_those_whose_unit_they_are_in(asked: Evening) -> None:
    db, customer = asked.bank.db, asked.bank.customer()
    closed = asked.closed(accepted=[{"advisor_id": str(asked.bank.li.id), "customer_id": str(customer.id)}])
    assert [each.customer_name for each in closed.accepted] == [customer.name]
    other = factories.staff(db, factories.unit(db))
    db.write(lambda session: move_customer(session, customer.id, to_advisor=other.id, now=NOW))
    assert [each.customer_name for each in asked.again(closed).accepted] == [None]


def test_what_is_frozen_is_of_one_instant(asked: Evening) -> None:
    """A push that commits while a meeting is being closed is in neither its figures nor its marks, and came later."""
    db, meeting_id = asked.bank.db, uuid4()
    closer = factories.staff(db, asked.bank.outlet, role=Role.HEAD)
    head = replace(caller(asked.bank.outlet, today=NOW.date()), staff=as_staff(closer, asked.bank.outlet))
    close = MeetingClose(unit_id=asked.bank.outlet.id, day=NOW.date(), attended=[])
    before = asked.team_day()["totals"]["calls"]

    def work(session: Session) -> Meeting:
        team_day(session, head, unit_id=None, day=None, now=NOW)
        # On SQLite nobody writes meanwhile: the close has the turn.
        if not db.is_sqlite:
            asked.phones[0].send(call(asked.customers[0][0]))
        return service.close_meeting(session, head, meeting_id, close=close, now=NOW)

    closed = db.write(work, one_snapshot=True)
    if db.is_sqlite:
        asked.phones[0].send(call(asked.customers[0][0]))
    seen = asked.again(closed)
    assert (seen.frozen.totals.calls, seen.now.totals.calls, seen.received) == (before, before + 1, 1)
    assert seen.changes["calls"].came == 1


def as_staff(row: StaffRow, where: UnitRow) -> Staff:
    return Staff(id=row.id, login=row.login, name=row.name, role=Role.HEAD, unit=as_unit(where))
