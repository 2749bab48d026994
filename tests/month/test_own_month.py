"""An advisor's own month: the fold over the phone's ledger, without a network; which days the phone does not have is said."""

from datetime import date, timedelta

from app_client.evening.queries import evening_view
from app_client.i18n import t_date
from app_client.month.queries import own_month
from app_client.store import ledger, reads
from shared_models.activity import ActivityKind, Void
from tests.store.scenes import MONDAY
from tests.today.scenes import CHEN, LI, WANG, Scene, a_call, a_proposal, a_visit, record

FRIDAY = date(2026, 11, 20)


async def a_month(scene: Scene):
    """Calls on two days, one of them taken back since, and a visit with products."""
    session = await scene.signed_in()
    friday = session.now() - timedelta(days=3)
    [mistaken, _] = await record(session, a_call(CHEN, occurred_at=friday), a_call(WANG, occurred_at=friday))
    [visit] = await record(session, a_visit(LI))
    await record(
        session,
        a_proposal(LI, visit, 3),
        a_call(CHEN),
        ledger.Draft(kind=ActivityKind.VOID, data=Void(activity_id=mistaken.id, reason="mistake")),
    )
    return session


async def test_each_day_is_what_the_evening_says_of_it(scene: Scene) -> None:
    session = await a_month(scene)
    month = own_month(session, MONDAY)
    evenings = [evening_view(session, day).figures for day in month.days]
    assert month.figures.calls_effective == [each.calls_effective for each in evenings]
    assert month.figures.visits == [each.visits for each in evenings]
    assert month.figures.calls_target == [each.targets.calls for each in evenings]
    assert month.figures.calls_effective[month.days.index(FRIDAY)] == 1, "the other was taken back on Monday"
    assert session.store.read(lambda tx: reads.figures_of_days(tx, month.days)) == evenings


async def test_the_calendar_is_there_without_a_network_and_a_tap_opens_the_evening_of_that_day(scene: Scene) -> None:
    await a_month(scene)
    scene.bank.faults[:] = ["unsent"] * 99
    async with scene.app(route="/evening") as app:
        await app.tap("to-own-month")
        assert app.at("cell-2026-11-20").label == "11月20日 周五 有效电话 1，要 20"
        assert app.at("month-reach").label == "手机上有这个月到今天的每一天；其他手机上还没同步的除外。"
        await app.tap("table-calendar")
        assert "11月20日 周五, 有效电话 1, 面访 0, 达标 0/1" in app.said()
        await app.tap("table-calendar")
        await app.tap("cell-2026-11-20")
        assert "11月20日 周五" in " ".join(app.texts())
        assert app.has("to-own-month"), "the evening again"


async def test_days_that_the_phone_does_not_have_are_no_days_without_a_call(scene: Scene) -> None:
    session = await scene.signed_in()
    earliest = session.today() - timedelta(days=90)
    async with scene.app(route="/evening") as app:
        await app.tap("to-own-month")
        for _ in range(3):
            await app.tap("month-before")
        assert (
            app.at(f"cell-{earliest - timedelta(days=1)}").label == f"{t_date(earliest - timedelta(days=1))} 没有数据"
        )
        assert app.at(f"cell-{earliest - timedelta(days=1)}").disabled is True
        assert app.at("month-reach").label == "手机上的记录从 8月25日起；之前的日子标作“–”，不是没打。"
        assert app.at("month-before").disabled is True
