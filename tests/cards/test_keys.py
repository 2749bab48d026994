"""The keys of cards: what phones are told, how they are kept, and that no old one is lost."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app_server.cards.keys import DigestKey, SealingKey
from app_server.cards.sealing import digest_of_card
from app_server.cards.service import CardReader
from app_server.cli import app
from app_server.key_ring import KeyRing
from app_server.settings import Settings
from shared_models.errors import NotReady
from shared_models.sealing import CardKeys, CardNumber
from tests.cards.cards import CREDIT, DEBIT, sealed
from tests.factories import NOW
from tests.sync_server.phones import Bank, unknown


def test_anybody_may_have_the_public_key_and_nothing_else_of_it(sqlite_bank: Bank) -> None:
    reply = sqlite_bank.server.http.get("/api/v1/keys")
    assert reply.status_code == 200
    [key] = reply.json()["keys"]
    assert key.keys() == {"kty", "use", "alg", "kid", "n", "e"}
    assert (key["kty"], key["alg"], key["use"], key["e"], key["kid"]) == ("RSA", "RSA-OAEP-256", "enc", "AQAB", "first")
    assert len(key["n"]) == 3072 // 6


def test_a_server_without_a_key_makes_one_that_is_private(tmp_path: Path) -> None:
    reader = CardReader(Settings(data_dir=tmp_path))
    assert reader.public_keys(NOW) == CardReader(Settings(data_dir=tmp_path)).public_keys(NOW)
    file = tmp_path / "keys" / "cards.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(NotReady):
        CardReader(Settings(data_dir=tmp_path)).public_keys(NOW)


def test_what_was_sealed_before_a_rotation_is_opened_after_it(
    sqlite_bank: Bank, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit_id = unknown()
    earlier = sealed(DEBIT, visit_id)
    monkeypatch.setenv("DAY2053_DATA_DIR", str(data_dir))
    assert CliRunner().invoke(app, ["keys", "rotate-cards"]).exit_code == 0
    told = CardKeys.model_validate(sqlite_bank.server.http.get("/api/v1/keys").json())
    assert told.keys[0].kid != "first"
    reader: CardReader = sqlite_bank.server.app.state.card_reader
    later = sealed(DEBIT, visit_id, told.keys[0])
    assert [reader.open(each, visit_id=visit_id).last4 for each in (earlier, later)] == [DEBIT[-4:]] * 2


def test_digests_of_two_numbers_or_two_keys_have_nothing_in_common(tmp_path: Path) -> None:
    file = KeyRing(tmp_path / "digests.json", DigestKey)
    first = file.newest(NOW)
    second = file.rotate(NOW)
    again = KeyRing(tmp_path / "digests.json", DigestKey).keys()
    assert [key.kid for key in again] == [first.kid, second.kid]
    made = {digest_of_card(CardNumber(pan), key) for pan in (DEBIT, CREDIT) for key in (first, second)}
    assert len(made) == 4
    assert {len(digest) for digest in made} == {32}


def test_no_text_of_a_key_shows_its_secret(tmp_path: Path) -> None:
    for key in (
        KeyRing(tmp_path / "a", DigestKey).newest(NOW),
        KeyRing(tmp_path / "b", SealingKey).newest(NOW),
    ):
        assert key.secret[40:60] not in repr(key)
