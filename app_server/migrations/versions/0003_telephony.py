"""Telephony: whose the bank's lines are, what its exchanges told, and customers' numbers as they are compared."""

import phonenumbers
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BATCH = 1000


def upgrade() -> None:
    """Add the two tables and fill in every customer's number."""
    op.create_table(
        "line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_line_period")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_line_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
    )
    op.create_index("ix_line_number_provider_starts_on", "line", ["number", "provider", "starts_on"], unique=True)
    op.create_index(op.f("ix_line_staff_id"), "line", ["staff_id"], unique=False)
    op.create_table(
        "telephony_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("line_number", sa.String(), nullable=True),
        sa.Column("customer_number", sa.String(), nullable=True),
        sa.Column("advisor_id", sa.Uuid(), nullable=True),
        sa.Column("line", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["advisor_id"], ["staff.id"], name=op.f("fk_telephony_record_advisor_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephony_record")),
    )
    op.create_index("ix_telephony_record_provider_record_id", "telephony_record", ["provider", "record_id"])
    for name, columns in (
        ("ix_telephony_record_waiting_advisor", ["advisor_id", "customer_number"]),
        ("ix_telephony_record_waiting_line", ["line_number"]),
    ):
        op.create_index(
            name,
            "telephony_record",
            columns,
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
    op.add_column("customer", sa.Column("number", sa.String(), nullable=True))
    _fill_in_numbers()
    op.create_index("ix_customer_number", "customer", ["number"], unique=False)


def _fill_in_numbers() -> None:
    customer = sa.table("customer", sa.column("id", sa.Uuid()), sa.column("phone"), sa.column("number"))
    connection = op.get_bind()
    fill = sa.update(customer).where(customer.c.id == sa.bindparam("of_id")).values(number=sa.bindparam("as_compared"))
    rows = connection.execute(sa.select(customer.c.id, customer.c.phone)).all()
    for start in range(0, len(rows), BATCH):
        numbers = [{"of_id": row.id, "as_compared": _e164(row.phone)} for row in rows[start : start + BATCH]]
        connection.execute(fill, numbers)


def _e164(phone: str) -> str | None:
    # Written out: a later version of the program's own rule must not change what this revision did.
    if any(letter in "*xX#?" for letter in phone):
        return None
    try:
        parsed = phonenumbers.parse(phone.strip(), "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
