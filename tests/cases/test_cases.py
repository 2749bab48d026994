"""A case from a head's words to everybody's phone and back: who may do what, what the phones are told, and what stops it."""

import json
from uuid import UUID, uuid4

import pytest

from app_server.tables import CustomerRow, PlaybookCaseRow, ReviewRow
from shared_models.activity import ActivityKind
from shared_models.reviews import Scores
from tests.cases.bank import CaseBank, consent, told
from tests.cases.texts import TEXT, edit_of, text
from tests.factories import NOW, save
from tests.sync_server.phones import activity, call, void


def test_from_a_call_to_everybodys_phone_and_back(bank: CaseBank):
    li, wang = bank.phone("li"), bank.phone("wang")
    li.pull()
    wang.pull()
    case_id = bank.proposed()
    assert told(li.pull(), "case_draft") == {}

    assert bank.step(case_id, "ask").json()["state"] == "consent_asked"
    [(shown_id, shown)] = told(li.pull(), "case_draft").items()
    assert shown_id == str(case_id)
    assert shown == {**TEXT, "product_category": None, "id": shown_id, "version": 1, "state": "consent_asked"}
    assert told(wang.pull(), "case_draft") == {}

    assert li.send(consent(case_id, with_name=True, note="可以")) == ["accepted"]
    asked = bank.get(case_id).json()
    assert asked["state"] == "consented"
    assert (asked["answer"]["granted"], asked["answer"]["with_name"], asked["answer"]["note"]) == (True, True, "可以")
    assert told(wang.pull(), "case") == {}

    assert bank.step(case_id, "approve", by=bank.admin).json()["state"] == "approved"
    [case] = told(wang.pull(), "case").values()
    day = NOW.date().isoformat()
    assert case == {**TEXT, "product_category": None, "id": str(case_id), "credit": "li", "published_on": day}
    mine = li.pull()
    assert told(mine, "case") == {str(case_id): case}
    assert told(mine, "case_draft")[str(case_id)]["state"] == "approved"
    assert [each["title"] for each in bank.http.get("/api/v1/playbook", headers=wang.headers).json()["cases"]] == [
        TEXT["title"]
    ]

    assert li.send(consent(case_id, granted=False, minutes_ago=1)) == ["accepted"]
    assert bank.state(case_id) == "withdrawn"
    assert told(wang.pull(), "case") == {str(case_id): None}
    assert told(li.pull(), "case_draft") == {str(case_id): None}
    assert bank.http.get("/api/v1/playbook", headers=wang.headers).json()["cases"] == []


def test_a_new_phone_has_it_in_its_snapshot(bank: CaseBank):
    asked, approved = bank.asked(), bank.approved()
    changes = bank.bank.phone(bank.bank.wang, device="new").pull(limit=1)
    assert set(told(changes, "case")) == {str(approved)}
    assert told(changes, "case_draft") == {}
    own = bank.bank.phone(bank.bank.li, device="new").pull(limit=2)
    assert set(told(own, "case_draft")) == {str(asked), str(approved)}


def test_nothing_that_leads_to_the_customer_reaches_a_phone(bank: CaseBank):
    bank.approved()
    wang = bank.bank.phone(bank.bank.wang, device="new")
    bytes_ = json.dumps(wang.pull(), ensure_ascii=False)
    assert TEXT["title"] in bytes_
    for secret in (str(bank.customer.id), bank.customer.name, bank.customer.phone, bank.call_id):
        assert secret not in bytes_
    assert "activity_id" not in bank.get(by=bank.admin).text


def test_consent_is_to_that_very_version(bank: CaseBank):
    case_id = bank.consented()
    assert bank.put(case_id, edit_of(from_version=1, lesson="改了一句。")).json()["state"] == "draft"
    # What was consented to is not what would be approved.
    assert bank.step(case_id, "approve", version=1, by=bank.admin).status_code == 409
    assert bank.step(case_id, "approve", version=2, by=bank.admin).status_code == 409
    assert told(bank.phone().pull(), "case_draft") == {str(case_id): None}
    assert bank.step(case_id, "ask", version=2).status_code == 200
    # A word to the first version, said after the second was asked about, is none to the second.
    assert bank.phone().send(consent(case_id, version=1, minutes_ago=2)) == ["accepted"]
    assert bank.state(case_id) == "consent_asked"
    assert bank.step(case_id, "approve", version=2, by=bank.admin).status_code == 409
    assert bank.phone().send(consent(case_id, version=2, minutes_ago=1)) == ["accepted"]
    assert bank.step(case_id, "approve", version=2, by=bank.admin).status_code == 200
    versions = bank.get(case_id).json()["versions"]
    assert [(each["version"], each["text"]["lesson"]) for each in versions] == [(1, TEXT["lesson"]), (2, "改了一句。")]


def test_an_approved_text_cannot_be_edited(bank: CaseBank):
    case_id = bank.approved()
    assert bank.put(case_id, edit_of(from_version=1, lesson="改了一句。"), by=bank.admin).status_code == 409
    assert bank.put(case_id, edit_of(from_version=1)).status_code == 200  # the same again says the same


def test_another_advisors_case_is_none_of_theirs(bank: CaseBank):
    asked, draft = bank.asked(), bank.proposed()
    wang = bank.phone("wang")
    assert wang.send(consent(asked)) == ["unknown_activity"]
    li = bank.phone()
    # Not asked about yet, never there, or of a version that nobody has seen.
    words = [consent(draft), consent(uuid4()), consent(asked, version=2)]
    assert li.send(*words) == ["unknown_activity"] * 3
    assert bank.state(asked) == "consent_asked"


def test_a_word_counts_nowhere_and_is_not_voided(bank: CaseBank):
    before = bank.bank.today()
    word = consent(bank.asked())
    assert bank.phone().send(word, void(word)) == ["accepted", "unknown_activity"]
    assert bank.bank.today() == before


def test_words_that_arrive_out_of_order(bank: CaseBank):
    case_id = bank.asked()
    later, earlier = consent(case_id, granted=False, minutes_ago=1), consent(case_id, minutes_ago=3)
    assert bank.phone().send(later) == ["accepted"]
    assert bank.phone().send(earlier) == ["accepted"]
    assert bank.state(case_id) == "refused"
    assert bank.step(case_id, "approve", by=bank.admin).status_code == 409
    # Both in one batch, the other way round, come to the same.
    other = bank.asked()
    assert (
        bank.phone().send(consent(other, granted=False, minutes_ago=1), consent(other, minutes_ago=3))
        == ["accepted"] * 2
    )
    assert bank.state(other) == "refused"


def test_the_name_comes_and_goes_with_the_advisors_word(bank: CaseBank):
    case_id = bank.approved(with_name=True)
    wang = bank.phone("wang")
    assert told(wang.pull(), "case")[str(case_id)]["credit"] == "li"
    assert bank.phone().send(consent(case_id, with_name=False, minutes_ago=1)) == ["accepted"]
    assert told(wang.pull(), "case")[str(case_id)]["credit"] is None
    assert bank.state(case_id) == "approved"


TELLING = "王先生说他的尾号5678。"


def test_a_text_that_tells_who_it_is_can_only_be_mended(bank: CaseBank):
    case_id = bank.proposed(situation=TELLING)
    found = bank.get(case_id).json()["findings"]
    assert [(each["kind"], each["where"]) for each in found] == [("customer_name", "situation"), ("card", "situation")]
    refused = bank.step(case_id, "ask")
    assert (refused.status_code, refused.json()["code"]) == (422, "tells_who_it_is")
    assert [each["where"] for each in refused.json()["errors"]] == ["situation:0-3", "situation:6-12"]
    assert "王" not in refused.text
    assert bank.state(case_id) == "draft"
    assert bank.put(case_id, edit_of(from_version=1)).json()["findings"] == []
    assert bank.step(case_id, "ask", version=2).status_code == 200


def rename(bank: CaseBank, name: str) -> None:
    def work(session) -> None:
        session.get_one(CustomerRow, bank.customer.id).name = name

    bank.bank.db.write(work)


def test_it_is_checked_again_by_what_the_customer_is_called_then(bank: CaseBank):
    asked, consented = bank.asked(lesson="问问国庆怎么过。"), bank.consented()
    rename(bank, "陈国庆")
    assert bank.phone().send(consent(asked)) == ["accepted"]
    assert bank.state(asked) == "consent_asked"
    assert bank.get(asked).json()["answer"]["granted"] is True
    assert bank.step(consented, "approve", by=bank.admin).status_code == 200
    other = bank.consented()
    rename(bank, "陈用途")
    assert bank.step(other, "approve", by=bank.admin).status_code == 422
    assert bank.state(other) == "consented"


def test_head_office_sends_back_with_a_word_and_takes_back(bank: CaseBank):
    case_id = bank.consented()
    assert bank.step(case_id, "approve").status_code == 403
    assert bank.step(case_id, "send-back").status_code == 403
    sent = bank.step(case_id, "send-back", by=bank.admin, remark="写短些").json()
    assert (sent["state"], sent["remark"]) == ("sent_back", "写短些")
    assert told(bank.phone().pull(), "case_draft") == {str(case_id): None}
    approved = bank.approved()
    assert bank.step(approved, "withdraw").status_code == 403
    assert bank.step(approved, "withdraw", by=bank.admin).json()["state"] == "withdrawn"
    assert told(bank.phone("wang").pull(), "case") == {}
    assert bank.step(approved, "withdraw", by=bank.admin).status_code == 409


def test_other_units_and_advisors(sqlite_bank: CaseBank):
    bank = sqlite_bank
    case_id = bank.asked()
    body = edit_of(from_version=1, lesson="别的话。")
    assert bank.get(case_id, by=bank.elsewhere).status_code == 404
    assert bank.get(by=bank.elsewhere).json() == {"cases": []}
    assert bank.put(case_id, body, by=bank.elsewhere).status_code == 404
    assert bank.put(case_id, {**body, "activity_id": bank.call_id}, by=bank.elsewhere).status_code == 404
    assert bank.put(uuid4(), edit_of(bank.call_id), by=bank.elsewhere).status_code == 404
    for step in ("ask", "approve", "send-back", "withdraw"):
        assert bank.step(case_id, step, by=bank.elsewhere).status_code == 404
        assert bank.step(case_id, step, by=bank.phone().headers).status_code == 403
        assert bank.http.post(f"/api/v1/team/cases/{case_id}/{step}", json={"version": 1}).status_code == 401
    advisor = bank.phone().headers
    assert [bank.get(by=advisor).status_code, bank.get(case_id, by=advisor).status_code] == [403, 403]
    assert bank.put(uuid4(), edit_of(bank.call_id), by=advisor).status_code == 403
    assert bank.http.get("/api/v1/playbook").status_code == 401
    assert [each["id"] for each in bank.get(by=bank.admin).json()["cases"]] == [str(case_id)]
    assert bank.get(by=bank.head, state="approved").json() == {"cases": []}


def test_what_no_case_can_be_made_of(sqlite_bank: CaseBank):
    bank = sqlite_bank
    struck = call(bank.customer)
    mine = bank.phone()
    assert mine.send(struck, void(struck)) == ["accepted"] * 2
    follow_up = {"due_on": "2026-11-30", "reason": "callback"}
    promise = activity("follow_up", follow_up, customer=bank.customer)
    assert mine.send(promise) == ["accepted"]
    for activity_id in (struck["id"], promise["id"], str(uuid4())):
        assert bank.put(uuid4(), edit_of(activity_id)).status_code == 404
    assert bank.put(uuid4(), edit_of()).status_code == 422
    case_id = bank.proposed()
    again = bank.put(case_id, edit_of(bank.call_id))
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert bank.put(case_id, edit_of(struck["id"], from_version=1)).status_code == 409
    assert bank.put(case_id, edit_of(from_version=7, lesson="别的话。")).status_code == 409


def test_from_a_review(bank: CaseBank):
    review = review_of(bank, UUID(bank.call_id))
    case_id = uuid4()
    made = bank.put(case_id, {**text(), "review_id": str(review.id)})
    assert (made.status_code, made.json()["advisor"]["name"]) == (200, "li")
    assert str(review.id) not in made.text
    row = bank.bank.db.read(lambda session: session.get_one(PlaybookCaseRow, case_id))
    assert (row.review_id, str(row.activity_id)) == (review.id, bank.call_id)
    assert bank.put(uuid4(), {**text(), "review_id": str(review.id)}, by=bank.elsewhere).status_code == 404
    assert bank.put(uuid4(), {**text(), "review_id": str(uuid4())}).status_code == 404
    other = {**text(), "review_id": str(review.id), "activity_id": str(uuid4())}
    assert bank.put(uuid4(), other).status_code == 404
    assert bank.step(case_id, "ask").status_code == 200
    assert bank.phone().send(consent(case_id)) == ["accepted"]
    assert bank.step(case_id, "approve", by=bank.admin).status_code == 200
    shared = told(bank.phone("wang").pull(), "case")
    assert str(review.id) not in json.dumps(shared)


def review_of(bank: CaseBank, activity_id: UUID) -> ReviewRow:
    row = ReviewRow(
        id=uuid4(),
        activity_id=activity_id,
        advisor_id=bank.bank.li.id,
        kind=ActivityKind.CALL,
        business_day=NOW.date(),
        reviewer_id=bank.bank.wang.id,
        scores=Scores(),
        comments=[],
        version=1,
        reviewed_at=NOW,
    )
    save(bank.bank.db, row)
    return row


@pytest.mark.parametrize(
    "parts",
    [
        {"title": ""},
        {"title": "字" * 41},
        {"words": []},
        {"words": [{"speaker": "advisor", "text": "话"}] * 41},
        {"words": [{"speaker": "nobody", "text": "话"}]},
        {"lesson": "a\x00b"},
        {"channel": "letter"},
    ],
)
def test_what_is_no_text(sqlite_bank: CaseBank, parts):
    assert sqlite_bank.put(UUID(int=1), {**text(**parts), "activity_id": sqlite_bank.call_id}).status_code == 422
