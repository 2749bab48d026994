"""The customer's code at a check-in: from the hall's screen without a network, or sent, checked as it is typed, and said in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import flet as ft
import pytest

from app_client.platform.http import HttpReply
from app_client.session import AppSession
from app_client.store import ledger
from app_client.visits.actions import confirmation_code
from app_client.visits.words import evidence_words, findings_words
from shared_models.activity import Activity
from shared_models.evidence import Grade, VisitEvidence, VisitReason
from shared_models.visits import CardResult, Confirmation, ConfirmationResult, ConfirmedBy, Visit, VisitPlace
from tests.store.scenes import MONDAY
from tests.sync.bank import Bank, a_platform
from tests.today.scenes import OUYANG, Scene, person
from tests.ui.harness import App

CODE = "402913"


@dataclass
class CodeBank(Bank):
    """The bank with a gateway: it sends CODE, and takes three tries; `refuses` is the code of its refusal."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    tries_left: int = 3
    refuses: str = ""

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        fault = self.faults[0] if self.faults else "ok"
        if not path.startswith("/api/v1/confirmations") or fault != "ok":
            return await super().send(method, path, headers=headers, params=params, body=body)
        asked = json.loads(body or b"")
        if path.endswith("/check"):
            is_right = asked["code"] == CODE
            self.tries_left -= not is_right
            result = {"result": "matched" if is_right else "wrong", "tries_left": self.tries_left}
            return HttpReply(200, {}, json.dumps(result).encode())
        if self.refuses:
            return self._problem(409, self.refuses)
        self.sent.append(asked)
        sent = {"by": "sms", "expires_at": "2026-11-23T01:10:00Z", "tries": 3}
        return HttpReply(201, {}, json.dumps(sent).encode())


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.bank = CodeBank(scene.clock, snapshot=scene.bank.snapshot)
    scene.platform = a_platform(tmp_path, scene.bank, scene.phone)
    return scene


def bank_of(scene: Scene) -> CodeBank:
    assert isinstance(scene.bank, CodeBank)
    return scene.bank


def written(session: AppSession) -> list[Activity]:
    return session.store.read(lambda tx: ledger.activities_of_day(tx, MONDAY))


async def ask_for_code(app: App) -> None:
    await app.tap("new-visit")
    await app.tap(f"pick-{person(OUYANG)}")
    assert "没有卡，就看定位；也没有定位，算自述。" in app.texts()
    await app.tap("ask-code")
    assert "没有卡，就看客户念的码。" in app.texts()


@pytest.mark.parametrize(
    ("text", "code"),
    [("402913", "402913"), (" 402 913 ", "402913"), ("４０２９１３", "402913"), ("40291", None), ("40291a", None)],
)
def test_six_digits_are_a_code_whatever_keyboard_they_come_from(text: str, code: str | None) -> None:
    assert confirmation_code(text) == code


async def test_the_halls_code_needs_no_network_but_the_outlet(scene: Scene) -> None:
    session = await scene.signed_in()
    async with scene.app(route="/visits") as app:
        scene.bank.faults = ["unsent"] * 50
        await ask_for_code(app)
        await app.type("visit-code-screen", CODE[:5])
        await app.tap("place-outlet")
        assert app.one(ft.TextField, key="visit-code-screen").error == "请填六位数字；不用就点“不用码”"
        await app.type("visit-code-screen", CODE)
        await app.tap("place-customer")
        assert "大堂屏幕的码只在网点有效" in str(app.one(ft.TextField, key="visit-code-screen").error)
        assert written(session) == []
        await app.tap("place-outlet")
        [visit] = written(session)
        confirmation = Confirmation(by=ConfirmedBy.OUTLET_SCREEN, code=CODE)
        assert visit.data == Visit(place=VisitPlace.OUTLET, confirmation=confirmation)
        await app.tap("back")
        assert any("网点 · 等银行核对" in text for text in app.texts())
    await scene.put_away()


async def test_a_code_that_was_sent_is_checked_as_it_is_typed_and_goes_with_its_own_visit(scene: Scene) -> None:
    session = await scene.signed_in()
    async with scene.app(route="/visits") as app:
        await ask_for_code(app)
        await app.tap("code-way-sent")
        await app.tap("place-customer")
        assert "还没有发验证码；不用就点“不用码”" in app.texts()
        await app.tap("send-code")
        await app.settle()
        assert "已发给客户，十分钟内有效，最多试三次。" in app.texts()
        await app.type("visit-code-sent", "402914")
        await app.settle()
        assert app.one(ft.TextField, key="visit-code-sent").error == "客户确认码不对，还可以试 2 次"
        await app.type("visit-code-sent", "402914")
        await app.settle()
        assert bank_of(scene).tries_left == 2
        await app.tap("place-customer")
        assert written(session) == []
        await app.type("visit-code-sent", CODE)
        await app.settle()
        assert "客户确认码核对无误" in app.texts()
        await app.tap("place-customer")
        [visit] = written(session)
        [sent] = bank_of(scene).sent
        assert sent == {"visit_id": str(visit.id), "customer_id": str(person(OUYANG))}
        confirmation = Confirmation(by=ConfirmedBy.SMS, code=CODE)
        assert visit.data == Visit(place=VisitPlace.CUSTOMER, confirmation=confirmation)
    await scene.put_away()


async def test_a_sent_code_that_cannot_be_checked_is_recorded_all_the_same(scene: Scene) -> None:
    session = await scene.signed_in()
    async with scene.app(route="/visits") as app:
        await ask_for_code(app)
        await app.tap("code-way-sent")
        await app.tap("send-code")
        await app.settle()
        scene.bank.faults = ["unsent"] * 50
        await app.type("visit-code-sent", CODE)
        await app.settle()
        await app.tap("place-other")
        [visit] = written(session)
        assert isinstance(visit.data, Visit)
        assert visit.data.confirmation == Confirmation(by=ConfirmedBy.SMS, code=CODE)
        assert visit.id == UUID(bank_of(scene).sent[0]["visit_id"])
    await scene.put_away()


@pytest.mark.parametrize(
    ("refuses", "words"),
    [
        ("no_code_gateway", "银行还没有开通发送验证码，请用大堂屏幕的码"),
        ("code_for_prospect", "潜力客户的号码是自己录的，发码不能证明；请用大堂屏幕的码"),
    ],
)
async def test_why_no_code_was_sent_is_said_and_none_is_needed(scene: Scene, refuses: str, words: str) -> None:
    session = await scene.signed_in()
    bank_of(scene).refuses = refuses
    async with scene.app(route="/visits") as app:
        await ask_for_code(app)
        await app.tap("code-way-sent")
        await app.tap("send-code")
        await app.settle()
        assert words in app.texts()
        await app.tap("code-way-none")
        await app.tap("place-outlet")
        [visit] = written(session)
        assert visit.data == Visit(place=VisitPlace.OUTLET)
    await scene.put_away()


def test_every_reason_and_every_finding_has_words() -> None:
    assert evidence_words(VisitEvidence(Grade.B, VisitReason.CONFIRMED)) == "客户已确认"
    assert evidence_words(VisitEvidence(Grade.D, VisitReason.AWAY_FROM_CUSTOMER)) == "自述登记（定位不在客户的地址）"
    told = {reason: evidence_words(VisitEvidence(Grade.D, reason)) for reason in VisitReason}
    silent = {VisitReason.NO_FIX, VisitReason.LOCATED, VisitReason.CARD_MATCHED, VisitReason.CONFIRMED}
    assert {reason for reason, words in told.items() if words == "自述登记"} == silent
    findings = {findings_words(None, each) for each in ConfirmationResult}
    assert findings == {"", "客户确认码不对", "客户确认码不是当时的", "客户确认码已经用过"}
    both = findings_words(CardResult.OTHER_CUSTOMER, ConfirmationResult.WRONG)
    assert both == "刷的是别的客户的卡 · 客户确认码不对"
