"""The findings as a head reads and decides them, and the list as an admin changes it; the server's answers are its real shapes."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import flet as ft
import pytest_asyncio

from app_client.platform.http import HttpReply
from app_client.sign_in.actions import sign_in
from app_server.quality.defaults import default_wordings
from tests.sync.bank import PASSWORD, staff_json
from tests.team.team_bank import LIU, TeamBank
from tests.today.scenes import Scene, scene_at
from tests.ui.harness import App

FINDING = UUID(int=77)


def finding_json(number: int, sentence: str, word: str, **fields: Any) -> dict[str, Any]:
    finding = {
        "id": str(UUID(int=76 + number)),
        "activity_id": str(UUID(int=number)),
        "kind": "wording",
        "rule": "principal",
        "name": "承诺保本",
        "severity": "serious",
        "law": "第二十五条",
        "list_version": 0,
        "sentence": sentence,
        "mark_start": sentence.index(word),
        "mark_end": sentence.index(word) + len(word),
        **fields,
    }
    return {
        "finding": finding,
        "state": "open",
        "found_at": "2026-11-23T01:00:00Z",
        "activity_kind": "call",
        "occurred_at": "2026-11-23T01:00:00Z",
        "day": "2026-11-23",
        "advisor": {"id": str(LIU), "name": "刘洋"},
        "customer_name": "赵建国",
        "decisions": [],
    }


@dataclass
class QualityBank(TeamBank):
    """The team's bank with findings, and a list of wordings that somebody may have changed meanwhile."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    edits: list[dict[str, Any]] = field(default_factory=list)
    version: int = 0

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        if path == "/api/v1/quality/wordings":
            return self._wordings(body)
        if not path.startswith("/api/v1/team/quality"):
            return await super().send(method, path, headers=headers, params=params, body=body)
        if body is not None:
            found = next(each for each in self.findings if path.endswith(each["finding"]["id"]))
            edit = json.loads(body)
            by = {"id": str(LIU), "name": "行长"}
            found["state"] = edit["state"]
            found["decisions"] = [*found["decisions"], {**edit, "by": by, "at": "2026-11-23T02:00:00Z"}]
            return HttpReply(200, {}, json.dumps(found).encode())
        wanted = (params or {}).get("state")
        shown = [each for each in self.findings if wanted in (None, each["state"])]
        waiting = sum(each["state"] == "open" for each in self.findings)
        return HttpReply(200, {}, json.dumps({"findings": shown, "cursor": None, "waiting": waiting}).encode())

    def _wordings(self, body: bytes | None) -> HttpReply:
        wordings = default_wordings().model_dump(mode="json")
        if body is not None:
            edit = json.loads(body)
            if edit["base_version"] != self.version:
                return self._problem(409, "stale_version")
            self.edits.append(edit["wordings"])
            self.version += 1
            wordings = edit["wordings"]
        answer = {"version": self.version, "effective_at": None, "made_by": None, "wordings": wordings}
        return HttpReply(200, {}, json.dumps(answer).encode())


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene_at(tmp_path, QualityBank) as made:
        bank = bank_of(made)
        bank.people["admin"] = staff_json(UUID(int=5), "admin", "admin")
        bank.findings = [finding_json(1, "跟客户说保本，客户同意", "保本"), finding_json(2, "这款零风险", "零风险")]
        yield made


def bank_of(scene: Scene) -> QualityBank:
    assert isinstance(scene.bank, QualityBank)
    return scene.bank


@pytest_asyncio.fixture
async def app(scene: Scene) -> AsyncIterator[App]:
    await sign_in(scene.platform, "head", PASSWORD)
    async with scene.app(route="/team") as opened:
        yield opened


@pytest_asyncio.fixture
async def editor(scene: Scene) -> AsyncIterator[App]:
    await sign_in(scene.platform, "admin", PASSWORD)
    async with scene.app(route="/quality/wordings") as opened:
        yield opened


async def test_the_teams_page_leads_to_what_waits_and_a_head_decides_it(app: App) -> None:
    await app.tap("quality-waiting")
    assert "近 30 天 · 2 条待看" in app.texts()
    assert app.at(f"finding-{FINDING}").label == "承诺保本，跟客户说保本，客户同意，刘洋，09:00，待看"
    [sentence] = [text for text in app.all(ft.Text) if [span.text for span in text.spans or []][1:2] == ["保本"]]
    assert sentence.spans is not None

    await app.tap(f"finding-{FINDING}")
    assert {"第二十五条", "赵建国", "电话备注"} <= set(app.texts())
    await app.type("finding-note", "听过录音")
    await app.tap("confirm-finding")
    assert "近 30 天 · 1 条待看" in app.texts()
    assert app.at(f"finding-{FINDING}").label == "承诺保本，跟客户说保本，客户同意，刘洋，09:00，属实"

    await app.tap("quality-state-confirmed")
    await app.tap(f"finding-{FINDING}")
    assert {"行长 · 属实", "11月23日 周一 10:00 · 听过录音"} <= set(app.texts())


async def test_nothing_waiting_is_said_and_shows_no_card(app: App, scene: Scene) -> None:
    bank_of(scene).findings.clear()
    await app.tap("refresh")
    assert not app.has("quality-waiting")
    await app.navigate(1)
    assert "没有待看的" in app.texts()
    assert not app.has("wordings")


async def test_a_finding_leads_to_the_day_behind_it(app: App, scene: Scene) -> None:
    await app.tap("quality-waiting")
    await app.tap(f"finding-{FINDING}")
    await app.tap("to-activity")
    assert bank_of(scene).asked[-1] == {
        "unit_id": bank_of(scene).asked[-1]["unit_id"],
        "day": "2026-11-23",
        "advisor_id": str(LIU),
        "metric": "calls",
    }


async def test_a_sentence_is_tried_before_a_word_is_saved(editor: App, scene: Scene) -> None:
    await editor.type("try-sentence", "这款闭眼买，不保本")
    assert "不报“保本”：旁边有“不”" in editor.texts()
    assert not editor.has("save-wordings")

    await editor.tap("rule-profit")
    await editor.type("new-words", "闭眼买、 躺平赚")
    await editor.tap("add-words")
    await editor.type("new-exemption", "别")
    await editor.tap("add-exemption")
    await editor.tap("sheet-close")
    assert "会报“闭眼买”：承诺收益" in editor.texts()
    await editor.tap("save-wordings")

    [saved] = bank_of(scene).edits
    rule = next(each for each in saved["rules"] if each["code"] == "profit")
    assert rule["words"][-2:] == ["闭眼买", "躺平赚"]
    assert rule["exemptions"][-1] == {"phrase": "别", "side": "before", "within": 12}
    assert not editor.has("save-wordings")


async def test_a_word_goes_by_a_tap_and_the_last_one_stays(editor: App) -> None:
    await editor.tap("rule-own_bank")
    for word in ("银行", "支行", "分行", "网点", "我行"):
        await editor.tap(f"drop-phrases-{word}")
    await editor.tap("drop-phrases-我们行")
    assert "至少要留一个词。" in editor.texts()
    assert editor.has("drop-phrases-我们行")
    await editor.type("new-phrases", "。")
    await editor.tap("add-phrases")
    assert "这个词加不进去：要有字，一个词最多 40 个字。" in editor.texts()


async def test_who_is_too_late_is_told_and_begins_again(editor: App, scene: Scene) -> None:
    await editor.tap("talk-ratio-0.7")
    bank_of(scene).version = 3
    await editor.tap("save-wordings")
    assert "刚有人存了新的一版。点“不改了”取最新的，再改一次。" in editor.texts()
    assert bank_of(scene).edits == []
    await editor.tap("drop-draft")
    assert not editor.has("save-wordings")
