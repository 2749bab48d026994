"""The fixtures of this folder: a phone with a small book, a shelf of products and two boards."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest_asyncio

from app_client.session import AppSession
from tests.proposals.test_picks import HOLDER
from tests.proposals.test_proposals import SHELF
from tests.today.scenes import BOOK, Scene

MATURING, CASH = UUID(int=701), UUID(int=702)


def card_json(key: str, title: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": title, "say": f"说说{title}", **more}


def board_json(board_id: UUID, title: str, *, version: int = 1, deleted: bool = False, **more: Any) -> dict[str, Any]:
    """A board as the server sends it."""
    cards = more.pop("cards", [card_json("first", "第一张"), card_json("second", "第二张")])
    data = {
        "id": str(board_id),
        "version": version,
        "code": f"B{board_id.int}",
        "category": "deposit",
        "scene": "maturing_deposit",
        "length": 180,
        "zh": {"title": title, "cards": cards, "new": more.pop("new", "")},
        **more,
    }
    return {"entity": "board", "id": str(board_id), "data": {} if deleted else data, "deleted": deleted}


MATURING_CARDS = [
    card_json(
        "choices",
        "到期后三条路",
        text="**先留够**半年要用的钱",
        chart={
            "kind": "bars",
            "items": [{"label": "活期", "value": 0.05}, {"label": "三年", "value": 1.25}],
            "unit": "%",
            "source": "示例数据",
        },
        objections=[{"says": "利息太低", "answer": "先看钱什么时候用", "reason": "low_return"}],
        notices=["利率以当日公告为准"],
    ),
    card_json("yours", "您的钱", own_numbers=True),
    card_json(
        "parts",
        "分成四份",
        chart={"kind": "parts", "items": [{"label": "活钱", "value": 15}, {"label": "稳健", "value": 85}]},
    ),
]
BOARDS = [
    board_json(MATURING, "存款到期怎么放", cards=MATURING_CARDS, new="换了利率图"),
    board_json(
        CASH,
        "三分钟看闲钱",
        category="wealth",
        scene="busy_hall",
        length=30,
        en={"title": "Idle cash", "cards": [card_json("first", "Card one"), card_json("second", "Card two")]},
    ),
]


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    others = [each for each in BOOK if each["id"] != HOLDER["id"]]
    made = Scene(tmp_path, book=[*others, HOLDER, *SHELF, *BOARDS])
    yield made
    await made.put_away()


@pytest_asyncio.fixture
async def session(scene: Scene) -> AppSession:
    return await scene.signed_in()
