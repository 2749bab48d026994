"""Hints beside the activities of a day: of the advisor's whole day, with what was said of them, and no figure the worse for it."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app_server.team.attribution import additions
from shared_models.activity import Activity, ActivityKind, uuid7
from shared_models.customers import Customer
from shared_models.fold import fold_day
from shared_models.hint_answers import HintAnswer, HintCode
from shared_models.hints import answers_of, hints_of
from shared_models.org import Role
from tests import factories
from tests.factories import NOW
from tests.shared_models.ledgers import CUSTOMERS, ledgers
from tests.shared_models.test_fold import MANAGED, TODAY
from tests.shared_models.test_telephony import days
from tests.sync.bank import UNIT
from tests.sync_server import phones
from tests.sync_server.phones import open_bank
from tests.team.recording import activity, call
from tests.team.team_bank import LIU, TeamBank, activity_json, signed_in
from tests.today.scenes import Scene

TEAM = "/api/v1/team"


def answer(of: Activity, text: str, *, hint: HintCode = HintCode.OVERLAP, seq: int = 90, at=NOW) -> Activity:
    data = HintAnswer(activity_id=of.id, hint=hint, text=text)
    return activity(ActivityKind.HINT_ANSWER, data, customer=None, seq=seq, at=at)


@st.composite
def answered_ledgers(draw: st.DrawFn) -> tuple[list[Activity], list[Activity]]:
    """A ledger, and the same with answers to hints it has and to such as it has not."""
    ledger = draw(ledgers(checked=True) | days())
    told = [
        answer(draw(st.sampled_from(ledger)), f"第{seq}句", hint=draw(st.sampled_from(HintCode)), seq=seq, at=NOW)
        for seq in range(100, 100 + draw(st.integers(1, 4)))
        if ledger
    ]
    return ledger, [*ledger, *told]


@given(answered_ledgers(), st.randoms(use_true_random=False))
def test_answers_count_nowhere(both: tuple[list[Activity], list[Activity]], random: Random) -> None:
    ledger, told = both
    random.shuffle(told)
    assert fold_day(told, MANAGED, TODAY) == fold_day(ledger, MANAGED, TODAY)
    assert additions(told, MANAGED, TODAY) == additions(ledger, MANAGED, TODAY)
    hints = hints_of(ledger, TODAY)
    assert answers_of(hints, told) == answers_of(hints, told[::-1] + told)


def test_the_newest_answer_to_any_of_a_group_is_the_answer() -> None:
    one, other = call(CUSTOMERS[0], seconds=600), call(CUSTOMERS[1], seconds=600, seq=5)
    first = answer(one, "先说的", at=NOW + timedelta(minutes=1))
    later = answer(other, "后说的", at=NOW + timedelta(minutes=2))
    elsewhere = answer(one, "说的是别的", hint=HintCode.BURST, at=NOW + timedelta(minutes=3))
    hints = hints_of([one, other], TODAY)
    said = answers_of(hints, [later, elsewhere, first])
    assert [(code, each.text) for (code, _), each in said.items()] == [(HintCode.OVERLAP, "后说的")]


def test_a_head_sees_hints_with_what_the_advisor_said(database_url: str, tmp_path: Path) -> None:
    with open_bank(database_url, tmp_path) as bank:
        yesterday = NOW - timedelta(days=1)
        phone, (chen, wang) = bank.phone(), (bank.customer(), bank.customer())
        one, other = timed("call", chen, yesterday, 600), timed("call", wang, yesterday + timedelta(minutes=2), 600)
        plain = timed("visit", chen, yesterday + timedelta(hours=1))
        phone.send(one, other, plain)
        head = bank.server.bearer(factories.staff(bank.db, bank.outlet, role=Role.HEAD))
        day = yesterday.date().isoformat()

        def shown(**params: str) -> list[dict]:
            asked = {"day": day, "advisor_id": str(bank.li.id), **params}
            return bank.server.http.get(f"{TEAM}/activities", params=asked, headers=head).json()["activities"]

        def figures() -> dict:
            team = bank.server.http.get(f"{TEAM}/day", params={"day": day}, headers=head).json()
            return {name: team[name] for name in ("totals", "units", "advisors")}

        before, listed = figures(), [each["id"] for each in shown()]
        assert [[hint["code"] for hint in each["hints"]] for each in shown()] == [["overlap"], ["overlap"], []]
        hint = shown()[0]["hints"][0]
        assert (hint["count"], hint["seconds"], hint["others"], hint["answer"]) == (2, 480, [other["id"]], None)

        # Said the day after, of the one call: it stands beside both, whatever figure is looked into.
        said = {"activity_id": one["id"], "hint": "overlap", "text": "上午开会，会后一起登记"}
        assert phone.send(phones.activity("hint_answer", said)) == ["accepted"]
        texts = [hint["answer"]["text"] for each in shown(metric="calls") for hint in each["hints"]]
        assert texts == ["上午开会，会后一起登记"] * 2
        assert [each["id"] for each in shown()] == listed
        assert {**figures(), "advisors": [{**each, "last_sync_at": None} for each in figures()["advisors"]]} == {
            **before,
            "advisors": [{**each, "last_sync_at": None} for each in before["advisors"]],
        }
        phone.send(phones.void(other))
        assert [each["hints"] for each in shown()] == [[], [], []]


def timed(kind: str, customer: Customer, at: datetime, seconds: int = 0) -> phones.Json:
    """A call or a visit, under the id that a phone makes at that moment."""
    made = {"id": str(uuid7(at)), "at": at}
    return phones.call(customer, talk_seconds=seconds, **made) if kind == "call" else phones.visit(customer, **made)


async def test_a_hint_stands_beside_its_activity_and_is_counted_on_the_advisors_page(scene: Scene) -> None:
    session = await signed_in(scene)
    assert isinstance(scene.bank, TeamBank)
    hint = {"code": "overlap", "group": str(UUID(int=2)), "count": 2, "seconds": 480}
    said = {"text": "上午开会，会后一起登记", "at": "2026-11-23T09:30:00Z"}
    # A newer server's: what this version has no word for hides nothing else.
    unknown = {"code": "of_tomorrow", "group": str(UUID(int=2)), "answer": None}
    for number, hints in (
        (1, [unknown]),
        (2, [unknown, {**hint, "answer": said}]),
        (3, [{**hint, "answer": said}]),
        (5, [{"code": "backdated", "group": str(UUID(int=5)), "seconds": 7500, "answer": None}]),
    ):
        scene.bank.activities[number - 1] = {**activity_json(number), "hints": hints}
    assert session.staff.unit.id == UNIT
    async with scene.app(route="/team") as app:
        await app.tap(f"advisor-{LIU}")
        assert "2 处提示，1 处已说明" in app.texts()
        await app.tap("behind-hints")
        assert "3 条记录" in app.texts()
        words = "可能时间有重叠：和另一条记录同时进行了 8 分（超过 1 分 时提示）"
        assert app.at(f"activity-{UUID(int=2)}").label == (
            f"09:02，客户2，有意向 · 1 分 35 秒，证据 C，{words}，客户经理说明：上午开会，会后一起登记（17:30）"
        )
        late = "可能是事后补登：登记比发生晚了 2 小时 5 分（超过 10 分 或过了零点时提示）"
        assert late in app.texts()
        assert not any("违规" in text for text in app.texts())
        await app.tap("sheet-back")
        assert app.has("behind-hints")
