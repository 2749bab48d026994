"""The rules of confirmations: who gets codes for what, how often, and what a code that came with a visit is worth."""

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.cards.keys import DigestKey
from app_server.confirmations import queries
from app_server.confirmations.codes import (
    digest_of_code,
    period_of,
    random_code,
    screen_result,
    screen_secret,
    starts_at,
    totp,
)
from app_server.confirmations.sender import CodeNotSent, CodeSender
from app_server.database import Database
from app_server.key_ring import KeyRing
from app_server.org.queries import as_unit, locked_staff, unit_in_scope
from app_server.settings import Settings
from app_server.tables import ConfirmationRow
from shared_models.activity import ActivityKind
from shared_models.confirmations import (
    CODE_PERIOD,
    SCREEN_HOURS,
    CodeRequest,
    CodeSent,
    CodeTried,
    CodeTry,
    OutletCodes,
)
from shared_models.errors import Conflict, NotFound, Throttled
from shared_models.visits import Confirmation, ConfirmationResult, ConfirmedBy

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 3
# A phone's clock, where its offset was measured some time ago.
CLOCK_TOLERANCE = timedelta(minutes=1)
CODES_OF_CUSTOMER, CODES_OF_ADVISOR = 3, 20
LIMITED_WITHIN = timedelta(hours=1)
# Longer than any visit may be late (policy `late_days` is a week).
KEPT_FOR = timedelta(days=60)
# Of one advisor on one business day; with more of them somebody guesses, and no further code is believed.
MOST_WRONG = 10
_FAILED = frozenset({ConfirmationResult.WRONG, ConfirmationResult.EXPIRED})


@dataclass(frozen=True, slots=True)
class HeardCode:
    """What a customer read out, and the keys that it may stand under, oldest first."""

    confirmation: Confirmation = field(repr=False)
    keys: tuple[DigestKey, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """A visit that came with a code: with whom, at which instant by a right clock, of which day; `unit_id` as of that day.

    `at_outlet`: it says that they met there.
    """

    visit_id: UUID
    customer_id: UUID
    at: datetime
    day: date
    unit_id: UUID
    at_outlet: bool
    heard: HeardCode


class Codes:
    """Makes and checks codes with the keys in the data folder; one for the whole process."""

    def __init__(self, settings: Settings, sender: CodeSender | None) -> None:
        self.keys = KeyRing(settings.confirmation_keys_file, DigestKey)
        self._sender = sender

    def hear(self, confirmation: Confirmation) -> HeardCode:
        """A code with what it takes to judge it."""
        return HeardCode(confirmation, tuple(self.keys.keys()))

    def of_outlet(self, session: Session, head: Caller, unit_id: UUID, *, now: datetime) -> OutletCodes:
        """What the screen of a unit in the caller's subtree shows in the next hours; raises NotFound."""
        unit = unit_in_scope(session, unit_id=unit_id, scope_path=head.unit_path)
        secret, first = screen_secret(self.keys.newest(now), unit.id), period_of(now)
        return OutletCodes(
            unit=as_unit(unit),
            server_time=now,
            starts_at=starts_at(first),
            period_seconds=int(CODE_PERIOD.total_seconds()),
            codes=[totp(secret, first + n) for n in range(int(timedelta(hours=SCREEN_HOURS) / CODE_PERIOD))],
        )

    def send(self, db: Database, advisor: Caller, request: CodeRequest, *, now: datetime) -> CodeSent:
        """Send a customer of the advisor's book a code for a visit that is still to come.

        Raises CodeNotSent, NotFound, Conflict where the customer's number proves nothing, Throttled.
        """
        sender = self._sender
        if sender is None:
            raise CodeNotSent("This bank sends no codes; use the code on the outlet's screen.", code="no_code_gateway")
        key, confirmation_id, code = self.keys.newest(now), uuid4(), random_code()
        sent = CodeSent(by=sender.by, expires_at=now + GOOD_FOR, tries=MOST_TRIES)

        def note(session: Session) -> str:
            # Of two requests at once the second one counts the first.
            locked_staff(session, advisor.id)
            number = _number_of(session, request.customer_id, advisor)
            _refuse_too_many(session, request.customer_id, advisor, now)
            queries.forget_sent(session, advisor_id=advisor.id, before=now - KEPT_FOR)
            session.add(
                ConfirmationRow(
                    id=confirmation_id,
                    visit_id=request.visit_id,
                    advisor_id=advisor.id,
                    customer_id=request.customer_id,
                    by=sent.by,
                    key_id=key.kid,
                    digest=digest_of_code(code, key, confirmation_id=confirmation_id),
                    made_at=now,
                    expires_at=sent.expires_at,
                )
            )
            return number

        # Noted before it is sent: what is on its way counts, whatever becomes of it.
        sender.send(db.write(note), code, good_for=GOOD_FOR, now=now)
        return sent

    def try_code(self, session: Session, advisor: Caller, tried: CodeTry, *, now: datetime) -> CodeTried:
        """Say whether a code is the one that was sent for a visit; a wrong one costs a try. Raises NotFound where none was."""
        locked_staff(session, advisor.id)
        rows = queries.sent_to(session, [tried.customer_id], advisor_id=advisor.id)
        newest = next((row for row in rows if row.visit_id == tried.visit_id), None)
        if newest is None:
            raise NotFound("No code was sent for this visit.")
        result = _sent_result(rows, self.keys.keys(), tried.code, visit_id=tried.visit_id, at=now)
        if result is ConfirmationResult.MATCHED:
            return CodeTried(result=result, tries_left=MOST_TRIES - newest.tries)
        if newest.tries < MOST_TRIES:
            queries.count_try(session, newest.id)
        return CodeTried(result=result, tries_left=max(MOST_TRIES - newest.tries - 1, 0))


def code_results(
    session: Session, claims: Sequence[Claim], *, advisor_id: UUID, voided: Iterable[UUID]
) -> dict[UUID, ConfirmationResult]:
    """What came of each visit's code, by the visit's id; `claims` in the order they are taken, `voided` by the same batch.

    An outlet's code is good once for each customer; a visit that was taken back has not used it.
    """
    told = queries.told_on(session, {claim.day for claim in claims}, advisor_id=advisor_id)
    struck = {UUID(each.data["activity_id"]) for each in told if each.kind is ActivityKind.VOID} | set(voided)
    shown = {
        (each.customer_id, code)
        for each in told
        if each.kind is ActivityKind.VISIT and each.id not in struck and (code := _screen_code(each.data)) is not None
    }
    wrong = Counter(
        each.business_day
        for each in told
        if each.kind is ActivityKind.VISIT_CHECK and each.data.get("confirmation") in _FAILED
    )
    sent_to = {claim.customer_id for claim in claims if not _is_of_screen(claim)}
    sent = queries.sent_to(session, sent_to, advisor_id=advisor_id) if sent_to else ()
    results: dict[UUID, ConfirmationResult] = {}
    for claim in claims:
        code = claim.heard.confirmation.code
        if wrong[claim.day] >= MOST_WRONG:
            result = ConfirmationResult.WRONG
        elif _is_of_screen(claim):
            result = _screen_result(claim, shown)
            if claim.visit_id not in struck:
                shown.add((claim.customer_id, code))
        else:
            of_customer = [row for row in sent if row.customer_id == claim.customer_id]
            result = _sent_result(of_customer, claim.heard.keys, code, visit_id=claim.visit_id, at=claim.at)
        wrong[claim.day] += result in _FAILED
        results[claim.visit_id] = result
    return results


def _is_of_screen(claim: Claim) -> bool:
    return claim.heard.confirmation.by is ConfirmedBy.OUTLET_SCREEN


def _screen_code(visit: Mapping[str, object]) -> str | None:
    found = visit.get("confirmation")
    confirmation = Confirmation.model_validate(found) if found is not None else None
    return confirmation.code if confirmation is not None and confirmation.by is ConfirmedBy.OUTLET_SCREEN else None


def _screen_result(claim: Claim, shown: set[tuple[UUID | None, str]]) -> ConfirmationResult:
    code = claim.heard.confirmation.code
    if not claim.at_outlet:
        # The screen hangs in the outlet's hall, and nowhere else.
        return ConfirmationResult.WRONG
    result = screen_result(code, claim.heard.keys, unit_id=claim.unit_id, at=claim.at)
    is_again = result is ConfirmationResult.MATCHED and (claim.customer_id, code) in shown
    return ConfirmationResult.USED if is_again else result


def _sent_result(
    sent: Sequence[ConfirmationRow], keys: Sequence[DigestKey], code: str, *, visit_id: UUID, at: datetime
) -> ConfirmationResult:
    """What a code is worth for a visit; `sent` are those of its customer, newest first."""
    by_name = {key.kid: key for key in keys}
    hit = next((row for row in sent if _is_code_of(row, code, by_name)), None)
    if hit is None:
        return ConfirmationResult.WRONG
    if hit.visit_id != visit_id or hit.tries >= MOST_TRIES:
        return ConfirmationResult.USED
    newest = next(row for row in sent if row.visit_id == visit_id)
    is_in_time = hit.made_at - CLOCK_TOLERANCE <= at <= hit.expires_at + CLOCK_TOLERANCE
    return ConfirmationResult.MATCHED if hit is newest and is_in_time else ConfirmationResult.EXPIRED


def _is_code_of(row: ConfirmationRow, code: str, keys: Mapping[str, DigestKey]) -> bool:
    key = keys.get(row.key_id)
    return key is not None and hmac.compare_digest(row.digest, digest_of_code(code, key, confirmation_id=row.id))


def _number_of(session: Session, customer_id: UUID, advisor: Caller) -> str:
    found = queries.recipient(session, customer_id, advisor_id=advisor.id, day=advisor.today)
    if found is None:
        raise NotFound("This customer is not in your book, or has not been synced yet.")
    if not found.is_managed:
        # Whoever typed the number could read the code.
        raise Conflict("A prospect's number is the advisor's own entry and proves nothing.", code="code_for_prospect")
    if found.number is None:
        raise Conflict(
            "The bank has no number of this customer that a code can be sent to.", code="code_without_number"
        )
    return found.number


def _refuse_too_many(session: Session, customer_id: UUID, advisor: Caller, now: datetime) -> None:
    since = now - LIMITED_WITHIN
    mine, theirs = queries.sent_since(session, since, advisor_id=advisor.id, customer_id=customer_id)
    for sent, most in ((mine, CODES_OF_ADVISOR), (theirs, CODES_OF_CUSTOMER)):
        if len(sent) >= most:
            seconds = int((sent[-most] + LIMITED_WITHIN - now).total_seconds()) + 1
            raise Throttled("Too many codes were sent in the last hour.", retry_after=seconds)
