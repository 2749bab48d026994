"""Tickets: links that play one recording to one person for five minutes, signed, since a browser's player sends no bearer token."""

import hmac
import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app_server.auth.tokens import AccessClaims
from app_server.key_ring import KeyRing
from app_server.recordings.sealing import RecordingKey
from shared_models.errors import Forbidden
from shared_models.sealing import base64url

LIFE = timedelta(minutes=5)
MOST_CHARS = 1024


class TicketRefused(Forbidden):
    """The link was not made here, or its five minutes are over; which of them is not told."""

    code = "ticket_refused"


@dataclass(frozen=True, slots=True)
class Ticket:
    """For which recording it is and whose sign-in it was given to."""

    recording_id: UUID
    claims: AccessClaims
    expires_at: datetime


def issue(keys: KeyRing[RecordingKey], ticket: Ticket, now: datetime) -> str:
    """The ticket as text for a URL, signed with the newest key."""
    key = keys.newest(now)
    claims = ticket.claims
    said = [
        str(ticket.recording_id),
        str(claims.staff_id),
        claims.device_id,
        str(claims.family_id),
        claims.version,
        int(ticket.expires_at.timestamp()),
    ]
    signed = f"{base64url(key.kid.encode())}.{base64url(json.dumps(said).encode())}"
    return f"{signed}.{_signature(key, signed)}"


def read(keys: KeyRing[RecordingKey], text: str, now: datetime) -> Ticket:
    """What a ticket says; raises TicketRefused unless we signed it and it is still good."""
    refused = TicketRefused("This link has expired; ask for another one.")
    if len(text) > MOST_CHARS or not text.isascii():
        raise refused
    signed, _, signature = text.rpartition(".")
    kid, _, said = signed.partition(".")
    try:
        key = keys.named(_decoded(kid).decode())
        if key is None or not hmac.compare_digest(_signature(key, signed), signature):
            raise refused
        recording_id, staff_id, device_id, family_id, version, expires = json.loads(_decoded(said))
        claims = AccessClaims(UUID(staff_id), str(device_id), UUID(family_id), int(version))
    except ValueError:
        raise refused from None
    if now.timestamp() >= expires:
        raise refused
    return Ticket(UUID(recording_id), claims, datetime.fromtimestamp(expires, tz=now.tzinfo))


def _signature(key: RecordingKey, signed: str) -> str:
    return base64url(hmac.digest(key.ticket_key(), signed.encode(), "sha256"))


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
