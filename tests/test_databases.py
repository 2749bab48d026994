"""The databases that tests are given: migrated, their own, on both kinds. What the server does with them is elsewhere."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from app_server.database import Database
from app_server.database import database_url as with_driver
from app_server.migrations import require_migrated
from tests import postgresql


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_gets_a_migrated_database_that_no_other_test_wrote_to(database_url, turn):
    database = Database(database_url)
    require_migrated(database)
    engine = create_engine(with_driver(database_url))
    with engine.begin() as connection:
        assert "left_by_a_test" not in inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE left_by_a_test (id INTEGER)"))
    engine.dispose()
    database.dispose()


def test_a_database_can_be_had_unmigrated(empty_postgresql_url):
    engine = create_engine(with_driver(empty_postgresql_url))
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_a_program_that_fails_to_start_says_why(tmp_path: Path):
    (tmp_path / "data").mkdir()
    with pytest.raises(RuntimeError, match="pg_ctl ended with"):
        postgresql.start(tmp_path, durable=False)


def test_no_test_reaches_beyond_this_machine():
    import socket

    from pytest_socket import SocketConnectBlockedError

    with pytest.raises(SocketConnectBlockedError), socket.socket() as outside:
        # TEST-NET-1, RFC 5737: an address that belongs to nobody.
        outside.connect(("192.0.2.1", 80))


def test_a_stage_that_fails_fails_the_run():
    stage = Path(__file__).parent.parent / "scripts" / "stage"
    assert subprocess.run([stage, "name", "false"], capture_output=True, check=False).returncode == 1
