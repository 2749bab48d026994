"""A list that was frozen while the phone had no line comes later, and loses nothing of what was done meanwhile."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app_client.plans.queries import morning_list
from app_client.today.queries import today_view
from tests.store.scenes import MONDAY
from tests.today.scenes import CHEN, LI, OUYANG, WANG, ZHAO, Scene, a_call, person, plan_json, record

EVERYBODY = (OUYANG, WANG, LI, CHEN, ZHAO)
some = st.lists(st.sampled_from(EVERYBODY), unique=True, min_size=1)
steps = st.one_of(
    st.tuples(st.just("call"), st.sampled_from(EVERYBODY)),
    st.tuples(st.just("freeze"), some),
    st.tuples(st.just("sync"), st.none()),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(steps, min_size=2, max_size=9))
def test_calls_syncs_and_freezes_in_any_order_lose_nothing(taken) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_lived(Path(folder), taken))


async def _lived(folder: Path, taken) -> None:
    scene = Scene(folder)
    try:
        session = await scene.signed_in()
        called: list[int] = []
        frozen: list[int] = []
        for version, (what, whom) in enumerate(taken, start=1):
            if what == "call":
                await record(session, a_call(whom))
                called.append(whom)
            elif what == "freeze":
                frozen = whom
                told = plan_json(whom, note="上午打完")
                told["data"] |= {"version": version, "frozen_at": "2026-11-23T00:45:00Z"}
                scene.bank.feed.append(told)
            else:
                await session.sync.sync_now()
        await session.sync.sync_now()
        morning = morning_list(session, MONDAY)
        view = today_view(session, morning)
        assert len(scene.bank.ledger) == view.figures.calls == len(called)
        assert {row.customer_id for row in view.called} == {person(each) for each in called}
        if frozen:
            assert [each.customer_id for each in morning.listed] == [person(each) for each in frozen]
            assert view.list_called == len(set(called) & set(frozen))
        waiting = [row.customer.id for row in view.next_rows]
        assert not {person(each) for each in called} & set(waiting)
        left = [person(each) for each in frozen if each not in called]
        assert waiting[: len(left)] == left
    finally:
        await scene.put_away()
