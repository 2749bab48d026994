"""Reviews over HTTP and sync: who may write which, what reaches whose phone, and what comes back from it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.factories import NOW
from tests.reviews.conftest import TODAY, Reviewing, scores
from tests.sync_server.phones import Json, activity, void

TOMORROW = (NOW.date() + timedelta(days=1)).isoformat()
DRILL = {"what": "风险提示的三句话", "due_on": TOMORROW}


def reply(review: Json, text: str = "下次先讲风险") -> Json:
    return activity("review_reply", {"review_id": review["review"]["id"], "text": text})


def drill_done(review: Json) -> Json:
    return activity("drill_done", {"review_id": review["review"]["id"], "note": "练了两遍"})


def reviews_in(changes: list[Json]) -> list[Json]:
    return [each for each in changes if each["entity"] == "review"]


def test_a_review_reaches_the_phone_is_answered_and_the_answer_reaches_the_head(reviewing: Reviewing) -> None:
    reviewing.phone.pull()
    comments = [{"at_seconds": 62, "text": "这里该讲风险"}, {"at_seconds": None, "text": "开场很好"}]
    written = reviewing.review(reviewing.calls[0], comments=comments, drill=DRILL).json()
    [change] = reviews_in(reviewing.phone.pull())
    assert change["data"]["scores"] == scores(opening=4, risk_notice=2)
    assert change["data"]["comments"] == comments
    assert change["data"]["drill"] == DRILL
    assert change["data"]["reviewer_name"] == "outlet head"
    assert (change["data"]["activity_id"], change["data"]["kind"]) == (reviewing.calls[0]["id"], "call")
    before = reviewing.bank.today()
    assert reviewing.phone.send(reply(written), drill_done(written)) == ["accepted", "accepted"]
    assert reviewing.bank.today() == before
    [seen] = reviewing.get("reviews").json()["reviews"]
    assert [each["text"] for each in seen["replies"]] == ["下次先讲风险"]
    assert (seen["drill_done_at"] is not None, seen["drill_note"]) == (True, "练了两遍")


def test_a_phone_that_begins_anew_has_its_reviews_and_nobody_elses(reviewing: Reviewing) -> None:
    of_li = reviewing.review(reviewing.calls[0]).json()
    of_wang = reviewing.review(reviewing.of_wang[0], by="above").json()
    for staff, own in ((reviewing.bank.li, of_li), (reviewing.bank.wang, of_wang)):
        changes = reviews_in(reviewing.bank.phone(staff, device="phone-2").pull(limit=3))
        assert [each["id"] for each in changes] == [own["review"]["id"]]


def test_an_edit_is_a_version_until_the_advisor_has_answered(reviewing: Reviewing) -> None:
    one = str(uuid4())
    reviewing.review(reviewing.calls[0], id=one)
    assert reviewing.review(reviewing.calls[0], id=one).json()["review"]["version"] == 1
    edited = reviewing.review(reviewing.calls[0], id=one, scores=scores(opening=5)).json()
    assert [each["edit"]["scores"]["opening"] for each in edited["versions"]] == [4, 5]
    [change] = reviews_in(reviewing.phone.pull())
    assert (change["data"]["version"], change["data"]["scores"]["opening"]) == (2, 5)
    assert reviewing.phone.send(reply(edited)) == ["accepted"]
    late = reviewing.review(reviewing.calls[0], id=one, scores=scores(opening=1))
    assert (late.status_code, late.json()["code"]) == (409, "answered")
    # The same again is still only a lost reply.
    assert reviewing.review(reviewing.calls[0], id=one, scores=scores(opening=5)).status_code == 200


def test_an_answer_is_to_ones_own_review_and_stands(reviewing: Reviewing) -> None:
    of_li = reviewing.review(reviewing.calls[0]).json()
    unknown = {"review": {"id": str(uuid4())}}
    of_wang = reviewing.bank.phone(reviewing.bank.wang)
    for answer in (reply(of_li), drill_done(of_li), reply(unknown)):
        assert of_wang.send(answer) == ["unknown_activity"]
    mine = reply(of_li)
    assert reviewing.phone.send(mine, void(mine)) == ["accepted", "unknown_activity"]
    assert reviewing.phone.send(reply(of_li, " ")) == ["bad_data"]
    [seen] = reviewing.get("reviews", activity_id=reviewing.calls[0]["id"]).json()["reviews"]
    assert len(seen["replies"]) == 1


def test_averages_are_by_unit_and_item_with_what_they_are_of(reviewing: Reviewing) -> None:
    reviewing.review(reviewing.calls[0], scores=scores(opening=5, close=3))
    reviewing.review(reviewing.calls[1], scores=scores(opening=2))
    reviewing.review(reviewing.of_wang[0], by="above", scores=scores(opening=1))
    asked: dict[str, Any] = {"from": TODAY, "to": TODAY}
    told = reviewing.get("reviews/averages", **asked).json()
    assert told["total"]["items"]["opening"] == {"mean": "2.67", "n": 3}
    assert told["total"]["items"]["close"] == {"mean": "3.00", "n": 1}
    assert told["total"]["items"]["need"] == {"mean": None, "n": 0}
    above = reviewing.get("reviews/averages", by="above", **asked).json()
    assert above["total"]["reviews"] == 3
    assert {each["unit"]["id"]: each["reviews"] for each in above["units"]}[str(reviewing.bank.outlet.id)] == 3
    yesterday = (NOW.date() - timedelta(days=1)).isoformat()
    assert reviewing.get("reviews/averages", **{"from": yesterday, "to": yesterday}).json()["total"]["reviews"] == 0


def test_nobody_else_writes_or_reads_what_is_not_in_their_subtree(reviewing: Reviewing) -> None:
    one = str(uuid4())
    reviewing.review(reviewing.calls[0], id=one)
    assert reviewing.review(reviewing.calls[0], by="elsewhere").status_code == 404
    assert reviewing.review(reviewing.calls[0], id=one, by="elsewhere").status_code == 404
    assert reviewing.get(f"reviews/{one}", by="elsewhere").status_code == 404
    subject = f"reviews/of/{reviewing.calls[0]['id']}"
    assert reviewing.get(subject, by="elsewhere").status_code == 404
    assert reviewing.get(subject, by="advisor").status_code == 403
    seen = reviewing.get(subject, by="above").json()
    assert (seen["activity"]["id"], seen["reviews"][0]["review"]["id"]) == (reviewing.calls[0]["id"], one)
    assert reviewing.get("reviews", by="elsewhere").json()["reviews"] == []
    assert reviewing.get("reviews", by="elsewhere", unit_id=str(reviewing.bank.outlet.id)).status_code == 404
    assert reviewing.review(reviewing.calls[0], id=one, by="above").status_code == 403
    assert reviewing.review(reviewing.calls[1], id=one).status_code == 409
    assert reviewing.review(reviewing.calls[1], id=one, by="above").status_code == 404
    for path in ("reviews", f"reviews/{one}"):
        assert reviewing.get(path, by="advisor").status_code == 403
    assert reviewing.review(reviewing.calls[0], by="advisor").status_code == 403
    assert len(reviewing.get(f"reviews/{one}").json()["versions"]) == 1


SAMPLE_OF_NOBODY = str(uuid4())


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"scores": scores(opening=6)}, 422),
        ({"scores": scores(opening=0)}, 422),
        ({"scores": scores()}, 422),
        ({"comments": [{"text": "字" * 501}]}, 422),
        ({"comments": [{"text": "x", "at_seconds": -1}]}, 422),
        ({"comments": [{"text": "x"}] * 21}, 422),
        ({"drill": {"what": "x", "due_on": "2026-11-22"}}, 422),
        ({"drill": {"what": "", "due_on": TOMORROW}}, 422),
        ({"sample_id": SAMPLE_OF_NOBODY}, 404),
        ({"activity_id": str(uuid4())}, 404),
    ],
)
def test_what_no_review_says(asked: Reviewing, fields: Json, status: int) -> None:
    assert asked.review(asked.calls[0], **fields).status_code == status


def test_a_review_of_a_sample_is_of_what_was_drawn(reviewing: Reviewing) -> None:
    drawn = reviewing.draw(size=1).json()
    others = [each for each in reviewing.calls if each["id"] not in drawn["drawn"]]
    assert reviewing.review(others[0], sample_id=drawn["id"]).status_code == 422
