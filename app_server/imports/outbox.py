"""Outboxes that phones exported because they could not sync: into the ledger by a sync's own rules, all files or none."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from app_server.auth import queries as auth
from app_server.database import Database
from app_server.org.queries import policies
from app_server.sync.acceptance import Verdict
from app_server.sync.former import FormerAdvisor, former_advisor
from app_server.sync.reading import Item, Proofs, Readable, read_activities
from app_server.sync.service import take_batch, write_batches
from app_server.tables import DeviceRow
from shared_models.errors import BadInput
from shared_models.org import Role
from shared_models.outbox import NotAnOutbox, Outbox, read_outbox
from shared_models.policy import Policies, zone
from shared_models.sync import MAX_ACTIVITIES, ResultStatus


@dataclass(frozen=True, slots=True)
class OutboxFile:
    """An exported outbox, and the name of the file it was in."""

    name: str
    outbox: Outbox
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An activity that the ledger did not take, and why; no customer in it. `at` in the bank's time, "" if unreadable."""

    id: str
    kind: str
    at: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class OutboxOutcome:
    """What came of one file."""

    name: str
    login: str
    accepted: int
    duplicate: int
    rejected: list[Rejected] = field(default_factory=list[Rejected])


@dataclass(frozen=True, slots=True)
class _Sender:
    id: UUID
    device_id: str
    unit_path: str
    former: FormerAdvisor | None


class _Tried(Exception):
    """Ends the transaction of a dry run, which thereby leaves nothing behind."""


def read_outbox_file(path: Path, proofs: Proofs) -> OutboxFile:
    """The file, its digest compared; raises BadInput with the reason, OSError when it cannot be read."""
    try:
        outbox = read_outbox(path.read_bytes())
    except NotAnOutbox as error:
        raise NotAnOutbox(f"{path.name}: {error.detail}; nothing was imported.") from None
    return OutboxFile(path.name, outbox, read_activities(outbox.activities, proofs))


def import_outboxes(
    db: Database, files: Sequence[OutboxFile], *, now: datetime, dry_run: bool = False
) -> list[OutboxOutcome]:
    """Take every file as its advisor's phone would have sent it; an outcome for each, in order.

    Raises BadInput, with nothing of any file stored, when one is of nobody who may record here, or of a device that
    they never signed in on or that was revoked. An activity that the ledger has is a duplicate and changes nothing.
    """
    outcomes: list[OutboxOutcome] = []

    def work(session: Session) -> None:
        senders = [_sender(session, file, now) for file in files]
        rules = policies(session)
        taken: dict[int, OutboxOutcome] = {}
        # Feeds are locked in one order, as everywhere: by the advisor.
        for place in sorted(range(len(files)), key=lambda place: str(senders[place].id)):
            file = files[place]
            batches = [file.items[at : at + MAX_ACTIVITIES] for at in range(0, len(file.items), MAX_ACTIVITIES)]
            sender = senders[place]
            verdicts = [
                verdict
                for batch in batches
                for verdict in take_batch(session, sender, batch, former=sender.former, now=now)
            ]
            taken[place] = _outcome(file, verdicts, rules)
        outcomes[:] = [taken[place] for place in range(len(files))]
        if dry_run:
            raise _Tried

    with suppress(_Tried):
        write_batches(db, work)
    return outcomes


def _sender(session: Session, file: OutboxFile, now: datetime) -> _Sender:
    outbox = file.outbox
    found = auth.standing(session, staff_id=outbox.staff_id, device_id=outbox.device_id, now=now)
    if found is None or found.login != outbox.login:
        raise _refused(file, f"nobody here has the login {outbox.login!r} and the account that exported it")
    if not found.active:
        raise _refused(file, f"the account {outbox.login!r} is not active")
    advising = _advising(session, found)
    if advising is None:
        raise _refused(file, f"{outbox.login!r} is no advisor, and has been none lately")
    if session.get(DeviceRow, (outbox.staff_id, outbox.device_id)) is None:
        raise _refused(file, f"{outbox.login!r} never signed in here on the device that exported it")
    if found.is_revoked:
        raise _refused(file, "the device that exported it was revoked")
    unit_path, former = advising
    return _Sender(found.id, outbox.device_id, unit_path, former)


def _advising(session: Session, found: auth.Standing) -> tuple[str, FormerAdvisor | None] | None:
    """The unit somebody belongs to as an advisor, or did lately, and that time if it is over; None: neither."""
    if found.place is not None and found.place.role is Role.ADVISOR:
        return found.place.path, None
    former = former_advisor(session, found.id, today=found.today)
    return (former.unit_path, former) if former is not None else None


def _refused(file: OutboxFile, reason: str) -> BadInput:
    return BadInput(f"{file.name}: {reason}; nothing was imported.")


def _outcome(file: OutboxFile, verdicts: Sequence[Verdict], rules: Policies) -> OutboxOutcome:
    counts = Counter(verdict.status for verdict in verdicts)
    return OutboxOutcome(
        name=file.name,
        login=file.outbox.login,
        accepted=counts[ResultStatus.ACCEPTED],
        duplicate=counts[ResultStatus.DUPLICATE],
        rejected=[
            _rejected(item, verdict, rules)
            for item, verdict in zip(file.items, verdicts, strict=True)
            if verdict.status is ResultStatus.REJECTED
        ],
    )


def _rejected(item: Item, verdict: Verdict, rules: Policies) -> Rejected:
    code, detail = verdict.code or "", verdict.detail or ""
    if not isinstance(item, Readable):
        return Rejected(item.id or "", "", "", code, detail)
    at = item.activity.corrected_at.astimezone(zone(rules.timezone))
    return Rejected(str(item.activity.id), item.activity.kind, f"{at:%Y-%m-%d %H:%M}", code, detail)
