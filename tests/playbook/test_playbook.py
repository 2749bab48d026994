"""The playbook on a phone without a network: what others said, and the advisor's own word about a case of theirs."""

from uuid import UUID

from app_client.playbook.queries import found, open_cases, shelf
from app_client.store.materialize import apply_changes, begin_snapshot, end_snapshot
from shared_models.calls import CallOutcome, DeclineReason
from shared_models.cases import CaseConsent
from tests.playbook.cases_bank import CASE, draft, gone, shared
from tests.today.scenes import WANG, Scene, a_call, pull, record

OTHER = UUID(int=CASE.int + 1)


async def test_cases_are_found_by_topic_and_by_words(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, shared(), shared(OTHER, topic="fears_loss", title="把会波动说在前面"))
    cases = shelf(session).cases
    assert [case.id for case in found(cases, words="", topic=None)] == [OTHER, CASE]
    assert [case.id for case in found(cases, words="", topic="low_return")] == [CASE]
    assert [case.id for case in found(cases, words="波动 前面", topic=None)] == [OTHER]
    assert found(cases, words="没有这个词", topic=None) == []


async def test_the_list_and_a_case(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, shared(credit="刘洋"), shared(OTHER, topic="fears_loss", title="把会波动说在前面"))
    async with scene.app(route="/playbook") as app:
        await app.tap("topic-low_return")
        assert not app.has(f"case-{OTHER}")
        await app.tap(f"case-{CASE}")
        assert app.page.route == f"/playbook/{CASE}"
        assert "客户经理说：这笔钱您打算什么时候用？" in app.said()
        assert {"先问用途，再谈收益。", "来自 刘洋，本人同意署名"} <= set(app.texts())


async def test_a_case_taken_back_is_on_no_phone(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, shared(), draft())
    await pull(session, gone(shared()), gone(draft()))
    assert shelf(session) == shelf(session).__class__((), ())
    async with scene.app(route=f"/playbook/{CASE}") as app:
        assert "这个案例已经收回" in app.texts()


async def test_what_a_snapshot_does_not_show_is_swept(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, shared(), shared(OTHER), draft(OTHER))

    def snapshot(tx) -> None:
        begin_snapshot(tx)
        apply_changes(tx, [shared()])
        end_snapshot(tx)

    await session.store.write(snapshot)
    assert [case.id for case in shelf(session).cases] == [CASE]
    assert shelf(session).own == ()


async def test_an_advisor_agrees_to_what_they_have_read(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, draft(version=3))
    async with scene.app() as app:
        await app.tap("cases-asked")
        assert app.page.route == f"/playbook/{CASE}"
        await app.tap("with-name-True")
        await app.tap("case-agree")
        assert "你已同意，等总行批准" in app.texts()
        assert not app.has("case-agree")
    assert open_cases(session) == ()
    await session.sync.sync_now()
    [sent] = scene.bank.ledger.values()
    assert sent["kind"] == "case_consent"
    assert CaseConsent.model_validate(sent["data"]) == CaseConsent(
        case_id=CASE, version=3, granted=True, with_name=True
    )


async def test_a_later_version_is_asked_about_anew_and_a_no_closes_it(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, draft())
    async with scene.app(route=f"/playbook/{CASE}") as app:
        await app.tap("case-agree")
        await pull(session, draft(version=2, lesson="改了一句。"))
        await app.settle()
        assert [each.draft.version for each in open_cases(session)] == [2]
        await app.tap("case-refuse")
        assert "你没有同意" in app.texts()
    assert open_cases(session) == ()


async def test_consent_may_be_taken_back_later(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, draft())
    async with scene.app(route=f"/playbook/{CASE}") as app:
        await app.tap("case-agree")
        await pull(session, draft(state="approved"))
        await app.settle()
        assert "已经发布，所有人都看得到" in app.texts()
        await app.tap("case-refuse")
    assert [each.said.granted for each in shelf(session).own if each.said] == [False]


async def test_after_a_refusal_today_shows_what_others_said(scene: Scene) -> None:
    session = await scene.signed_in()
    await pull(session, shared())
    await record(session, a_call(WANG, CallOutcome.DECLINED, reason=DeclineReason.LOW_RETURN))
    async with scene.app(route="/today") as app:
        assert app.at("case-of-refusal").label == "“收益太低”，别人怎么说，先问放着做什么，再说收益"
        await record(session, a_call(WANG))
        await app.settle()
        assert not app.has("case-of-refusal")
