"""docs/telephony.md against the program: whoever follows it gets what it says."""

import json
import re
from pathlib import Path

from app_server.telephony import service
from app_server.telephony.keys import TelephonyKey, TelephonyKeys, sign
from shared_models.telephony import PbxEventKind
from tests.factories import NOW
from tests.sync_server.phones import Bank
from tests.telephony.exchange import Exchange

PAGE = (Path(__file__).parents[2] / "docs" / "telephony.md").read_text("utf-8")
SECRET, TIMESTAMP = re.findall(r"the secret `([^`]+)`, the timestamp `(\d+)`", PAGE)[0]
(BODY,) = re.findall(r"```json\n(.*)\n```", PAGE)
(SIGNATURE,) = re.findall(r"the signature is `([0-9a-f]{64})`", PAGE)
ADAPTER, UPLOADER = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
((AUDIO, RECORDING_ID),) = [
    (bytes.fromhex(audio), record_id)
    for record_id, audio in re.findall(r"For the record id `([^`]+)`.*?```\n([0-9a-f]+)\n```", PAGE, flags=re.DOTALL)
]
((AUDIO_SHA256, RECORDING_SIGNATURE),) = re.findall(
    r"the SHA-256 is `([0-9a-f]{64})` and the recording's signature `([0-9a-f]{64})`", PAGE
)


def test_the_example_is_signed_as_it_says() -> None:
    assert sign(SECRET, timestamp=TIMESTAMP, body=BODY.encode()) == SIGNATURE
    adapter: dict[str, object] = {}
    exec(ADAPTER, adapter)  # noqa: S102 - what the page tells its reader to run
    signature = adapter["signature"]
    assert callable(signature)
    assert signature(SECRET, TIMESTAMP, BODY.encode()) == SIGNATURE


def test_the_example_is_taken(sqlite_bank: Bank, sqlite_exchange: Exchange) -> None:
    bank = sqlite_bank
    customer = bank.customer(phone="139 1234 5678")
    key = TelephonyKey(key_id="example", provider="hall", created_at=NOW, secret=SECRET)
    bank.server.settings.telephony_keys_file.write_text(TelephonyKeys(keys=[key]).model_dump_json())
    headers = {"Day2053-Key": "example", "Day2053-Timestamp": TIMESTAMP, "Day2053-Signature": SIGNATURE}
    reply = bank.server.http.post("/api/v1/telephony/hall/events", content=BODY, headers=headers)
    assert [each["status"] for each in reply.json()["results"]] == ["taken"]
    assert [(entry.customer_id, entry.data["talk_seconds"]) for entry in bank.ledger()] == [(customer.id, 85)]


def test_the_recording_is_signed_and_taken_as_it_says(sqlite_bank: Bank) -> None:
    uploader: dict[str, object] = {}
    exec(UPLOADER, uploader)  # noqa: S102 - as above
    signature = uploader["recording_signature"]
    assert callable(signature)
    assert signature(SECRET, TIMESTAMP, RECORDING_ID, AUDIO) == RECORDING_SIGNATURE
    key = TelephonyKey(key_id="example", provider="hall", created_at=NOW, secret=SECRET)
    sqlite_bank.server.settings.telephony_keys_file.parent.mkdir(exist_ok=True)
    sqlite_bank.server.settings.telephony_keys_file.write_text(TelephonyKeys(keys=[key]).model_dump_json())
    sqlite_bank.server.settings.telephony_keys_file.chmod(0o600)
    headers = {
        "Day2053-Key": "example",
        "Day2053-Timestamp": TIMESTAMP,
        "Day2053-Content-SHA256": AUDIO_SHA256,
        "Day2053-Signature": RECORDING_SIGNATURE,
    }
    reply = sqlite_bank.server.http.put(
        f"/api/v1/telephony/hall/recordings/{RECORDING_ID}", content=AUDIO, headers=headers
    )
    assert reply.json() == {"record_id": RECORDING_ID, "status": "taken"}


def test_every_code_and_every_event_is_explained() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (taken|rejected) \|", PAGE, flags=re.MULTILINE))
    assert set(told) == {*service.DETAILS, "bad_data"}
    assert {code for code, status in told.items() if status == "rejected"} == {"bad_data", "id_conflict", "in_future"}
    assert all(f"`{kind.value}`" in PAGE for kind in PbxEventKind)
    assert set(json.loads(BODY)["events"][0]) - {"event"} == set(
        re.findall(
            r"^\| `(\w+)` \|", PAGE.partition("`ended`, which makes")[2].partition("`ringing`, ")[0], re.MULTILINE
        )
    )
