"""A past for the bench's bank: larger books, and an advisor-day on each of the last ninety days, as a coverage window has."""

from sqlalchemy import text

from app_server.database import Database
from shared_models.fold import FOLD_VERSION

DAYS = 90
BOOK_MORE = 270
CALLED_A_DAY = 20

_CUSTOMERS = """
INSERT INTO customer (id, name, phone, initials, managed_since, maturities, facts, advisor_id)
SELECT gen_random_uuid(), '客户', '13800000000', 'kh', CASE WHEN n % 6 <> 0 THEN current_date - 300 END, '[]', '{}', staff_id
FROM membership, generate_series(1, :more) AS n
WHERE role = 'advisor'
"""
# On each day the next ones of the book, so that ninety days come to each of them several times.
_ADVISOR_DAYS = """
WITH book AS MATERIALIZED (
    SELECT advisor_id, array_agg(id ORDER BY id) AS ids FROM customer WHERE managed_since IS NOT NULL GROUP BY advisor_id
)
INSERT INTO advisor_day (
    advisor_id, business_day, branch_id, folded_at, fold_version, called_customers, declines, met,
    calls, calls_connected, calls_effective, calls_effective_managed, calls_effective_prospect,
    calls_graded_a, calls_graded_b, calls_graded_c, calls_graded_d,
    calls_connected_graded_a, calls_connected_graded_b, calls_connected_graded_c, calls_connected_graded_d,
    calls_effective_graded_a, calls_effective_graded_b, calls_effective_graded_c, calls_effective_graded_d,
    calls_effective_managed_graded_a, calls_effective_managed_graded_b, calls_effective_managed_graded_c, calls_effective_managed_graded_d,
    visits, visits_graded_a, visits_graded_b, visits_graded_c, visits_graded_d, visits_verified, visits_with_three,
    visits_with_three_graded_a, visits_with_three_graded_b, visits_with_three_graded_c, visits_with_three_graded_d,
    products_presented_graded_a, products_presented_graded_b, products_presented_graded_c, products_presented_graded_d,
    products_bought_graded_a, products_bought_graded_b, products_bought_graded_c, products_bought_graded_d,
    products_presented, products_bought, amount_bought, boards_shown,
    targets_calls, targets_visits, targets_products_per_visit
)
SELECT
    advisor_id, current_date - ago, advisor_id, now(), :version,
    ARRAY(SELECT ids[1 + (ago * :called + n) % cardinality(ids)] FROM generate_series(0, :called - 1) AS n),
    '{"busy": 3}', true,
    24, 22, :called, :called, 0, 0, 0, :called, 4,
    0, 0, :called, 2, 0, 0, :called, 0, 0, 0, :called, 0,
    5, 0, 0, 5, 0, 5, 5,
    0, 0, 5, 0, 0, 0, 15, 0, 0, 0, 5, 0,
    15, 5, 25000000, 0, 20, 5, 3
FROM book CROSS JOIN generate_series(0, :days - 1) AS ago
ON CONFLICT DO NOTHING
"""


def fill(url: str) -> None:
    """Add it to a bank of bank.py's on PostgreSQL; days that are there stay."""
    database = Database(url)
    database.write(lambda session: session.connection().execute(text(_CUSTOMERS), {"more": BOOK_MORE}))
    numbers = {"days": DAYS, "called": CALLED_A_DAY, "version": FOLD_VERSION}
    database.write(lambda session: session.connection().execute(text(_ADVISOR_DAYS), numbers))
    database.write(lambda session: session.connection().exec_driver_sql("ANALYZE"))
    database.dispose()
