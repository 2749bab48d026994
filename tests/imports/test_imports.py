"""Imports as a person sees them: what goes in, what is refused and why, and that it is all or nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from app_server.cli import app
from app_server.database import Database
from app_server.imports.mapping import ColumnMapping, load_mapping
from app_server.imports.readers import BadRow, read_table
from app_server.imports.report import write_report
from app_server.imports.service import Choices, ImportKind, Outcome, import_table
from app_server.org.queries import unit_path
from app_server.tables import AuditEntryRow, ChangeRow, CustomerRow, MembershipRow, ProductRow, StaffRow, UnitRow
from shared_models.customers import Rating, Tier
from shared_models.errors import BadInput, Conflict
from shared_models.org import Role
from tests import factories as make

HEADER = "客户号,姓名,手机,客户经理,等级,风险等级,评级日期,生日,资产\n"
GOOD = 'C1,欧阳婳,15400000001,advisor1,黄金,C3,2026/03/05,1990-11-24,"1,234.50"\n'
ALSO_GOOD = "C2,王喆,15400000002,advisor1,普通,,,,\n"


@pytest.fixture
def db(database_url):
    database = Database(database_url)
    make.staff(database, make.tree(database).outlets[0], login="advisor1")
    yield database
    database.dispose()


@pytest.fixture
def sqlite_db(sqlite_url):
    database = Database(sqlite_url)
    make.staff(database, make.tree(database).outlets[0], login="advisor1")
    yield database
    database.dispose()


def load(db: Database, file: Path, kind: ImportKind = ImportKind.CUSTOMERS, *, now=make.NOW, **choices) -> Outcome:
    return import_table(db, kind, read_table(file), Choices(**choices), now=now, progress=lambda *step: None)


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "file.csv"
    file.write_bytes(text.encode(encoding))
    return file


def customers(db: Database) -> list[CustomerRow]:
    return db.read(lambda session: list(session.exec(select(CustomerRow).order_by(CustomerRow.phone))))


def test_a_file_with_usual_headers_needs_no_mapping(db, tmp_path):
    outcome = load(db, written(tmp_path, HEADER + GOOD + ALSO_GOOD))

    assert (outcome.imported, outcome.new, outcome.bad, outcome.unused_columns) == (True, 2, [], [])
    first, second = customers(db)
    assert (first.name, first.initials, first.tier, first.rating) == ("欧阳婳", "oyh", Tier.GOLD, Rating.C3)
    assert (first.rated_on, first.birthday, first.aum) == (date(2026, 3, 5), "11-24", Decimal("1234.50"))
    assert (second.rating, second.managed_since) == (None, date(2026, 11, 23))


def test_the_same_file_twice_changes_nothing_and_tells_no_phone(db, tmp_path):
    file = written(tmp_path, HEADER + GOOD + ALSO_GOOD)
    load(db, file)
    before = db.read(lambda session: session.exec(select(ChangeRow)).all())

    again = load(db, file)

    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert db.read(lambda session: session.exec(select(ChangeRow)).all()) == before
    assert len(before) == 2


def test_a_second_file_changes_only_what_it_has_columns_for(db, tmp_path):
    load(db, written(tmp_path, HEADER + GOOD))

    outcome = load(db, written(tmp_path, "客户号,姓名,手机\nC1,欧阳婳,15499999999\n"))

    (customer,) = customers(db)
    assert (outcome.changed, customer.phone, customer.tier) == (1, "15499999999", Tier.GOLD)


def test_a_customer_given_to_another_advisor_leaves_the_first_ones_phone(db, tmp_path):
    load(db, written(tmp_path, HEADER + GOOD))
    first = customers(db)[0].advisor_id
    second = make.staff(db, make.unit(db), login="advisor2").id

    load(db, written(tmp_path, HEADER + GOOD.replace("advisor1", "advisor2")))

    (customer,) = customers(db)
    last = {
        change.scope: change.deleted
        for change in db.read(lambda s: s.exec(select(ChangeRow).order_by(col(ChangeRow.seq))).all())
    }
    assert customer.advisor_id == second
    assert last == {str(first): True, str(second): False}


def test_a_customers_place_comes_whole_goes_again_and_stays_where_the_file_says_nothing(sqlite_db, tmp_path):
    head, row = "客户号,姓名,手机,客户经理", "C1,欧阳婳,15400000001,advisor1"

    def place_after(header: str, cells: str) -> tuple[float | None, float | None]:
        assert load(sqlite_db, written(tmp_path, f"{header}\n{cells}\n")).imported
        (customer,) = customers(sqlite_db)
        return customer.lat, customer.lon

    assert place_after(f"{head},纬度,经度", f"{row},43.88,125.32") == (43.88, 125.32)
    assert place_after(head, row) == (43.88, 125.32)
    assert place_after(f"{head},纬度,经度", f"{row},,") == (None, None)
    for cells in ("43.88,", ",125.32", "90.5,125.32", "nan,125.32"):
        outcome = load(sqlite_db, written(tmp_path, f"{head},纬度,经度\n{row},{cells}\n"))
        assert (outcome.imported, len(outcome.bad)) == (False, 1)


BAD_ROWS = {
    "not rated so": ("C9,王玥,15400000009,advisor1,黄金,C7,,,\n", "风险等级"),
    "no phone number": ("C9,王玥,电话,advisor1,黄金,,,,\n", "手机"),
    "no phone": ("C9,王玥,,advisor1,黄金,,,,\n", "phone"),
    "no key": (",王玥,15400000009,advisor1,,,,,\n", "客户号"),
    "no such advisor": ("C9,王玥,15400000009,nobody,,,,,\n", "客户经理"),
    "new, and in nobody's book": ("C9,王玥,15400000009,,,,,,\n", "客户经理"),
    "no date": ("C9,王玥,15400000009,advisor1,,C1,2026-02-30,,\n", "评级日期"),
    "no amount": ("C9,王玥,15400000009,advisor1,,,,,1.005\n", "资产"),
    "endless amount": ("C9,王玥,15400000009,advisor1,,,,,1e999\n", "资产"),
    "a name too long": (f"C9,{'王' * 101},15400000009,advisor1,,,,,\n", "姓名"),
    "a formula": ('C9,"=HYPERLINK(""x"")",15400000009,advisor1,,,,,\n', "姓名"),
    "a formula by sign": ("C9,+cmd|x,15400000009,advisor1,,,,,\n", "姓名"),
    "a NUL": ("C9,王\x00玥,15400000009,advisor1,,,,,\n", "姓名"),
    "a cell too few": ("C9,王玥\n", None),
    "a cell too many": ("C9,王玥,15400000009,advisor1,,,,,,more\n", None),
    "the same key again": (GOOD, None),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_one_bad_row_keeps_the_whole_file_out_and_names_its_line(sqlite_db, tmp_path, case):
    row, column = BAD_ROWS[case]
    header = HEADER.replace("手机", "phone") if column == "phone" else HEADER

    outcome = load(sqlite_db, written(tmp_path, header + GOOD + row + ALSO_GOOD))

    assert [(bad.line, bad.column) for bad in outcome.bad] == [(3, column)]
    assert outcome.bad[0].reason
    assert not outcome.imported
    assert customers(sqlite_db) == []


def test_skip_bad_imports_the_good_rows(db, tmp_path):
    row, _ = BAD_ROWS["not rated so"]

    outcome = load(db, written(tmp_path, HEADER + GOOD + row + ALSO_GOOD), skip_bad=True)

    assert (outcome.imported, outcome.new, len(outcome.bad)) == (True, 2, 1)
    assert [customer.name for customer in customers(db)] == ["欧阳婳", "王喆"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(db, tmp_path):
    outcome = load(db, written(tmp_path, HEADER + GOOD), dry_run=True)

    assert (outcome.imported, outcome.new) == (False, 1)
    assert customers(db) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_encodings_and_delimiters_are_found_out(sqlite_db, tmp_path, encoding, delimiter):
    text = "客户号,姓名,手机,客户经理\nC1,司马翀,15400000001,advisor1\n".replace(",", delimiter)

    load(sqlite_db, written(tmp_path, text, encoding))

    assert [customer.name for customer in customers(sqlite_db)] == ["司马翀"]


def test_a_line_break_in_a_quoted_cell_does_not_shift_the_lines(sqlite_db, tmp_path):
    text = '客户号,姓名,手机,客户经理,备注\nC1,王玥,15400000001,advisor1,"两行\n备注"\n\nC2,王喆,bad,advisor1,\n'

    assert [bad.line for bad in load(sqlite_db, written(tmp_path, text)).bad] == [5]


def test_a_quote_left_open_is_told_with_its_line(sqlite_db, tmp_path):
    text = '客户号,姓名,手机,客户经理\nC1,王玥,15400000001,advisor1\nC2,"王喆,15400000002,advisor1\n'

    (bad,) = load(sqlite_db, written(tmp_path, text)).bad

    assert bad.line == 3
    assert "cannot be read" in bad.reason


def test_a_workbook_is_read_and_its_formulas_are_refused(sqlite_db, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["客户号", "姓名", "手机", "客户经理", "资产", "评级日期"])
    sheet.append([1001, "诸葛頔", 15400000001, "advisor1", 88.5, date(2026, 1, 2)])
    sheet.append([1002, "=A1&B1", 15400000002, "advisor1", None, None])
    book.save(tmp_path / "file.xlsx")

    outcome = load(sqlite_db, tmp_path / "file.xlsx", skip_bad=True)

    assert [(bad.line, bad.column) for bad in outcome.bad] == [(3, "姓名")]
    (customer,) = customers(sqlite_db)
    assert (customer.phone, customer.aum, customer.rated_on) == ("15400000001", Decimal("88.5"), date(2026, 1, 2))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no header"),
        (b"\xd0\xcf\x11\xe0old", "old .xls"),
        (b"PK\x03\x04not a zip", "XLSX"),
        (b"\xff\xfe\xff", "neither UTF-8"),
        (b"a,a\n1,2\n", "name of its own"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(tmp_path, content, says):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(BadInput, match=says):
        read_table(tmp_path / "file")


def test_a_mapping_renames_fills_in_and_translates(sqlite_db, tmp_path):
    mapping = ColumnMapping.model_validate(
        {
            "columns": {"n": "name", "when": "rated_on", "r": "rating", "score": "facts.score", "gone": "facts.gone"},
            "constants": {"advisor": "advisor1"},
            "templates": {"phone": "154{line:08d}"},
            "values": {"rating": {"low": "C1"}},
            "dates": ["%d.%m.%Y"],
            "key": "{n}/{line}",
        }
    )
    file = written(tmp_path, "n;when;r;score;gone;extra\n王瑄;31.12.2025;low;-7;;x\n")

    outcome = load(sqlite_db, file, mapping=mapping)

    (customer,) = customers(sqlite_db)
    assert outcome.unused_columns == ["extra"]
    assert (customer.phone, customer.rating, customer.rated_on) == ("15400000002", Rating.C1, date(2025, 12, 31))
    assert customer.facts == {"score": -7}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("columns = 3", "columns"),
        ("facts = {}", "facts"),
        ("key = ", "no TOML"),
        ('[columns]\na = "name"\n[constants]\nname = "x"', "given twice"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_what_is_wrong(tmp_path, text, says):
    (tmp_path / "mapping.toml").write_text(text)

    with pytest.raises(BadInput, match=says):
        load_mapping(tmp_path / "mapping.toml")


def test_a_mapping_that_asks_for_a_column_that_is_not_there(sqlite_db, tmp_path):
    mapping = ColumnMapping(columns={"naam": "name"})

    with pytest.raises(BadInput, match="no column naam; it has a, b"):
        load(sqlite_db, written(tmp_path, "a,b\n1,2\n"), mapping=mapping)


def test_units_staff_and_products_make_a_bank(database_url, tmp_path):
    db = Database(database_url)
    units = "机构号,机构名称,机构类型,上级机构\n03,南湖网点,网点,总行/长春分行\n01,总行,总行,\n02,长春分行,分行,01\n"
    staff = "工号,姓名,角色,机构\n8001,李昇,理财经理,03\n8002,王婳,负责人,总行/长春分行/南湖网点\n"
    products = '产品代码,产品名称,类别,需求,风险等级,起购金额\nP1,示例产品,理财,稳健,R2,"10,000"\n'

    outcomes = [
        load(db, written(tmp_path, text), kind)
        for text, kind in ((units, ImportKind.UNITS), (staff, ImportKind.STAFF), (products, ImportKind.PRODUCTS))
    ]

    assert [(outcome.bad, outcome.new) for outcome in outcomes] == [([], 3), ([], 2), ([], 1)]
    people = db.read(lambda session: session.exec(select(StaffRow).order_by(StaffRow.login)).all())
    outlet = db.read(lambda session: session.exec(select(UnitRow).where(UnitRow.name == "南湖网点")).one())
    memberships = db.read(lambda session: session.exec(select(MembershipRow)).all())
    role_of = {membership.staff_id: membership.role for membership in memberships}
    assert [role_of[person.id] for person in people] == [Role.ADVISOR, Role.HEAD]
    assert {membership.unit_id for membership in memberships} == {outlet.id}
    assert outlet.path.count("/") == 4
    assert db.read(lambda session: session.exec(select(ProductRow)).one()).min_amount == 10_000
    assert set(outcomes[1].passwords) == {"8001", "8002"}
    with make.serving(database_url, tmp_path) as server:
        assert server.sign_in("8001", password=outcomes[1].passwords["8001"]).json()["password_change_required"]
    again = [
        load(db, written(tmp_path, text), kind)
        for text, kind in ((units, ImportKind.UNITS), (staff, ImportKind.STAFF), (products, ImportKind.PRODUCTS))
    ]
    assert [(outcome.new, outcome.changed, outcome.passwords) for outcome in again] == [(0, 0, {})] * 3
    db.dispose()


def test_staff_who_stand_elsewhere_move_from_today_on_and_keep_their_past(sqlite_url, tmp_path):
    db = Database(sqlite_url)
    bank = make.tree(db)
    person = make.staff(db, bank.outlets[0], login="8001")
    make.unit(db, bank.root, name="新网点")

    outcome = load(db, written(tmp_path, "工号,姓名,角色,机构\n8001,李昇,理财经理,总行/新网点\n"), ImportKind.STAFF)

    stays = db.read(
        lambda s: s.exec(
            select(MembershipRow).where(MembershipRow.staff_id == person.id).order_by(col(MembershipRow.starts_on))
        ).all()
    )
    assert (outcome.bad, outcome.changed, outcome.passwords) == ([], 1, {})
    assert [(stay.starts_on, stay.ends_on) for stay in stays] == [
        (make.LONG_AGO, date(2026, 11, 23)),
        (date(2026, 11, 23), None),
    ]
    db.dispose()


def test_an_advisor_who_becomes_head_was_an_advisor_until_today(sqlite_url, tmp_path):
    db = Database(sqlite_url)
    bank = make.tree(db)
    make.unit(db, bank.root, name="新网点")
    text = "工号,姓名,角色,机构\n8001,李昇,{},总行/新网点\n"

    def roles() -> list[tuple[Role, date | None]]:
        found = db.read(lambda s: s.exec(select(MembershipRow).order_by(col(MembershipRow.starts_on))).all())
        return [(stay.role, stay.ends_on) for stay in found]

    load(db, written(tmp_path, text.format("理财经理")), ImportKind.STAFF, now=make.NOW - timedelta(days=3))
    before = roles()
    outcomes = [load(db, written(tmp_path, text.format("负责人")), ImportKind.STAFF) for _ in range(2)]

    assert before == [(Role.ADVISOR, None)]
    assert [(outcome.changed, outcome.unchanged) for outcome in outcomes] == [(1, 0), (0, 1)]
    assert roles() == [(Role.ADVISOR, date(2026, 11, 23)), (Role.HEAD, None)]
    db.dispose()


def test_a_transfer_by_file_is_from_its_own_day_on_and_the_same_file_again_changes_nothing(sqlite_url, tmp_path):
    db = Database(sqlite_url)
    bank = make.tree(db)
    person = make.staff(db, bank.outlets[0], login="8001")
    make.unit(db, bank.root, name="新网点")
    text = "工号,姓名,角色,机构,到岗日期\n8001,李昇,理财经理,总行/新网点,{}\n"

    outcomes = [load(db, written(tmp_path, text.format("2026-12-01")), ImportKind.STAFF) for _ in range(2)]

    assert [(each.bad, each.changed) for each in outcomes] == [([], 1), ([], 0)]
    stays = select(MembershipRow).where(MembershipRow.staff_id == person.id)
    assert {each.starts_on for each in db.read(lambda s: s.exec(stays).all())} == {make.LONG_AGO, date(2026, 12, 1)}
    # Somebody's list of today does not know of it yet: that is said, and no move is undone by it.
    back = load(
        db,
        written(tmp_path, f"工号,姓名,角色,机构\n8001,李昇,理财经理,{name_path(db, bank.outlets[0])}\n"),
        ImportKind.STAFF,
    )
    assert [(row.line, row.column) for row in back.bad] == [(2, "机构")]
    assert "2026-12-01" in back.bad[0].reason
    db.dispose()


def test_a_unit_is_closed_by_file_once_nobody_belongs_to_it(sqlite_url, tmp_path):
    db = Database(sqlite_url)
    bank = make.tree(db)
    gone = make.unit(db, bank.root, name="老网点")
    person = make.staff(db, gone, login="8001")
    closing = written(tmp_path, "机构名称,机构类型,上级机构,撤销日期\n老网点,网点,总行,2026-12-01\n")
    with pytest.raises(Conflict, match="老网点"):
        load(db, closing, ImportKind.UNITS)
    assert audited(db) == []

    rows = f"工号,姓名,角色,机构,到岗日期\n8001,李昇,理财经理,{name_path(db, bank.outlets[0])},2026-12-01\n"
    load(db, written(tmp_path, rows), ImportKind.STAFF)
    closing = written(tmp_path, "机构名称,机构类型,上级机构,撤销日期\n老网点,网点,总行,2026-12-01\n")
    assert load(db, closing, ImportKind.UNITS).changed == 1

    back = load(db, written(tmp_path, "工号,姓名,角色,机构\n8001,李昇,理财经理,总行/老网点\n"), ImportKind.STAFF)
    assert [row.column for row in back.bad] == ["机构"]
    actions = [(each.action, each.subject_id) for each in audited(db)]
    assert actions.count(("unit.changed", str(gone.id))) == 1
    assert actions.count(("staff.placed", str(person.id))) == 1
    db.dispose()


def test_the_log_tells_how_many_customers_a_file_gave_to_whom(sqlite_db, tmp_path):
    db, rows = sqlite_db, "客户号,姓名,手机,客户经理\n1,甲,13800001111,{0}\n2,乙,13800001112,{0}\n"
    make.staff(db, make.unit(db), login="advisor2")
    for advisor in ("advisor1", "advisor2"):
        load(db, written(tmp_path, rows.format(advisor)))
    told = {each.action: each.after for each in audited(db)}
    assert told == {"customers.left": {"customers": 2}, "customers.came": {"customers": 2}}


def audited(db: Database) -> list[AuditEntryRow]:
    return list(db.read(lambda s: s.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.id))).all()))


def name_path(db: Database, unit: UnitRow) -> str:
    return "/".join(each.name for each in db.read(lambda s: unit_path(s, unit.path)))


def test_units_without_a_way_to_the_root_are_refused(sqlite_url, tmp_path):
    db = Database(sqlite_url)
    text = "机构号,机构名称,机构类型,上级机构\n01,总行,总行,\n02,甲,分行,03\n03,乙,分行,02\n04,又一总行,总行,\n"

    outcome = load(db, written(tmp_path, text), ImportKind.UNITS)

    assert [bad.line for bad in outcome.bad] == [3, 4, 5]
    assert db.read(lambda session: session.exec(select(UnitRow)).all()) == []
    db.dispose()


def test_the_report_holds_every_bad_row_and_no_formula(tmp_path):
    write_report(tmp_path / "report.csv", [BadRow(7, "=1+1 is no name", "姓名")])

    assert (tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "line,column,reason",
        "7,姓名,'=1+1 is no name",
    ]


def test_the_command_starts_a_bank_and_reports_what_it_refuses(tmp_path, monkeypatch):
    monkeypatch.setenv("DAY2053_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    run = CliRunner().invoke
    file, report = written(tmp_path, HEADER + GOOD), tmp_path / "report.csv"

    started = run(app, ["init", "--bank", "某银行", "--admin", "root"])
    refused = run(app, ["import", "customers", str(file), "--report", str(report)])
    again = run(app, ["init", "--bank", "某银行", "--admin", "root"])

    assert started.exit_code == 0, started.output
    assert "temporary password" in started.output
    assert refused.exit_code == 1
    assert "Nothing was imported" in refused.output
    assert "advisor1" in report.read_text(encoding="utf-8-sig")
    assert again.exit_code == 1
    with make.serving(f"sqlite:///{tmp_path}/data/day2053.sqlite3", tmp_path / "data") as server:
        server.clock.at = datetime.now(UTC)  # the commands ran by the machine's clock
        password = started.output.split("temporary password ")[1].split()[0]
        reply = server.sign_in("root", password=password).json()
        assert (reply["staff"]["role"], reply["password_change_required"]) == ("admin", True)
