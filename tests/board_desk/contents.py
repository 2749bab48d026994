"""Boards as an author writes them."""

from typing import Any

from shared_models.boards import BoardContent


def card(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": f"卡片{key}", "text": "**先留够**半年要用的钱", "say": "先看钱什么时候用", **more}


def board(code: str = "first", *, title: str = "第一次见面", **more: Any) -> BoardContent:
    """A board of two cards; `cards` replaces them."""
    cards = more.pop("cards", [card("one"), card("two")])
    return BoardContent.model_validate(
        {
            "code": code,
            "category": "allocation",
            "scene": "first_meeting",
            "length": 180,
            "zh": {"title": title, "cards": cards},
            **more,
        }
    )
