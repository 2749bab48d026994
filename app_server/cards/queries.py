"""SQL of customers' cards: digests alone."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from app_server.database import dialect_insert
from app_server.tables import CustomerCardRow, metadata

CARD = metadata.tables["customer_card"]


def holders(session: Session, digests: Collection[bytes]) -> dict[bytes, UUID]:
    """Whose cards these are, for those that are known."""
    found = session.connection().execute(select(CARD.c.digest, CARD.c.customer_id).where(CARD.c.digest.in_(digests)))
    return {row.digest: row.customer_id for row in found}


def put_cards(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note whose cards these are; a card that was somebody else's is theirs no more."""
    statement = dialect_insert(session, CustomerCardRow)
    others = {name: statement.excluded[name] for name in rows[0] if name != "digest"}
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=["digest"], set_=others),
        sorted(rows, key=lambda row: row["digest"]),
    )
