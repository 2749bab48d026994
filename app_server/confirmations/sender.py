"""The ways in which a code reaches a customer: the bank's gateway, or the log of a demo server. Which one is a setting."""

import json
import logging
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from app_server.cards.keys import DigestKey
from app_server.key_ring import KeyRing
from app_server.settings import Settings
from app_server.signatures import sign
from shared_models.errors import NotReady
from shared_models.visits import ConfirmedBy

GATEWAY_SECONDS = 10.0

_log = logging.getLogger("day2053.codes")


class CodeNotSent(NotReady):
    """The code is not on its way to the customer."""

    code = "code_not_sent"


class CodeSender(Protocol):
    """Brings a code to a customer."""

    @property
    def by(self) -> ConfirmedBy:
        """Where the customer reads it."""
        ...

    def send(self, number: str, code: str, *, good_for: timedelta, now: datetime) -> None:
        """Send it to a number (E.164), outside of any transaction; raises CodeNotSent, with neither of them in it."""
        ...


class ConsoleSender:
    """Writes the code into the server's log. For a demo alone: a log outlives every code and is read by others."""

    by = ConfirmedBy.SMS

    def send(self, number: str, code: str, *, good_for: timedelta, now: datetime) -> None:  # noqa: ARG002 - as CodeSender
        """Say it."""
        _log.info("demo: the customer with the number ending in %s reads the code %s", number[-4:], code)


class GatewaySender:
    """Posts `{"to", "code", "expires_in"}` to the bank's gateway, signed over the raw body as an exchange signs its events."""

    def __init__(
        self, url: str, by: ConfirmedBy, keys: KeyRing[DigestKey], transport: httpx.BaseTransport | None
    ) -> None:
        self._url = url
        self._keys = keys
        self._transport = transport
        self.by = by

    def send(self, number: str, code: str, *, good_for: timedelta, now: datetime) -> None:
        """As CodeSender; the gateway answers with any 2xx."""
        key = self._keys.newest(now)
        body = json.dumps({"to": number, "code": code, "expires_in": int(good_for.total_seconds())}).encode()
        timestamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Day2053-Key": key.kid,
            "Day2053-Timestamp": timestamp,
            "Day2053-Signature": sign(key.secret, timestamp=timestamp, body=body),
        }
        try:
            with httpx.Client(timeout=GATEWAY_SECONDS, transport=self._transport, trust_env=False) as client:
                status = client.post(self._url, content=body, headers=headers).status_code
        except httpx.HTTPError as error:
            # Without its text, which may name the address with what is in it.
            raise CodeNotSent(f"The bank's gateway cannot be reached ({type(error).__name__}).") from None
        if not httpx.codes.is_success(status):
            raise CodeNotSent(f"The bank's gateway did not take the code (status {status}).")


def sender_of(settings: Settings, *, transport: httpx.BaseTransport | None = None) -> CodeSender | None:
    """The way that the settings name; None: none. `transport`: what reaches the gateway instead of the network."""
    if settings.code_gateway_url:
        keys = KeyRing(settings.code_gateway_keys_file, DigestKey)
        return GatewaySender(settings.code_gateway_url, ConfirmedBy(settings.code_gateway_channel), keys, transport)
    return ConsoleSender() if settings.demo else None
