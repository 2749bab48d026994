"""A head makes a case of an advisor's call: what tells who somebody is shows as it is typed, and stops it."""

from typing import Any

from app_client.cases.form import CaseForm, Line
from shared_models.cases import Speaker, TeamCase
from shared_models.identifiers import Identifiers
from tests.cases.texts import text
from tests.playbook.cases_bank import CASE, CasesBank, team_case
from tests.team.team_bank import LIU, signed_in
from tests.today.scenes import Scene
from tests.ui.harness import App


def bank_of(scene: Scene) -> CasesBank:
    assert isinstance(scene.bank, CasesBank)
    return scene.bank


def filled(**parts: Any) -> CaseForm:
    form = CaseForm(CASE, who=Identifiers("王建国", None, "刘洋"), activity_id=CASE)
    form.title, form.topic, form.situation = "先问用途", "low_return", "客户嫌收益低。"
    form.lines = (
        Line(0, Speaker.CUSTOMER, "太低了。"),
        Line(1, Speaker.ADVISOR, " "),
        Line(2, Speaker.ADVISOR, "什么时候用？"),
    )
    form.lesson = "先问用途。"
    for name, part in parts.items():
        setattr(form, name, part)
    return form


def test_empty_turns_are_left_out_and_a_missing_part_is_no_case() -> None:
    edit = filled().edit()
    assert edit is not None
    assert [(turn.speaker, turn.text) for turn in edit.words] == [("customer", "太低了。"), ("advisor", "什么时候用？")]
    assert filled(lesson="").edit() is None
    assert filled(lines=(Line(0, Speaker.CUSTOMER),)).edit() is None


def test_a_place_leads_to_its_own_words() -> None:
    form = filled()
    form.say(2, "建国哥，什么时候用？")
    [found] = form.findings()
    assert (found.where, form.excerpt(found)) == ("words.1", "建国")


def test_a_later_version_begins_with_what_is_there() -> None:
    form = CaseForm.of(TeamCase.model_validate(team_case(str(CASE), text(), version=4)))
    edit = form.edit()
    assert edit is not None
    assert (edit.from_version, edit.activity_id, edit.text().model_dump(mode="json", exclude_none=True)) == (
        4,
        None,
        text(),
    )


async def fill_in(app: App) -> None:
    await app.tap("case-topic-low_return")
    await app.type("case-title", "先问用途")
    await app.type("case-line-0", "太低了。")
    await app.type("case-lesson", "先问用途。")


async def test_from_a_figure_to_a_question_to_the_advisor(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/team") as app:
        await app.tap(f"advisor-{LIU}")
        await app.tap("behind-calls_effective")
        activity = bank_of(scene).activities[0]
        await app.tap(f"propose-{activity['id']}")
        assert app.page.route == "/cases/compose"
        await app.tap("back")
        assert app.page.route == "/team"
        await app.tap(f"propose-{activity['id']}")
        await fill_in(app)
        await app.type("case-situation", "客户1说收益低，电话13912345678。")
        assert "还有 2 处能认出人" in app.texts()
        assert app.at("case-ask").disabled
        await app.type("case-situation", "客户说收益低。")
        assert "没有发现能认出人的内容。交上去时还会用银行的资料再查一遍。" in app.texts()
        await app.tap("case-ask")
        [(case_id, case)] = bank_of(scene).cases.items()
        assert case["state"] == "consent_asked"
        assert bank_of(scene).moves == [("ask", {"version": 1, "remark": None})]
        assert app.page.route == f"/cases/{case_id}"
        assert "等本人同意" in app.texts()


async def test_a_struck_call_is_no_case(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/team") as app:
        await app.tap(f"advisor-{LIU}")
        await app.tap("behind-calls_effective")
        assert not app.has(f"propose-{bank_of(scene).activities[-1]['id']}")


async def test_head_office_reads_and_approves(scene: Scene) -> None:
    await signed_in(scene)
    bank_of(scene).cases[str(CASE)] = {
        **team_case(str(CASE), text(), version=2, state="consented"),
        "answer": {"version": 2, "granted": True, "with_name": False, "note": None, "at": "2026-11-23T09:40:00Z"},
        "versions": [
            {"version": n, "text": text(lesson=lesson), "written_by": {"id": str(LIU), "name": "孙悦"}, "written_at": "2026-11-23T09:30:00Z"}
            for n, lesson in ((1, "原来的话。"), (2, text()["lesson"]))
        ],
    }  # fmt: skip
    async with scene.app(route="/cases") as app:
        assert "1 个等你批准" in app.texts()
        await app.tap(f"case-{CASE}")
        assert {"刘洋同意分享，不署名", "改前：原来的话。", f"改后：{text()['lesson']}"} <= set(app.texts())
        await app.tap("case-approve")
        assert bank_of(scene).moves == [("approve", {"version": 2, "remark": None})]
        assert "已发布" in app.texts()


async def test_list_and_case_stand_side_by_side_on_a_wide_screen(scene: Scene) -> None:
    await signed_in(scene)
    bank_of(scene).cases[str(CASE)] = team_case(str(CASE), text())
    async with scene.app(route="/cases", width=1280, height=800) as app:
        assert app.has(f"case-{CASE}")
        assert text()["situation"] in app.texts()
        await app.tap("case-edit")
        assert app.page.route == "/cases/compose"
