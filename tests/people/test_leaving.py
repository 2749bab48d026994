"""Whose account is closed, or whose device is revoked, opens nothing from then on, long before their token ends: over HTTP."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import select

from app_server.imports.readers import SourceRow, SourceTable
from app_server.imports.service import Choices, ImportKind, import_table
from app_server.tables import LedgerRow
from tests import factories
from tests.factories import NOW, with_token
from tests.people.conftest import Bank
from tests.sync_server.phones import SYNC, call

PHONE = "phone-1"
VALUES = {"day": NOW.date().isoformat(), "device_id": PHONE, "month": f"{NOW:%Y-%m}", "page": "1"}


def close_on_the_screen(bank: Bank) -> None:
    bank.put("admin", bank.of("li"), {"name": "li", "active": False, "version": bank.version("li")})


def close_by_file(bank: Bank) -> None:
    found = bank.get("admin", "/units", unit_id=str(bank.tree.outlets[0].id))
    names = "/".join(each["name"] for each in [*found["above"], found["unit"]])
    columns = {"login": "li", "name": "li", "role": "advisor", "unit": names, "active": "no"}
    table = SourceTable(list(columns), [SourceRow(2, columns)], [])
    outcome = import_table(bank.server.db, ImportKind.STAFF, table, Choices(), now=NOW, progress=lambda *_: None)
    assert (outcome.bad, outcome.changed) == ([], 1)


def revoke_the_device(bank: Bank) -> None:
    bank.post("head", f"{bank.of('li')}/devices/{PHONE}/revoke")


def guarded(bank: Bank) -> list[tuple[str, str]]:
    """Every way in that asks who is there, by method and path."""
    paths = bank.server.app.openapi()["paths"]
    ways = [
        (method.upper(), path.format_map({name: VALUES.get(name, str(UUID(int=1))) for name in parameters(path)}))
        for path, methods in paths.items()
        if path.startswith("/api/v1/")
        for method in methods
    ]
    return [way for way in ways if bank.server.http.request(*way).status_code == 401]


def parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


@pytest.mark.parametrize("leave", [close_on_the_screen, close_by_file, revoke_the_device])
def test_neither_their_token_nor_their_password_opens_the_sync(
    sqlite_bank: Bank, leave: Callable[[Bank], None]
) -> None:
    bank = sqlite_bank
    http, customer = bank.server.http, factories.customer(bank.server.db, bank.staff["li"])
    tokens = bank.server.sign_in("li", device=PHONE).json()
    headers = with_token(tokens["access_token"])
    body = {"device_id": PHONE, "cursor": None, "activities": [call(customer)]}
    assert http.post(SYNC, json=body | {"activities": []}, headers=headers).status_code == 200

    leave(bank)

    assert http.post(SYNC, json=body, headers=headers).status_code == 401
    assert bank.server.db.read(lambda session: session.exec(select(LedgerRow)).all()) == []
    assert bank.server.refresh(tokens["refresh_token"]).status_code == 400
    assert bank.server.sign_in("li", device=PHONE).status_code == 400


def test_no_other_way_in_is_open_to_them(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    headers = bank.server.bearer("head", device=PHONE)
    bank.put("admin", bank.of("head"), {"name": "head", "active": False, "version": bank.version("head")})
    ways = guarded(bank)
    assert len(ways) > 40
    found = {way: bank.server.http.request(*way, headers=headers).status_code for way in ways}
    assert found == dict.fromkeys(ways, 401)


def test_another_device_of_theirs_goes_on_and_brings_what_it_recorded(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    customer = factories.customer(bank.server.db, bank.staff["li"])
    bank.server.sign_in("li", device=PHONE)
    tablet = bank.server.bearer("li", device="tablet")
    revoke_the_device(bank)
    body = {"device_id": "tablet", "cursor": None, "activities": [call(customer)]}
    reply = bank.server.http.post(SYNC, json=body, headers=tablet)
    assert [each["status"] for each in reply.json()["results"]] == ["accepted"]
