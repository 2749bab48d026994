"""An exchange as the server sees it: signed batches of events in, answers out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlmodel import col, select

from app_server.tables import LineRow, StaffRow, TelephonyRecordRow
from app_server.telephony.keys import TelephonyKey, TelephonyKeyFile, sign
from shared_models.telephony import PbxLine
from tests import factories
from tests.factories import LONG_AGO, NOW
from tests.sync_server.phones import Bank

Json = dict[str, Any]
_calls = count(1)


def ended(number: str, *, own: str = "8001", at: datetime = NOW, talk: int = 60, **fields: Any) -> Json:
    """A finished outbound call that ended `at`, a minute ago unless `fields` say otherwise; `talk` 0: nobody answered."""
    over = at - timedelta(minutes=1)
    answered = over - timedelta(seconds=talk)
    return {
        "event": "ended",
        "record_id": f"call-{next(_calls)}",
        "direction": "outbound",
        "own_number": own,
        "other_number": number,
        "started_at": (answered - timedelta(seconds=8)).isoformat(),
        "answered_at": answered.isoformat() if talk else None,
        "ended_at": over.isoformat(),
        "talk_seconds": talk,
        **fields,
    }


def beside(event: str, record: Json, **fields: Any) -> Json:
    """Another event of the same call."""
    return {"event": event, "record_id": record["record_id"], "at": record["started_at"], **fields}


def line(bank: Bank, staff: StaffRow, number: str = "8001", *, since: date = LONG_AGO, **columns: Any) -> LineRow:
    """A line of somebody's."""
    made = LineRow(
        **{
            "id": uuid4(),
            "number": number,
            "line": PbxLine.LANDLINE,
            "staff_id": staff.id,
            "starts_on": since,
            **columns,
        }
    )
    factories.save(bank.db, made)
    return made


@dataclass
class Exchange:
    """One provider with a key of its own."""

    bank: Bank
    provider: str = "generic"
    key: TelephonyKey = field(init=False)

    def __post_init__(self) -> None:
        settings = self.bank.server.settings
        self.key = TelephonyKeyFile(settings.telephony_keys_file).add(self.provider, NOW)

    def post_bytes(
        self,
        body: bytes,
        *,
        at: datetime | None = None,
        provider: str | None = None,
        headers: Mapping[str, str] | None = None,
    ):
        """Any body, signed as of `at`; `headers` take the place of the signed ones."""
        timestamp = str(int((at or self.bank.server.clock.now()).timestamp()))
        signed = {
            "Day2053-Key": self.key.key_id,
            "Day2053-Timestamp": timestamp,
            "Day2053-Signature": sign(self.key.secret, timestamp=timestamp, body=body),
            **(headers or {}),
        }
        path = f"/api/v1/telephony/{provider or self.provider}/events"
        # As bytes: what HTTP itself can carry, an exchange may send.
        raw = {name.encode(): value.encode() for name, value in signed.items()}
        return self.bank.server.http.post(path, content=body, headers=raw)

    def post(self, *events: Any):
        """One request as it is."""
        return self.post_bytes(json.dumps({"events": list(events)}).encode())

    def tell(self, *events: Any) -> list[str]:
        """The status of each event, or its code where it has one."""
        reply = self.post(*events)
        assert reply.status_code == 200, reply.text
        return [each["code"] or each["status"] for each in reply.json()["results"]]


def standing(bank: Bank) -> dict[str, tuple[str, str | None]]:
    """What became of each finished call, by its record id."""
    statement = select(TelephonyRecordRow).where(col(TelephonyRecordRow.event) == "ended")
    rows = bank.db.read(lambda session: session.exec(statement).all())
    return {row.record_id: (row.state.value, row.reason) for row in rows}
