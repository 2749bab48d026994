"""Some of the demo bank's calls as an exchange saw and recorded them, through the same doors as a real one's: events, then files."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app_server.database import Database
from app_server.demo import queries
from app_server.demo.bank import ADVISORS_WITH_HEAD
from app_server.demo.queries import RecordedCall
from app_server.demo.simulate import SIMULATOR, demo_scene, own_numbers
from app_server.demo.sounds import conversation
from app_server.recordings.arriving import Arrival
from app_server.recordings.service import RecordingShelf, keep
from app_server.settings import Settings
from app_server.telephony.events import read_each
from app_server.telephony.service import take_events
from shared_models.calls import CallChannel
from shared_models.telephony import PbxDirection, PbxEventKind, PbxLine, pbx_activity_id

# An exchange of some outlets, which keeps what is said at one of them: of so many advisors, and calls of each on a day.
SEEN, SEEN_A_DAY = 24, 7
HEARD, HEARD_A_DAY = ADVISORS_WITH_HEAD, 2
# Less than policy `late_days`.
DAYS = timedelta(days=6)
TALKED_SECONDS = 60
RINGING = timedelta(seconds=8)


def record_calls(db: Database, settings: Settings, *, now: datetime) -> None:
    """Have an exchange tell of calls of the last days, and what a few of `head`'s advisors' sounded like; each once."""
    shelf = RecordingShelf.of(settings)
    scene = db.write(lambda session: demo_scene(session, now=now))
    seen = _calls(db, SEEN, since=scene.day - DAYS, a_day=SEEN_A_DAY)
    take_events(db, SIMULATOR, read_each(SIMULATOR, [_event(call, scene.places) for call in seen]), now=now)
    heard = _calls(db, HEARD, since=scene.day - DAYS, a_day=HEARD_A_DAY)
    known = db.read(lambda session: queries.recorded_already(session, [_recording_id(call) for call in heard]))
    new = [call for call in heard if _recording_id(call) not in known]
    for call in new:
        record_id = str(call.id)
        with Arrival(_recording_id(call), most=settings.recording_bytes) as arrival:
            arrival.add(conversation(record_id))
            arrival.finish()
            keep(db, shelf, arrival, provider=SIMULATOR, record_id=record_id, now=now)


def _calls(db: Database, advisors: int, *, since: date, a_day: int) -> list[RecordedCall]:
    logins = [f"advisor{number}" for number in range(1, advisors + 1)]
    return db.read(
        lambda session: queries.calls_to_record(session, logins, since=since, seconds=TALKED_SECONDS, a_day=a_day)
    )


def _recording_id(call: RecordedCall) -> UUID:
    return pbx_activity_id(SIMULATOR, str(call.id))


def _event(call: RecordedCall, places: Sequence[UUID]) -> dict[str, Any]:
    line = PbxLine.LANDLINE if call.channel == CallChannel.LANDLINE else PbxLine.MOBILE
    answered = call.ended_at - timedelta(seconds=call.talk_seconds)
    return {
        "event": PbxEventKind.ENDED.value,
        "record_id": str(call.id),
        "direction": PbxDirection.OUTBOUND.value,
        "own_number": own_numbers(places.index(call.advisor_id) + 1)[line],
        "other_number": call.phone,
        "started_at": (answered - RINGING).isoformat(),
        "answered_at": answered.isoformat(),
        "ended_at": call.ended_at.isoformat(),
        "talk_seconds": call.talk_seconds,
    }
