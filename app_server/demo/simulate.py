"""`day2053 simulate pbx`: a running demo server is told of a call centre's day, as an exchange would tell it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import httpx
import typer
from sqlmodel import Session

from app_server.clock import SystemClock
from app_server.demo import queries
from app_server.demo.pbx import Seat, calls_of_day, deliveries
from app_server.demo.sounds import conversation
from app_server.installation import opened_database
from app_server.numbers import line_number
from app_server.org.queries import policies
from app_server.settings import Settings
from app_server.signatures import sign
from app_server.telephony.keys import TelephonyKey, TelephonyKeyFile, recording_text
from shared_models.errors import Conflict, NotReady
from shared_models.policy import zone
from shared_models.telephony import PbxLine

SIMULATOR = "simulator"
MOST_RECORDED = 20


@dataclass(frozen=True, slots=True)
class Scene:
    """Who speaks, on which business day of the bank, and the zone its clocks are in; `places` are the seats' advisors."""

    seats: Sequence[Seat]
    day: date
    timezone: ZoneInfo
    places: Sequence[UUID]


def simulate_pbx(
    url: Annotated[str, typer.Option(help="Where the server runs that is told.")] = "http://127.0.0.1:8000",
    calls: Annotated[int, typer.Option(min=1, max=20_000, help="How many calls the whole day has.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed makes the same day.")] = 2053,
    order: Annotated[int, typer.Option(help="In which order it is told; the ledger must not notice.")] = 1,
) -> None:
    """Tell a running demo server of a call centre's day: late, out of order, and some of it twice."""
    settings, now = Settings(), SystemClock().now()
    with opened_database() as db:
        scene = db.write(lambda session: demo_scene(session, now=now))
    keys = TelephonyKeyFile(settings.telephony_keys_file)
    key = next((each for each in keys.keys().keys if each.provider == SIMULATOR), None) or keys.add(SIMULATOR, now)
    day = calls_of_day(scene.seats, scene.day, count=calls, seed=seed, timezone=scene.timezone)
    over = [each for each in day if datetime.fromisoformat(each["ended_at"]) <= now]
    results: Counter[str] = Counter()
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
        for events in deliveries(over, seed=order):
            results.update(_told(client, key, events))
        recorded = [each["record_id"] for each in over if each["answered_at"] is not None][:MOST_RECORDED]
        for record_id in recorded:
            _upload(client, key, record_id)
    answers = ", ".join(f"{count:,} {answer}" for answer, count in results.most_common())
    typer.echo(f"{len(over):,} calls of {scene.day} told. Events: {answers or 'none, the day has hardly begun'}.")
    typer.echo(f"{len(recorded)} of them with a recording.")


def demo_scene(session: Session, *, now: datetime) -> Scene:
    """The demo bank's advisors at their lines, which are made if need be; raises Conflict in a bank of real people."""
    books = queries.numbers_of_books(session)
    if not books:
        raise Conflict("This is no demo bank: an exchange is simulated with demo accounts alone.")
    rules = policies(session)
    today = rules.today(now)
    seats = [Seat(own_numbers(place), phones) for place, phones in enumerate(books.values(), start=1)]
    since = today - timedelta(days=30)
    queries.put_lines(
        session,
        [
            _line(staff_id, line, number, since)
            for staff_id, seat in zip(books, seats, strict=True)
            for line, number in seat.numbers.items()
        ],
    )
    return Scene(seats, today, zone(rules.timezone), list(books))


def own_numbers(place: int) -> dict[PbxLine, str]:
    """The lines of the advisor at that place of the scene, from 1."""
    return {PbxLine.LANDLINE: str(8000 + place), PbxLine.MOBILE: f"1700000{place:04d}"}


def _line(staff_id: UUID, line: PbxLine, number: str, since: date) -> dict[str, Any]:
    return {
        "id": uuid5(staff_id, f"{SIMULATOR}/{line}"),
        "provider": SIMULATOR,
        "number": line_number(number),
        "line": line,
        "staff_id": staff_id,
        "starts_on": since,
        "ends_on": None,
    }


def _told(client: httpx.Client, key: TelephonyKey, events: list[dict[str, Any]]) -> list[str]:
    """Send one request; the code or status of each answer."""
    body = json.dumps({"events": events}).encode()
    reply = _sent(client, "POST", f"/api/v1/telephony/{key.provider}/events", body, _signed(key, body))
    return [each["code"] or each["status"] for each in reply.json()["results"]]


def _upload(client: httpx.Client, key: TelephonyKey, record_id: str) -> None:
    audio = conversation(record_id)
    digest = sha256(audio).hexdigest()
    headers = _signed(key, recording_text(record_id, digest)) | {"Day2053-Content-SHA256": digest}
    _sent(client, "PUT", f"/api/v1/telephony/{key.provider}/recordings/{record_id}", audio, headers)


def _signed(key: TelephonyKey, said: bytes) -> dict[str, str]:
    timestamp = str(int(SystemClock().now().timestamp()))
    return {
        "Day2053-Key": key.key_id,
        "Day2053-Timestamp": timestamp,
        "Day2053-Signature": sign(key.secret, timestamp=timestamp, body=said),
    }


def _sent(client: httpx.Client, method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    try:
        reply = client.request(method, path, content=body, headers=headers)
        reply.raise_for_status()
    except httpx.HTTPStatusError as error:
        raise Conflict(f"The server refused what it was told with {error.response.status_code}.") from None
    except httpx.HTTPError:
        raise NotReady(f"No server answers at {client.base_url}; start one with `day2053 demo`.") from None
    return reply
