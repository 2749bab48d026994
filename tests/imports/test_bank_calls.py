"""The real file of the UCI Bank Marketing set through the mapping beside this test."""

from pathlib import Path

import pytest
from sqlmodel import col, func, select

from app_server.database import Database
from app_server.imports.mapping import load_mapping
from app_server.imports.readers import read_table
from app_server.imports.service import Choices, ImportKind, Outcome, import_table
from app_server.tables import ChangeRow, CustomerRow
from tests import factories as make

FILE = Path(__file__).parents[3] / "shared" / "data" / "bank-marketing" / "bank-calls.csv"
MAPPING = Path(__file__).with_name("bank-calls.toml")
ROWS = 31_647

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="shared/data/bank-marketing/bank-calls.csv is not here")


def import_calls(db: Database) -> Outcome:
    choices = Choices(mapping=load_mapping(MAPPING))
    return import_table(db, ImportKind.CUSTOMERS, read_table(FILE), choices, now=make.NOW, progress=lambda *step: None)


def test_the_real_file_becomes_customers_once(database_url):
    db = Database(database_url)
    outlet = make.tree(db).outlets[0]
    advisors = [make.staff(db, outlet, login=f"advisor{number}").id for number in (1, 2, 3)]

    first = import_calls(db)

    assert (first.rows, first.bad, first.new, first.unused_columns) == (ROWS, [], ROWS, [])
    books = db.read(
        lambda s: dict(s.exec(select(CustomerRow.advisor_id, func.count()).group_by(col(CustomerRow.advisor_id))).all())
    )
    assert books == dict.fromkeys(advisors, ROWS // 3)
    one = db.read(lambda s: s.exec(select(CustomerRow).where(CustomerRow.name == "客户00002")).one())
    assert one.phone == "15400000002"
    assert one.initials == "kh00002"
    assert one.facts == {
        "age": 58,
        "job": "management",
        "balance": 2143,
        "housing_loan": "yes",
        "personal_loan": "no",
        "last_contact_day": 5,
        "last_contact_month": "may",
        "contacts_this_campaign": 1,
        "contacts_before": 0,
    }
    won = db.read(lambda s: [row.facts for row in s.exec(select(CustomerRow).where(col(CustomerRow.aum).is_(None)))])
    assert sum(facts.get("previous_outcome") == "success" for facts in won) == 81

    changes = db.read(lambda s: s.exec(select(func.count()).select_from(ChangeRow)).one())
    again = import_calls(db)

    assert (again.new, again.changed, again.unchanged) == (0, 0, ROWS)
    assert db.read(lambda s: s.exec(select(func.count()).select_from(ChangeRow)).one()) == changes
    db.dispose()
