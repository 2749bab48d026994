"""The month's pack as a head sees it: each page's sentence and pictures, earlier months, the file, and the last answer without a network."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import UUID

import pytest_asyncio

from app_client.platform.http import HttpReply
from shared_models.bulletins import span_before, span_of
from shared_models.org import Unit, UnitKind
from shared_models.pack_pages import pages_of
from shared_models.packs import Cohort, Pack, Worked
from shared_models.policy import Policy
from shared_models.team import Period
from tests.bulletins.bulletin_bank import OTHER, RULES, BulletinBank, bulletin_of, row
from tests.factories import LONG_AGO, NOW
from tests.sync.bank import UNIT
from tests.team.team_bank import CHILD, signed_in
from tests.today.scenes import Scene, scene_at
from tests.ui.harness import App

PACK = f"/api/v1/packs/{UNIT}/"
TODAY = NOW.date()


class PackBank(BulletinBank):
    """Answers packs, too; of September there is nothing."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if not path.startswith(PACK) or self.faults:
            return await super().send(method, path, headers=headers, params=params, body=body)
        month = path.removeprefix(PACK)
        if month.endswith(".pdf"):
            return HttpReply(200, {}, b"%PDF-")
        return HttpReply(200, {}, json.dumps(pack(month).model_dump(mode="json")).encode())


def pack(month: str) -> Pack:
    """Two outlets, and a training of three people."""
    day = TODAY.fromisoformat(f"{month}-01")
    rows = [
        row(CHILD, "二道网点", UnitKind.OUTLET, 12, 61, was=15),
        row(OTHER, "河东网点", UnitKind.OUTLET, 18, 40, was=None),
    ]
    total = None if month == "2026-09" else row(UUID(int=9), "人民路支行", UnitKind.SUB_BRANCH, 30, 50, was=40)
    told = bulletin_of(rows, total=total, by=Period.MONTH, day=day)
    done = Worked(advisors=3, advisor_days=15, calls_effective=150)
    cohort = Cohort(
        title="讲透三个产品",
        day=day,
        window_days=7,
        before=done,
        after=done,
        others_before=done,
        others_after=done,
    )
    span = span_of(day, Period.MONTH)
    return Pack(
        unit=Unit(id=UNIT, name="人民路支行", kind=UnitKind.SUB_BRANCH),
        month=month,
        span=span,
        before=span_before(span, Period.MONTH, RULES),
        is_over=month != "2026-11",
        language="zh",
        pages=pages_of(told, Policy(effective_from=LONG_AGO), [cohort], [], "zh"),
        digest="0a1b2c3d",
    )


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_at(tmp_path, PackBank) as made:
        yield made


@pytest_asyncio.fixture
async def app(scene: Scene) -> AsyncIterator[App]:
    await signed_in(scene)
    async with scene.app(route="/team") as opened:
        await opened.tap("to-bulletin")
        await opened.tap("to-pack")
        yield opened


async def test_all_six_pages_stand_beneath_each_other_with_their_sentences(app: App) -> None:
    shown = app.texts()
    told = pack("2026-11")
    for number, page in enumerate(told.pages, start=1):
        assert page.title in shown
        assert f"{number} / 6" in shown
        assert set(page.sentences) <= set(shown)


async def test_earlier_months_are_a_step_away_and_an_empty_one_says_so(app: App) -> None:
    assert app.at("month-after").disabled is True
    await app.tap("month-before")
    assert "2026 年 10 月" in app.texts()
    await app.tap("month-before")
    assert "这个月没有记录。" in app.texts()


async def test_it_is_saved_as_a_file_and_said_when_it_cannot_be(app: App, scene: Scene) -> None:
    await app.tap("save-pack")
    assert "已保存 day2053-pack-2026-11.pdf" in app.texts()
    scene.bank.faults[:] = ["unsent"]
    await app.tap("save-pack")
    assert not [each for each in app.texts() if each.startswith("已保存")]


async def test_without_a_network_the_last_answer_stays(app: App, scene: Scene) -> None:
    sentence = pack("2026-11").pages[0].sentences[0]
    scene.bank.faults[:] = ["unsent"] * 9
    await app.tap("month-before")
    assert app.has("error-state")
    assert sentence not in app.texts()
    await app.tap("month-after")
    assert sentence in app.texts()
