"""The meeting as it is held: its six steps on the screen, what is noted and agreed, what moves it, and that a closed one stays as it was."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import flet as ft
import pytest
import pytest_asyncio

from app_client.meetings import live
from app_client.meetings.live import Following, follow_day
from app_client.meetings.queries import exceptions, is_stuck, proposed_drill, successes
from app_client.meetings.words import shown_name
from app_client.session_context import Presence
from app_client.sync.transport import ServerSaid
from app_client.team.queries import KeptDay, TeamView, team_view
from shared_models.cases import SharedCase
from shared_models.team import TeamActivities, TeamActivity, TeamDay
from tests.meetings.meeting_bank import CASE_ID, DAY, SCRIPT, MeetingBank
from tests.store.scenes import NINE
from tests.sync.bank import UNIT, a_platform
from tests.team.team_bank import LIU, MA, SUN, ZHOU, activity_json, day_json, row_json, signed_in, team_json
from tests.team.test_arranging import call_json, customer_of
from tests.today.scenes import Scene
from tests.ui.harness import App

ROUTE = f"/team/meeting/{UNIT}/{DAY}"
SYNCED = "2026-11-23T09:40:00Z"


def view_of(*rows: dict[str, Any]) -> TeamView:
    return team_view(KeptDay(TeamDay.model_validate({**team_json(UNIT, DAY), "advisors": list(rows)}), NINE))


# -- whom to talk about


def test_who_tried_and_got_nowhere_is_stuck_and_who_did_not_try_is_behind() -> None:
    view = view_of(
        row_json(LIU, "刘洋", {**day_json(9, 2), "calls": 26}, synced=SYNCED),
        row_json(MA, "马骏", {**day_json(12, 5), "calls": 12}, synced=SYNCED),
        row_json(ZHOU, "周婷", day_json(24, 6, met=True), synced=SYNCED),
        row_json(SUN, "孙悦", day_json(0, 0), synced=None),
    )
    found = exceptions(view)
    assert [[each.row.staff.name for each in part] for part in (found.stuck, found.behind, found.ahead)] == [
        ["刘洋"],
        ["马骏"],
        ["周婷"],
    ], "of whose phone was not heard nothing is known"


@pytest.mark.parametrize(
    ("calls", "effective", "stuck"), [(19, 9, False), (20, 9, True), (20, 10, False), (40, 20, False)]
)
def test_stuck_is_as_many_calls_as_wanted_and_less_than_half_of_them_effective(
    calls: int, effective: int, stuck: bool
) -> None:
    [advisor] = view_of(row_json(LIU, "刘洋", {**day_json(effective, 5), "calls": calls}, synced=SYNCED)).advisors
    assert is_stuck(advisor) is stuck


def test_the_drill_is_on_what_was_heard_most_that_has_a_script_by_whoever_heard_it_most() -> None:
    heard = {"busy": 1, "low_return": 2}
    view = view_of(
        row_json(LIU, "刘洋", day_json(9, 2, declines=heard), synced=SYNCED),
        row_json(MA, "马骏", day_json(9, 2, declines={"low_return": 1}), synced=SYNCED),
    )
    script = SharedCase.model_validate(SCRIPT)
    drill = proposed_drill(view, [script])
    assert (drill.reason, drill.case_id, drill.advisor_played_by) == ("low_return", CASE_ID, LIU)
    assert proposed_drill(view, [script.model_copy(update={"topic": "busy"})]).reason == "busy"
    assert proposed_drill(view, []).reason == "low_return"
    assert proposed_drill(view, [], "busy").case_id is None


def test_what_worked_is_sales_by_their_amount_then_appointments() -> None:
    visit = UUID(int=50)
    sale = {
        "visit_id": str(visit),
        "picks": [
            {"product_id": str(UUID(int=1)), "response": "bought", "amount": "50000"},
            {"product_id": str(UUID(int=2)), "response": "declined"},
        ],
    }
    found = told(
        call_json(1, "appointment"),
        {**activity_json(2), "id": str(visit), "kind": "visit", "data": {"place": "outlet"}},
        {**activity_json(3), "kind": "proposal", "data": sale},
        {**activity_json(4), "kind": "proposal", "data": sale, "voided": True},
        call_json(5, "declined"),
    )
    assert [(each.bought, int(each.amount), each.told_by and each.told_by.kind) for each in successes(found)] == [
        (1, 50000, "visit"),
        (0, 0, "call"),
    ]


def told(*activities: dict[str, Any]) -> list[TeamActivity]:
    return TeamActivities.model_validate({"activities": activities}).activities


@pytest.mark.parametrize(
    ("name", "shown"), [("沈杰泽", "沈*泽"), ("张铭", "张*"), ("慕容亮磊", "慕**磊"), ("John Smith", "J**h"), ("", "")]
)
def test_on_the_wall_only_so_much_of_a_customers_name_is_told(name: str, shown: str) -> None:
    assert shown_name(name, on_wall=True) == shown
    assert shown_name(name, on_wall=False) == name


# -- how it follows its day


class Script:
    """Answers to `wait`, in order; an error is raised, and the page goes out of sight after the last."""

    def __init__(self, *answers: str | Exception | None, asks: list[Exception | None] | None = None) -> None:
        self.answers, self.asks = list(answers), asks or []
        self.presence = Presence()
        self.known: list[str | None] = []
        self.said: list[Following] = []

    async def ask(self) -> None:
        trouble = self.asks.pop(0) if self.asks else None
        self.said.append(Following())
        if trouble is not None:
            raise trouble

    async def wait(self, known: str | None) -> str | None:
        self.known.append(known)
        answer = self.answers.pop(0)
        self.presence.is_seen = bool(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def played(self) -> list[str]:
        """What was asked for (`asked`), and what was told of it."""
        heard: list[str] = []

        async def ask() -> None:
            heard.append("asked")
            await self.ask()

        def tell(following: Following) -> None:
            heard.append("told" if following.is_told else following.trouble or "asks by itself")

        await follow_day(ask, self.wait, self.presence, tell)
        return heard


AWAY = ServerSaid("away", status=503, code="not_ready")


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ASK_SECONDS", 0.0)
    monkeypatch.setattr(live, "PAUSE_SECONDS", 0.0)


@pytest.mark.usefixtures("no_pauses")
async def test_each_news_is_asked_for_and_a_wait_without_any_is_not() -> None:
    script = Script("1", None, "2", "3")
    assert await script.played() == ["asked", "told"] * 3
    assert script.known == [None, "1", "1", "2"]


@pytest.mark.usefixtures("no_pauses")
async def test_where_nobody_tells_the_day_is_asked_for_and_what_was_missed_is_news() -> None:
    script = Script("1", AWAY, AWAY, "2")
    assert await script.played() == [
        "asked",
        "told",
        "asked",
        "asks by itself",
        "asked",
        "asks by itself",
        "asked",
        "told",
    ]
    assert script.known == [None, "1", None, None]


@pytest.mark.usefixtures("no_pauses")
async def test_news_that_could_not_be_asked_for_is_still_news() -> None:
    script = Script("1", "2", "2", asks=[None, AWAY])
    heard = await script.played()
    assert heard[:3] == ["asked", "told", "asked"]
    assert heard[-2:] == ["asked", "told"]
    assert script.known == [None, "1", "1"]


# -- on the screen


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A bank that can be met with and a phone that a head has signed in on."""
    made = Scene(tmp_path)
    bank = MeetingBank(made.clock)
    bank.activities = [call_json(1, "no_answer"), call_json(2, "interested"), call_json(3, "appointment")]
    made.bank = bank
    made.platform = a_platform(tmp_path, bank, made.phone)
    await signed_in(made)
    yield made
    await made.put_away()


@pytest.fixture
def bank(scene: Scene) -> MeetingBank:
    assert isinstance(scene.bank, MeetingBank)
    return scene.bank


async def press(app: App, *keys: str) -> None:
    for key in keys:
        event = {"key": key, "shift": False, "ctrl": False, "alt": False, "meta": False}
        await app.fire(app.page, "keyboard_event", event)


async def on_wide(scene: Scene, act: Callable[[App], Awaitable[None]]) -> None:
    async with scene.app(route=ROUTE, width=1280, height=800) as app:
        await app.until("每个人")
        await act(app)


def step_of(app: App) -> str:
    [chosen] = [node for node in app.all(ft.Semantics, selected=True) if str(node.identifier).startswith("step-")]
    return str(chosen.label)


async def test_a_phone_that_syncs_moves_the_screen_and_nobody_touches_it(scene: Scene, bank: MeetingBank) -> None:
    async with scene.app(route=ROUTE) as app:
        await app.until("每个人")
        shown = app.texts()
        assert shown.index("先请这 1 位同步") < shown.index("面访客户", shown.index("夕会 · 人民路支行"))
        assert any("实时" in text for text in app.texts())
        bank.push(2)
        await app.until("49")
        assert app.at(f"meeting-advisor-{LIU}").label == (
            "刘洋 · 电话 11/20 证据 A 4 · C 3 · D 2 · 面访 2/5 · 满三款 2/2 · 截至 17:40"
        )
        await press(app, "Arrow Down")
        [scrolled] = [sent.body for sent in app.connection.sent if getattr(sent.body, "name", "") == "scroll_to"]
        assert scrolled.control_id in {control._i for control in app.walk()}


async def test_without_a_stream_it_says_how_often_it_asks(scene: Scene, bank: MeetingBank) -> None:
    bank.tells = False
    async with scene.app(route=ROUTE) as app:
        await app.until("每个人")
        assert any("每 15 秒取一次" in text for text in app.texts())


async def test_arrows_and_a_presenters_remote_turn_the_steps_but_not_while_somebody_types(scene: Scene) -> None:
    async def act(app: App) -> None:
        assert step_of(app) == "结果"
        await press(app, "Arrow Right", "Page Down", "Arrow Left", "X")
        assert step_of(app) == "例外"
        await app.tap(f"note-{LIU}")
        await press(app, "Arrow Right", "Page Up")
        assert step_of(app) == "例外"

    await on_wide(scene, act)


async def test_what_was_said_is_there_again_after_the_page_was_closed(scene: Scene) -> None:
    async with scene.app(route=ROUTE) as app:
        await app.until("每个人")
        await app.tap("step-on")
        await app.tap(f"note-{LIU}")
        await app.type("note-text", "客户下午才回")
        await app.tap("say-4")
        await app.tap("keep-note")
        assert "客户下午才回；明天补上" in app.texts()
    async with scene.app(route=ROUTE) as again:
        await again.until("客户下午才回；明天补上")
        assert "2 / 6 · 例外" in again.texts()
        await again.tap(f"note-{LIU}")
        await again.type("note-text", " ")
        await again.tap("keep-note")
        assert "客户下午才回；明天补上" not in again.texts()


async def test_the_drill_has_a_script_roles_and_a_tick(scene: Scene) -> None:
    async def act(app: App) -> None:
        await app.tap("step-refusals")
        await app.until("练一遍：收益太低")
        assert str(SCRIPT["title"]) in app.texts()
        assert app.at("plays-advisor").label == "演客户经理 · 刘洋"
        await app.tap("plays-customer")
        await app.tap(f"player-{LIU}")
        assert app.at("plays-customer").label == "演客户 · 刘洋"
        assert app.at("plays-advisor").label == "演客户经理 · 选一位", "nobody plays both"
        await app.tap("drill-done")
        assert "练过了" in app.texts()
        await app.tap("refusal-busy")
        assert "还没有这方面的话术案例，请会的人先示范一遍。" in app.texts()

    await on_wide(scene, act)


async def test_a_tap_takes_a_candidate_into_tomorrows_list_and_another_out_of_it(
    scene: Scene, bank: MeetingBank
) -> None:
    bank.plans[str(LIU), "2026-11-24"] = {"customer_ids": [str(customer_of(9))], "note": "上午打完"}

    async def act(app: App) -> None:
        await app.tap("step-tomorrow")
        await app.until("名单上 1 位")
        await app.tap(f"take-{customer_of(1)}")
        await app.tap(f"take-{customer_of(2)}")
        listed = [str(customer_of(number)) for number in (9, 1, 2)]
        assert bank.plans[str(LIU), "2026-11-24"] == {"customer_ids": listed, "note": "上午打完"}
        assert "名单上 3 位" in app.texts()
        await app.tap(f"take-{customer_of(1)}")
        assert bank.plans[str(LIU), "2026-11-24"]["customer_ids"] == [listed[0], listed[2]]
        await app.tap(f"take-all-{LIU}")
        assert "名单上 3 位" in app.texts()
        bank.faults += ["ok", 503]
        await app.tap(f"take-{customer_of(2)}")
        assert app.at(f"take-{customer_of(2)}").selected is True, "what the bank did not take is not shown as taken"

    await on_wide(scene, act)


async def test_a_closed_evening_is_kept_with_who_was_there_and_says_what_came_later(
    scene: Scene, bank: MeetingBank
) -> None:
    async def act(app: App) -> None:
        await app.tap("step-close")
        await app.tap(f"here-{MA}")
        await app.tap("close-meeting")
        await app.until("18:05 定格：47 通有效电话；现在还是 47 通")
        assert "已经定格，不能再改。" in app.texts()

    await on_wide(scene, act)
    [kept] = bank.closed.values()
    assert kept["document"]["attended"] == [str(each) for each in (UNIT, LIU, SUN, ZHOU)]
    bank.push(2)
    async with scene.app(route=f"/team/meetings/{UNIT}") as app:
        await app.until("18:05 定格 · 有效电话 47，现在 49")
        await app.tap(f"meeting-{kept['id']}")
        await app.until("18:05 定格：47 通有效电话；现在 49 通（2 通后来同步）")
        await app.tap("moved-calls_effective")
        await app.until("1 条记录")
        assert "后来同步 +2" in app.texts()
        await app.tap("moved-visits")
        await app.until("定格时就有的")
        assert bank.asked[-1] == {"unit_id": str(UNIT), "day": str(DAY), "metric": "visits"}
        bank.push()
        back = app.all(ft.Semantics, identifier="back")[-1].content
        assert back is not None
        await app.tap(back)
        await app.until("18:05 定格 · 有效电话 47，现在 50")


async def test_whoever_comes_back_finds_it_closed_and_may_hold_another(scene: Scene, bank: MeetingBank) -> None:
    bank.close_evening("00000000-0000-4000-8000-000000000001", attended=[], drill=None, accepted=[], notes=[])
    async with scene.app(route=ROUTE) as app:
        await app.until("18:05 已经定格：47 通有效电话")
        assert not app.has("meeting-clock")
        await app.tap("meet-again")
        assert app.has("meeting-clock")


async def test_a_meeting_whose_answer_was_lost_cannot_be_changed_and_says_so(scene: Scene, bank: MeetingBank) -> None:
    async def act(app: App) -> None:
        await app.tap("step-close")
        bank.loses = True
        await app.tap("close-meeting")
        assert "连不上网络，请检查后再试。" in app.texts()
        bank.loses = False
        await app.tap(f"here-{LIU}")
        await app.tap("close-meeting")
        assert "这次夕会已经定格，不能再改。" in app.texts()

    await on_wide(scene, act)
    [kept] = bank.closed.values()
    assert str(LIU) in kept["document"]["attended"]
    async with scene.app(route=ROUTE) as again:
        await again.until("18:05 已经定格：47 通有效电话")
        await again.tap("see-frozen")
        await again.until("18:05 定格：47 通有效电话；现在还是 47 通")
