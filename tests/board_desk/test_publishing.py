"""Published boards reach every phone on their day, once; what says the same makes no version."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app_server.boards.service import announce_due, board_id_of, publish_contents, withdraw
from shared_models.boards import Board, BoardContent
from shared_models.errors import BadInput, Conflict
from tests.board_desk.contents import board
from tests.factories import NOW
from tests.sync_server.phones import Bank, Json, open_bank

TODAY = NOW.date()


@pytest.fixture
def bank(database_url: str, tmp_path: Path) -> Iterator[Bank]:
    with open_bank(database_url, tmp_path) as running:
        yield running


def publish(bank: Bank, *contents: BoardContent, days: int = 0):
    return bank.db.write(
        lambda session: publish_contents(
            session, contents, publish_on=TODAY + timedelta(days=days), today=TODAY, now=NOW
        )
    )


def told(changes: list[Json]) -> list[Json]:
    return [each for each in changes if each["entity"] == "board"]


def test_a_phone_has_a_published_board_whole_by_snapshot_and_by_feed(bank: Bank):
    early = bank.phone()
    early.pull()
    publish(bank, board())

    [change] = told(early.pull())
    assert change["deleted"] is False
    assert Board.model_validate(change["data"]) == Board(**dict(board()), id=board_id_of("first"), version=1)
    assert told(bank.phone(bank.wang).pull()) == [change]


def test_what_says_the_same_makes_no_version_and_no_news(bank: Bank):
    publish(bank, board(), board("second"))
    phone = bank.phone()
    phone.pull()

    done = publish(bank, board(), board("second", title="改过的"))

    assert (done.new, done.changed, done.unchanged) == ([], ["second"], ["first"])
    [change] = told(phone.pull())
    assert (change["data"]["code"], change["data"]["version"]) == ("second", 2)


def test_a_version_of_a_later_day_is_told_on_that_day_and_once(bank: Bank):
    publish(bank, board())
    publish(bank, board(title="明天的"), days=1)
    phone = bank.phone()
    assert [each["data"]["version"] for each in told(bank.phone(device="phone-2").pull())] == [1]

    def tell(days: int) -> int:
        return bank.db.write(lambda session: announce_due(session, today=TODAY + timedelta(days=days), now=NOW))

    assert [tell(0), tell(1), tell(1)] == [0, 1, 0]
    assert [each["data"]["zh"]["title"] for each in told(phone.pull())] == ["明天的"]


def test_the_first_sync_of_a_day_tells_what_is_due(bank: Bank):
    phone = bank.phone()
    phone.pull()
    publish(bank, board(), days=1)
    assert told(phone.pull()) == []

    bank.server.clock.pass_(days=1)

    assert [each["data"]["version"] for each in told(bank.phone(device="phone-2").pull())] == [1]


def test_a_withdrawn_board_goes_from_phones_and_comes_back_as_a_version(bank: Bank):
    publish(bank, board(), board("second"))
    phone = bank.phone()
    phone.pull()

    bank.db.write(lambda session: withdraw(session, "first", today=TODAY, now=NOW))

    [change] = told(phone.pull())
    assert (change["id"], change["deleted"]) == (str(board_id_of("first")), True)
    assert [each["data"]["code"] for each in told(bank.phone(bank.wang).pull())] == ["second"]
    with pytest.raises(Conflict):
        bank.db.write(lambda session: withdraw(session, "first", today=TODAY, now=NOW))
    publish(bank, board())
    assert [each["data"]["version"] for each in told(phone.pull())] == [2]


def test_nothing_is_published_on_a_day_that_has_passed(bank: Bank):
    with pytest.raises(BadInput):
        publish(bank, board(), days=-1)
