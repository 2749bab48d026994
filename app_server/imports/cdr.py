"""Asterisk's call detail records (Master.csv) as finished calls; what becomes of them is telephony's."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app_server.database import Database, batches
from app_server.imports.readers import BadRow
from app_server.numbers import line_number
from app_server.org.queries import policies
from app_server.telephony import queries
from app_server.telephony.events import MAX_EVENTS, EventResult, EventStatus, ReadEvent, read_each
from app_server.telephony.service import take_events
from shared_models.errors import BadInput
from shared_models.policy import zone
from shared_models.telephony import PbxDirection, PbxEventKind

# cdr_csv.c, with loguniqueid=yes, without which no two reads of a file could know a call again; loguserfield adds one more.
COLUMNS: tuple[str, ...] = tuple(
    "accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec disposition"
    " amaflags uniqueid userfield".split()
)
_LEAST = COLUMNS.index("uniqueid") + 1
ANSWERED = "ANSWERED"


@dataclass(frozen=True, slots=True)
class CdrRow:
    """A row as it stands, by column, and its line in the file."""

    line: int
    cells: dict[str, str]

    @property
    def callers(self) -> list[str]:
        """What the calling side may be known as: the channel's endpoint before the caller id, which a dial plan rewrites."""
        return [each for each in (_endpoint(self.cells["channel"]), self.cells["src"]) if each]

    @property
    def called(self) -> list[str]:
        """What the called side may be known as."""
        return [each for each in (_endpoint(self.cells["dstchannel"]), self.cells["dst"]) if each]


@dataclass(slots=True)
class CdrOutcome:
    """What came of a file: answers by status and code, calls between two of the bank's own lines, and what cannot be read."""

    rows: int
    bad: list[BadRow]
    internal: int = 0
    results: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    imported: bool = False


def read_cdr(path: Path) -> tuple[list[CdrRow], list[BadRow]]:
    """The file's rows, and those that cannot be read; raises BadInput when it is no text."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise BadInput("The file is not UTF-8 text; Asterisk writes its Master.csv so.") from None
    rows: list[CdrRow] = []
    bad: list[BadRow] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                _sort_in(cells, line, rows, bad)
            line = reader.line_num + 1
    except csv.Error as error:
        bad.append(BadRow(line, f"the row cannot be read ({error}); nothing after it was read"))
    return rows, bad


def import_cdr(
    db: Database, path: Path, *, provider: str, now: datetime, dry_run: bool = False, skip_bad: bool = False
) -> CdrOutcome:
    """Take every call of the file that one of the bank's lines was in; the same file a second time changes nothing.

    With any bad row nothing is taken, unless `skip_bad`. It is done in steps, each whole: a broken run is run again.
    """
    rows, bad = read_cdr(path)
    numbers = sorted({line_number(each) for row in rows for each in (*row.callers, *row.called)})
    parts = db.read(lambda session: [queries.known(session, provider, numbers=part) for part in batches(numbers)])
    known = {number for part in parts for number in part.holders}
    at = db.read(policies).timezone
    outcome = CdrOutcome(rows=len(rows) + len(bad), bad=bad)
    events: list[ReadEvent] = []
    for row in rows:
        read = _event(provider, row, known, zone(at))
        match read:
            case ReadEvent():
                events.append(read)
            case BadRow():
                bad.append(read)
            case None:
                outcome.internal += 1
    bad.sort(key=lambda each: each.line)
    if dry_run or (bad and not skip_bad):
        return outcome
    for start in range(0, len(events), MAX_EVENTS):
        for result in take_events(db, provider, events[start : start + MAX_EVENTS], now=now):
            outcome.results[result.status.value, result.code or ""] += 1
    outcome.imported = True
    return outcome


def _sort_in(cells: Sequence[str], line: int, rows: list[CdrRow], bad: list[BadRow]) -> None:
    if len(cells) not in (_LEAST, _LEAST + 1):
        bad.append(BadRow(line, f"has {len(cells)} columns instead of {_LEAST}; set loguniqueid=yes in cdr.conf"))
        return
    found: dict[str, str] = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=False))
    if not found["uniqueid"]:
        bad.append(BadRow(line, "is empty; set loguniqueid=yes in cdr.conf", "uniqueid"))
        return
    rows.append(CdrRow(line, found))


def _event(provider: str, row: CdrRow, known: set[str], timezone: ZoneInfo) -> ReadEvent | BadRow | None:
    """The row as a finished call; None when both sides are the bank's own."""
    caller = next((each for each in row.callers if line_number(each) in known), None)
    called = next((each for each in row.called if line_number(each) in known), None)
    if caller is not None and called is not None:
        return None
    if caller is None and called is None:
        return BadRow(row.line, "neither side is one of the bank's lines; import them first", "src")
    try:
        raw = _raw(row, own=caller or called or "", outbound=caller is not None, timezone=timezone)
    except RowTimeError as error:
        return BadRow(row.line, str(error), error.column)
    (read,) = read_each(provider, [raw])
    if isinstance(read, EventResult):
        assert read.status is EventStatus.REJECTED
        return BadRow(row.line, read.detail or "")
    return read


class RowTimeError(ValueError):
    """A cell that is no time, or no number of seconds."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _raw(row: CdrRow, *, own: str, outbound: bool, timezone: ZoneInfo) -> dict[str, Any]:
    cells = row.cells
    # Several phones may ring for one call, each with a row under the same uniqueid.
    legs = [cells["uniqueid"], cells["dstchannel"]]
    answered = cells["disposition"] == ANSWERED and cells["answer"] != ""
    return {
        "event": PbxEventKind.ENDED.value,
        "record_id": "/".join(each for each in legs if each),
        "direction": (PbxDirection.OUTBOUND if outbound else PbxDirection.INBOUND).value,
        "own_number": own,
        "other_number": cells["dst"] if outbound else cells["src"],
        "started_at": _instant(cells, "start", timezone),
        "answered_at": _instant(cells, "answer", timezone) if answered else None,
        "ended_at": _instant(cells, "end", timezone),
        "talk_seconds": _seconds(cells) if answered else 0,
    }


def _instant(cells: dict[str, str], column: str, timezone: ZoneInfo) -> str:
    try:
        return datetime.strptime(cells[column], "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone).isoformat()
    except ValueError:
        raise RowTimeError(column, "is no time as 2026-11-23 10:04:12") from None


def _seconds(cells: dict[str, str]) -> int:
    if not (cells["billsec"].isascii() and cells["billsec"].isdecimal() and len(cells["billsec"]) <= 6):
        raise RowTimeError("billsec", "is no number of seconds")
    return int(cells["billsec"])


def _endpoint(channel: str) -> str:
    """The extension in a channel's name: PJSIP/8001-0000001a is 8001's; a trunk's name is nobody's line."""
    return channel.rpartition("-")[0].rpartition("/")[2]


def told(results: Counter[tuple[str, str]]) -> Iterator[str]:
    """The answers as words, most frequent first."""
    for (status, code), count in results.most_common():
        yield f"{count:,} {status}{f' ({code})' if code else ''}"
