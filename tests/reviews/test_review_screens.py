"""Reviews on the phone: an advisor reads and answers without network; a head draws, scores and sends."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import flet as ft
import pytest
import pytest_asyncio

from app_client.platform.http import HttpReply
from app_client.reviews.queries import own_reviews
from app_client.reviews.words import moment_of
from shared_models.reviews import Item
from shared_models.sync import Change
from tests.playbook.cases_bank import draft
from tests.sync.bank import UNIT, a_platform
from tests.team.team_bank import TeamBank, activity_json, signed_in
from tests.today.scenes import OUYANG, Scene, a_call, pull, record

REVIEW = UUID(int=0x0193_0000_0000_7000_8000_0000_0007_0000)
SEED = "ab" * 32


def review_json(activity_id: object, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(REVIEW),
        "activity_id": str(activity_id),
        "kind": "call",
        "business_day": "2026-11-23",
        "reviewer_id": str(UNIT),
        "reviewer_name": "何主任",
        "scores": {"opening": 4, "need": 3, "match": None, "risk_notice": 2, "close": 5},
        "comments": [{"at_seconds": 62, "text": "这里该讲风险"}],
        "drill": {"what": "风险提示三句话", "due_on": "2026-11-25"},
        "version": 1,
        "reviewed_at": "2026-11-23T08:00:00Z",
        **fields,
    }


@dataclass
class ReviewBank(TeamBank):
    """The bank with samples and reviews of activities; `written` are the reviews that were put."""

    samples: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: list[dict[str, Any]] = field(default_factory=list)

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        what = path.removeprefix("/api/v1/team/")
        if not what.startswith(("samples", "reviews")):
            return await super().send(method, path, headers=headers, params=params, body=body)
        return HttpReply(200, {}, json.dumps(self._of_reviews(method, what, json.loads(body or b"{}"))).encode())

    def _of_reviews(self, method: str, what: str, asked: dict[str, Any]) -> dict[str, Any]:
        unit = {"id": str(UNIT), "name": "人民路支行", "kind": "outlet"}
        if what == "reviews/averages":
            average = {"mean": "2.50", "n": 2}
            total = {"unit": unit, "reviews": 2, "items": {item.value: average for item in Item}}
            return {"first": "2026-10-25", "last": "2026-11-23", "total": total, "units": []}
        if method == "PUT":
            self.written.append(asked)
        if what.startswith("reviews/of/"):
            return {"activity": activity_json(1), "reviews": [self._team_review(each) for each in self.written]}
        if what.startswith("reviews/"):
            return self._team_review(asked)
        if method == "POST":
            sample = {"id": asked["id"], "unit": unit, "first": asked["from"], "last": asked["to"], "size": 10}
            sample |= {
                "seed": SEED,
                "drawn_by": {"id": str(UNIT), "name": "何主任"},
                "drawn_at": "2026-11-23T08:00:00Z",
            }
            sample |= {"frame_size": 9, "frame_digest": "", "drawn": [activity_json(1)["id"]], "reviewed": 0}
            self.samples[asked["id"]] = sample
        if what == "samples" and method == "GET":
            return {"samples": list(self.samples.values())}
        [sample] = self.samples.values()
        shown = {"activity": activity_json(1), "hints": 1, "review_ids": [str(REVIEW)] * len(self.written)}
        return {**sample, "frame": [], "activities": [shown]}

    def _team_review(self, edit: dict[str, Any]) -> dict[str, Any]:
        review = review_json(edit["activity_id"], **{key: edit[key] for key in ("scores", "comments", "drill")})
        version = {"version": 1, "written_at": "2026-11-23T08:00:00Z", "edit": edit}
        advisor = {"id": str(UNIT), "name": "刘洋"}
        return {
            "review": review,
            "advisor": advisor,
            "sample_id": edit["sample_id"],
            "versions": [version],
            "replies": [],
            "drill_done_at": None,
        }


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path)
    bank = ReviewBank(made.clock)
    bank.snapshot = [*made.bank.snapshot]
    made.bank = bank
    made.platform = a_platform(tmp_path, bank, made.phone)
    yield made
    await made.put_away()


async def test_an_advisor_reads_a_review_answers_and_does_the_drill(scene: Scene) -> None:
    session = await scene.signed_in()
    [call] = await record(session, a_call(OUYANG))
    await pull(session, Change(entity="review", id=str(REVIEW), data=review_json(call.id)))
    async with scene.app() as app:
        assert any("主管点评了 1 次通话或面访" in said and "风险提示三句话" in said for said in app.said())
        await app.tap("own-reviews")
        await app.tap(f"review-{REVIEW}")
        assert "风险提示 2 分 · 偏弱" in app.said()
        assert "1:02  这里该讲风险" in app.said()
        await app.type("reply", "下次先讲风险")
        await app.tap("send-reply")
        await app.type("drill-note", "  对着镜子讲了三遍 ")
        await app.tap("drill-done")
        assert not app.has("drill-done")
        [own] = own_reviews(session)
        assert own.done is not None
        assert own.done.text == "对着镜子讲了三遍"
        assert own.done.text in app.texts()
        assert ([each.text for each in own.replies], own.drills, own.is_unread) == (["下次先讲风险"], False, False)
        # Edited before the answer came, it is news again.
        await pull(session, Change(entity="review", id=str(REVIEW), data=review_json(call.id, version=2)))
        assert own_reviews(session)[0].is_unread


async def test_what_waits_takes_one_line_of_today_and_a_tap_tells_it_apart(scene: Scene) -> None:
    session = await scene.signed_in()
    [call] = await record(session, a_call(OUYANG))
    await pull(session, draft(), Change(entity="review", id=str(REVIEW), data=review_json(call.id)))
    async with scene.app() as app:
        assert not app.has("cases-asked")
        assert not app.has("own-reviews")
        assert app.at("waiting").label == "2 件事等你看一眼"
        await app.tap("waiting")
        assert "等你看一眼" in app.texts()
        await app.tap("own-reviews")
        assert app.page.route == "/today/reviews"
        assert not any(each.open for each in app.all(ft.BottomSheet))


async def test_no_review_says_nothing(scene: Scene) -> None:
    await scene.signed_in()
    async with scene.app(route="/evening") as app:
        assert not app.has("own-reviews")


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_head_draws_scores_and_sees_it_done(scene: Scene, width: int) -> None:
    await signed_in(scene)
    bank = scene.bank
    assert isinstance(bank, ReviewBank)
    async with scene.app(route="/team", width=width) as app:
        await app.tap("to-reviews")
        assert "需求挖掘 2.50 · 2 次 · 样本少" in app.said()
        await app.tap("draw-size-5")
        await app.tap("draw")
        assert SEED in app.texts()
        [drawn] = [node.identifier for node in app.all(ft.Semantics) if (node.identifier or "").startswith("drawn-")]
        await app.tap(str(drawn))
        for item, score in (("opening", 4), ("need", 3), ("match", 2), ("risk_notice", 1), ("close", 5)):
            await app.tap(f"score-{item}-{score}")
        await app.tap("score-match-2")
        await app.type("comment", "这里该讲风险")
        await app.type("moment", "1:70")
        await app.tap("send-review")
        assert bank.written == []
        await app.type("moment", "1：02")
        await app.type("drill-what", "风险提示三句话")
        await app.tap("send-review")
        [written] = bank.written
        assert written["scores"] == {"opening": 4, "need": 3, "match": None, "risk_notice": 1, "close": 5}
        assert written["comments"] == [{"at_seconds": 62, "text": "这里该讲风险"}]
        assert written["drill"] == {"what": "风险提示三句话", "due_on": "2026-11-26"}
        assert written["sample_id"] == next(iter(bank.samples))
        assert any("已点评" in said for said in app.said())


async def test_a_head_reviews_from_the_list_behind_a_figure(scene: Scene) -> None:
    await signed_in(scene)
    async with scene.app(route="/team", width=1280) as app:
        await app.tap("figure-visits")
        await app.tap(f"review-activity-{UUID(int=1)}")
        await app.tap("score-close-5")
        await app.tap("send-review")
        assert isinstance(scene.bank, ReviewBank)
        assert [each["sample_id"] for each in scene.bank.written] == [None]


@pytest.mark.parametrize(
    ("text", "seconds"), [("1:02", 62), ("1：02", 62), ("62", 62), ("1:70", None), ("x", None), (":5", 5), ("", None)]
)
def test_a_moment_is_minutes_and_seconds(text: str, seconds: int | None) -> None:
    assert moment_of(text) == seconds
