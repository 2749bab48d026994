"""The envelope: what is taken for an activity and what is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from shared_models.activity import Activity, RejectCode, accepted_times, uuid7
from shared_models.policy import Policies

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CUSTOMER = "01930000-0000-7000-8000-000000000001"


def raw_call(**changes: Any) -> dict[str, Any]:
    data = {"channel": "mobile", "outcome": "interested", "talk_seconds": 45, "timed_by": "device"}
    return {
        "id": str(uuid7(NOW)),
        "kind": "call",
        "seq": 1,
        "occurred_at": "2026-11-23T12:00:00+08:00",
        "clock_offset_ms": 0,
        "customer_id": CUSTOMER,
        "data": data,
    } | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "dance"},
        {"seq": 0},
        {"seq": 2**63},
        {"occurred_at": "2026-11-23T12:00:00"},
        {"occurred_at": "0001-01-01T00:00:00+00:00"},
        {"occurred_at": "9999-12-31T23:59:59+00:00"},
        {"clock_offset_ms": 10**400},
        {"customer_id": None},
        {"data": None},
        {"data": {"channel": "mobile"}},
        {"data": raw_call()["data"] | {"talk_seconds": -1}},
        {"data": raw_call()["data"] | {"talk_seconds": float("nan")}},
        {"data": raw_call()["data"] | {"note": "a\x00b"}},
        {"data": raw_call()["data"] | {"note": "\ud800"}},
        {"data": raw_call()["data"] | {"note": "长" * 2001}},
        {"kind": "visit", "data": {"place": "moon"}},
        {"kind": "proposal", "data": {"visit_id": CUSTOMER, "picks": []}},
        {
            "kind": "proposal",
            "data": {"visit_id": CUSTOMER, "picks": [{"product_id": CUSTOMER, "response": "bought"}] * 2},
        },
        {"kind": "prospect", "data": {"name": "李璟瑄", "phone": "13800000000", "source": "referral"}},
    ],
)
def test_bad_data_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Activity.model_validate(raw_call(**changes))


def test_fields_that_decide_who_the_caller_is_are_not_kept() -> None:
    activity = Activity.model_validate(raw_call(advisor_id=CUSTOMER, role="admin", business_day="2020-01-01"))
    assert {"advisor_id", "role", "business_day"}.isdisjoint(activity.model_dump())


@pytest.mark.parametrize(
    ("moved", "offset_ms", "code"),
    [
        (timedelta(minutes=9), 0, None),
        (timedelta(minutes=11), 0, RejectCode.IN_FUTURE),
        (timedelta(hours=2), -7_200_000, None),
        (-timedelta(days=6, hours=23), 0, None),
        (-timedelta(days=7, minutes=1), 0, RejectCode.TOO_OLD),
    ],
)
def test_time_is_judged_by_the_corrected_instant(moved: timedelta, offset_ms: int, code: RejectCode | None) -> None:
    activity = Activity.model_validate(raw_call(occurred_at=(NOW + moved).isoformat(), clock_offset_ms=offset_ms))
    assert accepted_times(NOW, Policies([])).rejection(activity.corrected_at) == code


def test_uuid7_sorts_by_time_and_says_its_version() -> None:
    early, late = uuid7(NOW), uuid7(NOW + timedelta(milliseconds=1))
    assert early < late
    assert early.version == 7
