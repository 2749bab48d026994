"""Answers of the server that are kept for where there is no network, each under a key of its own; whom to ask is the transport's."""

from collections.abc import Awaitable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app_client.session import AppSession
from app_client.store import reads

T = TypeVar("T", bound=BaseModel)


def kept(session: AppSession, key: str, model: type[T]) -> T | None:
    """The last answer under that key, if there was one that this version can read."""
    found = session.store.read(lambda tx: reads.kept_reply(tx, key))
    if found is None:
        return None
    try:
        return model.model_validate(found[0])
    except ValidationError:
        return None


async def keep(session: AppSession, key: str, asked: Awaitable[T]) -> T:
    """Wait for an answer and keep it. Raises what asking raises, and StoreWriteFailed."""
    answer = await asked
    now = session.now()
    await session.store.write(lambda tx: reads.keep_reply(tx, key, answer.model_dump_json(), fetched_at=now))
    return answer
