"""Leave: no target on its days, at every level and wherever it is looked at; entered by whoever is head then, and by nobody else."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from app_server.org.service import move_staff
from app_server.policies.calendar import calendar_for
from app_server.tables import AuditEntryRow
from shared_models.fold import fold_day
from shared_models.leave import LeaveDays, is_on_leave
from shared_models.policy import Policies, Policy
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.leave.heads import LEAVE, TODAY, Heads, on
from tests.sync_server.phones import call, visit

NOTHING = {"calls": 0, "visits": 0, "products_per_visit": 0}
WHOLE = {"calls": 20, "visits": 5, "products_per_visit": 3}


def test_an_advisor_on_leave_has_nothing_to_reach_and_is_counted_apart(heads: Heads):
    heads.enter(on(-3), on(2))
    team = heads.day()
    by_name = {row["staff"]["name"]: row["day"] for row in team["advisors"]}
    assert (by_name["li"]["on_leave"], by_name["li"]["targets"]) == (True, NOTHING)
    assert (by_name["wang"]["on_leave"], by_name["wang"]["targets"]) == (False, WHOLE)
    totals = team["totals"]
    assert (totals["advisors"], totals["advisors_on_leave"], totals["targets"]) == (2, 1, WHOLE)
    # The same in a range, at the outlet and above it, and counted anew from the ledger.
    assert heads.range(TODAY, TODAY) == [totals]
    anew = heads.day(grades="A")
    assert (anew["totals"]["advisors_on_leave"], anew["totals"]["targets"]) == (1, WHOLE)
    assert heads.range(TODAY, TODAY, grades="A") == [anew["totals"]]
    assert [each["advisors_on_leave"] for each in heads.range(on(-4), TODAY)] == [0, 1, 1, 1, 1]


def test_what_is_done_on_leave_counts_but_nobody_has_met_by_it(heads: Heads):
    bank = heads.bank
    factories.policy(bank.db, calls=1, visits=0)
    bank.phone().send(call(bank.customer()))
    bank.phone(bank.wang).send(call(bank.customer(bank.wang)))
    before, days = heads.day(), bank.days()
    assert (before["totals"]["advisors_met"], before["totals"]["targets"]["calls"]) == (2, 2)
    # Of days that are folded already.
    leave_id = heads.enter(TODAY, TODAY)
    stored, totals = bank.today(), heads.day()["totals"]
    assert (stored.on_leave, stored.met, stored.calls_effective, stored.targets.calls) == (True, False, 1, 0)
    assert (totals["advisors_met"], totals["advisors_on_leave"]) == (1, 1)
    assert (totals["calls_effective"], totals["targets"]["calls"]) == (2, 1)
    assert heads.range(TODAY, TODAY) == [totals]
    anew = heads.day(grades="A")["totals"]
    assert (anew["advisors_met"], heads.range(TODAY, TODAY, grades="A")) == (0, [anew])
    assert heads.take_back(leave_id) == 204
    assert bank.days() == days
    assert heads.day()["totals"] == before["totals"]


def test_where_there_is_nothing_to_reach_leave_is_still_not_met(heads: Heads):
    factories.policy(heads.bank.db, calls=0, visits=0)
    heads.enter(TODAY, TODAY)
    asked: tuple[dict[str, Any], ...] = ({}, {"grades": "A"})
    for params in asked:
        totals = heads.day(**params)["totals"]
        assert (totals["advisors"], totals["advisors_on_leave"], totals["advisors_met"]) == (2, 1, 1)
        assert heads.range(TODAY, TODAY, **params) == [totals]


def test_the_workbook_says_who_is_on_leave(heads: Heads):
    heads.enter(TODAY, TODAY)
    units, advisors, _ = load_workbook(BytesIO(heads.sheet())).worksheets
    heading, row = ([cell.value for cell in each] for each in units.iter_rows())
    assert dict(zip(heading, row, strict=True))["休假人数"] == 1
    heading, *rows = ([cell.value for cell in each] for each in advisors.iter_rows())
    met = {
        row["理财经理"]: (row["达标"], row["电话要求"])
        for row in (dict(zip(heading, each, strict=True)) for each in rows)
    }
    assert met == {"li": ("休假", 0), "wang": ("否", 20)}


def test_the_advisors_phones_hear_of_it_and_nobody_elses(heads: Heads):
    bank = heads.bank
    phone, other = bank.phone(), bank.phone(bank.wang)
    phone.pull()
    other.pull()
    leave_id = heads.enter(on(1), on(3))
    told = {"entity": "leave", "id": leave_id, "deleted": False}
    days = {"id": leave_id, "first_day": on(1).isoformat(), "last_day": on(3).isoformat()}
    assert phone.pull() == [{**told, "data": days}]
    heads.enter(on(1), on(2), leave_id=leave_id)
    assert phone.pull() == [{**told, "data": {**days, "last_day": on(2).isoformat()}}]
    # A phone that begins anew sees it too.
    assert [each["id"] for each in bank.phone(device="phone-2").pull() if each["entity"] == "leave"] == [leave_id]
    heads.take_back(leave_id)
    assert phone.pull() == [{**told, "deleted": True, "data": {}}]
    assert [each for each in other.pull() if each["entity"] == "leave"] == []


def test_the_same_again_changes_nothing(heads: Heads):
    leave_id = heads.enter(TODAY, on(1))
    phone = heads.bank.phone()
    phone.pull()
    assert heads.enter(TODAY, on(1), leave_id=leave_id) == leave_id
    assert phone.pull() == []
    assert [(each["first_day"], each["last_day"]) for each in heads.leave()] == [(TODAY.isoformat(), on(1).isoformat())]
    assert heads.take_back(leave_id) == 204
    assert heads.take_back(leave_id) == 404
    entries = heads.bank.db.read(lambda session: session.exec(select(AuditEntryRow)).all())
    told = [(each.action, each.subject_id, each.before, each.after) for each in entries if "leave" in each.action]
    days = {"first_day": TODAY.isoformat(), "last_day": on(1).isoformat()}
    li = str(heads.bank.li.id)
    assert told == [("leave.entered", li, None, days), ("leave.taken_back", li, days, None)]


def test_nobody_but_a_head_of_the_advisor_enters_sees_or_takes_it_back(heads: Heads):
    bank = heads.bank
    leave_id = heads.enter(TODAY, on(1))
    unknown = bank.server.http.delete(f"{LEAVE}/{uuid4()}", headers=heads.other)
    refused = bank.server.http.delete(f"{LEAVE}/{leave_id}", headers=heads.other)
    assert (refused.status_code, refused.text) == (404, unknown.text)
    assert heads.put(on(5), on(5), headers=heads.other).status_code == 404
    assert heads.put(TODAY, on(1), leave_id=leave_id, headers=heads.other).status_code == 404
    assert heads.leave(headers=heads.other) == heads.leave(headers=heads.other, advisor_id=str(bank.li.id)) == []
    unit = {"unit_id": str(bank.outlet.id)}
    assert bank.server.http.get(LEAVE, params=unit, headers=heads.other).status_code == 404
    # Nor is an id of one's own taken for somebody else's leave.
    stranger = factories.staff(bank.db, heads.elsewhere)
    assert heads.put(TODAY, TODAY, who=stranger, leave_id=leave_id, headers=heads.other).status_code == 404
    advisor = bank.server.bearer(bank.li)
    assert heads.put(on(5), on(5), headers=advisor).status_code == 403
    assert bank.server.http.get(LEAVE, headers=advisor).status_code == 403
    assert bank.server.http.delete(f"{LEAVE}/{leave_id}", headers=advisor).status_code == 403
    assert heads.put(on(5), on(5), headers={}).status_code == 401
    assert [each["id"] for each in heads.leave()] == [leave_id]


def test_days_elsewhere_taken_or_out_of_reach_are_refused_in_a_sentence(heads: Heads):
    bank = heads.bank
    leave_id = heads.enter(on(4), on(6))
    bank.db.write(lambda session: move_staff(session, bank.wang.id, heads.elsewhere.id, TODAY))
    wang: dict[str, Any] = {"who": bank.wang}
    for reply, status, code in (
        (heads.put(on(6), on(9)), 409, "leave_taken"),
        (heads.put(on(-93), on(-93)), 422, "leave_too_far"),
        (heads.put(on(300), on(367)), 422, "leave_too_far"),
        (heads.put(on(-1), TODAY, **wang), 422, "leave_elsewhere"),
        (heads.put(TODAY, TODAY, **wang), 404, "not_found"),
        (heads.put(on(2), on(1)), 422, "bad_input"),
        (heads.put(on(-3), on(363)), 422, "bad_input"),
    ):
        assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert heads.enter(on(-2), on(-1), **wang)
    assert [each["staff"]["name"] for each in heads.leave()] == ["wang", "li"]
    assert heads.enter(on(5), on(9), leave_id=leave_id) == leave_id


def test_a_new_head_changes_the_days_that_are_theirs_and_no_others(heads: Heads):
    bank = heads.bank
    leave_id = heads.enter(on(-1), on(3))
    bank.db.write(lambda session: move_staff(session, bank.li.id, heads.elsewhere.id, on(1)))
    assert heads.take_back(leave_id, headers=heads.other) == 422
    assert [each["id"] for each in heads.leave(headers=heads.other)] == [leave_id]
    assert heads.put(on(-1), on(1), leave_id=leave_id, headers=heads.other).status_code == 200
    assert heads.put(on(-1), on(2), leave_id=leave_id).status_code == 422
    assert heads.put(TODAY, on(1), leave_id=leave_id).status_code == 200


def test_a_make_up_saturday_is_worked_and_a_holiday_is_not(heads: Heads):
    # 2026-10-10 was worked for the National Day holiday, of which the 7th was the last day (国办发明电).
    factories.policy(heads.bank.db, calendar=calendar_for([2026]))
    saturday, holiday = datetime(2026, 10, 10, tzinfo=UTC).date(), datetime(2026, 10, 7, tzinfo=UTC).date()
    assert heads.day(saturday)["totals"]["targets"]["calls"] == 40
    assert heads.day(holiday)["totals"]["targets"] == NOTHING
    assert [each["targets"]["calls"] for each in heads.range(holiday, saturday)] == [0, 40, 40, 40]
    heads.enter(saturday, saturday)
    assert heads.day(saturday)["totals"]["targets"]["calls"] == 20
    assert heads.bank.days() == {}


def test_the_fold_knows_leave_by_the_rule_of_the_day():
    policy = Policies([Policy(effective_from=LONG_AGO, calls=0, visits=0)])
    leave = [LeaveDays(first_day=on(-2), last_day=on(-1)), LeaveDays(first_day=on(1), last_day=on(1))]
    assert [is_on_leave(on(n), leave) for n in range(-3, 3)] == [False, True, True, False, True, False]
    assert fold_day((), {}, policy.on(TODAY, leave)).met
    folded = fold_day((), {}, policy.on(on(1), leave))
    assert (folded.met, folded.on_leave) == (False, True)
    with pytest.raises(ValueError, match="ends before it begins"):
        LeaveDays(first_day=TODAY, last_day=TODAY - timedelta(days=1))


def test_late_visits_and_calls_are_folded_as_leave(heads: Heads):
    bank, customer = heads.bank, heads.bank.customer()
    heads.enter(on(-1), TODAY)
    bank.phone().send(call(customer, at=NOW - timedelta(days=1)), visit(customer))
    assert [(day, each.on_leave, each.targets.calls) for day, each in sorted(bank.days().items())] == [
        (on(-1), True, 0),
        (TODAY, True, 0),
    ]
