"""Recordings as an exchange sends them and as a listener asks for them."""

import io
import random
import wave
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from app_server.recordings.service import RecordingShelf
from app_server.signatures import sign
from app_server.tables import RecordingRow, StaffRow
from app_server.telephony.keys import recording_text
from shared_models.telephony import pbx_activity_id
from tests.sync_server.phones import Bank
from tests.telephony.exchange import Exchange, ended

PHONE = "13912345678"


def wav(seconds: float = 2, *, seed: int = 1) -> bytes:
    """A WAV file of noise, 8000 bytes a second; each seed makes another."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(random.Random(seed).randbytes(int(8000 * seconds)))
    return buffer.getvalue()


@dataclass
class Recorder:
    """An exchange that uploads recordings, and the bank it uploads them to."""

    bank: Bank
    exchange: Exchange

    @property
    def shelf(self) -> RecordingShelf:
        return self.bank.server.app.state.recording_shelf

    def upload(
        self,
        record_id: str,
        audio: bytes,
        *,
        signed_id: str | None = None,
        signed_audio: bytes | None = None,
        at: datetime | None = None,
        provider: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """One upload as it is, signed for `signed_id` and `signed_audio` if those are given."""
        digest = sha256(audio if signed_audio is None else signed_audio).hexdigest()
        timestamp = str(int((at or self.bank.server.clock.now()).timestamp()))
        text = recording_text(record_id if signed_id is None else signed_id, digest)
        signed = {
            "Day2053-Key": self.exchange.key.key_id,
            "Day2053-Timestamp": timestamp,
            "Day2053-Signature": sign(self.exchange.key.secret, timestamp=timestamp, body=text),
            "Day2053-Content-SHA256": digest,
            **(headers or {}),
        }
        where = f"/api/v1/telephony/{provider or self.exchange.provider}/recordings/{quote(record_id, safe='')}"
        return self.bank.server.http.put(where, content=audio, headers=signed)

    def call(self, audio: bytes | None = None, *, own: str = "8001", number: str = PHONE) -> RecordingRow:
        """A recorded call of an advisor's customer, in the ledger."""
        event = ended(number, own=own)
        assert self.exchange.tell(event) == ["taken"]
        reply = self.upload(event["record_id"], wav() if audio is None else audio)
        assert reply.json() == {"record_id": event["record_id"], "status": "taken"}, reply.text
        found = self.row(event["record_id"])
        assert found is not None
        return found

    def row(self, record_id: str) -> RecordingRow | None:
        """What the database has of a recording."""
        found = pbx_activity_id(self.exchange.provider, record_id)
        return self.bank.db.read(lambda session: session.get(RecordingRow, found))

    def ticket(self, who: StaffRow, recording: RecordingRow) -> Any:
        """The answer to somebody who wants to listen, a second later."""
        self.bank.server.clock.pass_(seconds=1)
        path = f"/api/v1/recordings/{recording.id}/tickets"
        return self.bank.server.http.post(path, headers=self.bank.server.bearer(who))

    def link(self, who: StaffRow, recording: RecordingRow) -> str:
        """The link somebody is given."""
        reply = self.ticket(who, recording)
        assert reply.status_code == 200, reply.text
        return reply.json()["url"]

    def get(self, link: str, span: str | None = None, **headers: str) -> Any:
        """What a player gets, a second later."""
        self.bank.server.clock.pass_(seconds=1)
        return self.bank.server.http.get(link, headers=headers | ({"Range": span} if span else {}))
