"""A case that tells nobody, and what the tests write instead of a part of it."""

from typing import Any
from uuid import UUID, uuid4

TEXT: dict[str, Any] = {
    "title": "先问放着做什么，再说收益",
    "channel": "call",
    "topic": "low_return",
    "situation": "客户说手机上看到的收益更高。",
    "words": [
        {"speaker": "customer", "text": "你们的收益太低了。"},
        {"speaker": "advisor", "text": "这笔钱您打算什么时候用？"},
    ],
    "lesson": "先问用途，再谈收益。",
}


def text(**parts: Any) -> dict[str, Any]:
    """The text with other parts."""
    return {**TEXT, **parts}


def edit_of(activity_id: str | UUID | None = None, *, from_version: int = 0, **parts: Any) -> dict[str, Any]:
    """A head's writing, as JSON."""
    given = {} if activity_id is None else {"activity_id": str(activity_id)}
    return {**text(**parts), **given, "from_version": from_version}


def new_id() -> UUID:
    """As a head's phone makes one."""
    return uuid4()
