"""Customers' cards from a file: digests of the numbers are kept, the numbers nowhere. No sentence here repeats a cell of the file."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from app_server.cards.service import CardReader, note_cards
from app_server.database import Database
from app_server.imports.entities import rows_by, stable_id
from app_server.imports.mapping import ColumnMapping, default_mapping, map_row
from app_server.imports.readers import BadRow, SourceTable, read_table
from app_server.tables import CustomerRow
from shared_models.errors import BadInput
from shared_models.sealing import CardNumber, CardRefused, read_card

FIELDS: Mapping[str, Sequence[str]] = {
    "key": ("客户号", "客户编号"),
    "card": ("卡号", "银行卡号", "账号"),
}


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """What came of a file of cards."""

    rows: int
    changed: int = 0
    imported: bool = False
    bad: list[BadRow] = field(default_factory=list[BadRow])


@dataclass(frozen=True, slots=True)
class _Parsed:
    line: int
    customer_id: UUID
    card: CardNumber


def read_cards(path: Path) -> SourceTable:
    """The file as a table; raises BadInput. Its own words are kept out of the reason: a file without a header begins with a card."""
    try:
        return read_table(path)
    except BadInput:
        if not path.exists():
            raise
        raise BadInput(
            "The file is no table: it has to be CSV or XLSX, its first row naming each column (客户号, 卡号)."
        ) from None


def import_cards(
    db: Database,
    reader: CardReader,
    table: SourceTable,
    *,
    mapping: ColumnMapping | None,
    skip_bad: bool,
    now: datetime,
) -> CardOutcome:
    """Note whose cards the file says they are: all rows or none, or with `skip_bad` the good ones. Raises BadInput.

    `key` is the customer's number as in the import of customers, or the customer's id. A card that another customer had is theirs no more.
    """
    chosen = mapping or default_mapping(table.columns, FIELDS)
    if not {"key", "card"} <= chosen.fields | ({"key"} if chosen.key else set()):
        raise BadInput("The file needs a column with the customer (客户号) and one with the card number (卡号).")
    if not chosen.columns_used <= set(table.columns):
        raise BadInput("The mapping names a column that the file does not have.")
    rows, unreadable = len(table.rows) + len(table.bad), list(table.bad)
    parsed = _parsed(chosen, table, unreadable)

    def work(session: Session) -> CardOutcome:
        known = rows_by(session, CustomerRow, "id", {row.customer_id for row in parsed})
        strangers = [row for row in parsed if row.customer_id not in known]
        bad = [BadRow(row.line, "there is no such customer", "key") for row in strangers]
        refused = sorted([*unreadable, *bad], key=lambda each: each.line)
        good = [(row.customer_id, row.card) for row in parsed if row.customer_id in known]
        if refused and not skip_bad:
            return CardOutcome(rows, bad=refused)
        return CardOutcome(rows, note_cards(session, reader, good, now=now) if good else 0, imported=True, bad=refused)

    return db.write(work)


def _parsed(mapping: ColumnMapping, table: SourceTable, bad: list[BadRow]) -> list[_Parsed]:
    found: list[_Parsed] = []
    holder: dict[str, UUID] = {}
    for number, source in enumerate(table.rows):
        try:
            row = map_row(mapping, source, number)
        except ValueError:
            bad.append(BadRow(source.line, "does not fit the mapping's formats"))
            continue
        key = row.key or row.fields.get("key")
        if not key:
            bad.append(BadRow(source.line, "names no customer", "key"))
            continue
        try:
            card = read_card(str(row.fields.get("card", "")))
        except CardRefused as refused:
            bad.append(BadRow(source.line, refused.detail, "card"))
            continue
        customer_id = _customer_id(str(key), mapping.namespace)
        if holder.setdefault(card.digits, customer_id) != customer_id:
            bad.append(BadRow(source.line, "is a card that another row gives to another customer", "card"))
            continue
        found.append(_Parsed(source.line, customer_id, card))
    return found


def _customer_id(key: str, namespace: UUID | None) -> UUID:
    with suppress(ValueError):
        return UUID(key)
    return stable_id("customer", key, namespace)
