"""What a unit's day comes to by one `GROUP BY` over the raw ledger: the thing to beat, and a second opinion on every figure.

Counted by SQL alone from activities, voids taken back, as CONTRACT.md says; it knows no exchange's records and no cards, of which
the bench's bank has none.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from shared_models.policy import Policy
from shared_models.team import Totals

_PICKS = {
    "postgresql": "jsonb_array_elements(proposal.data->'picks') AS pick(value)",
    "sqlite": "json_each(proposal.data, '$.picks') AS pick",
}

_DAY = """
WITH people AS MATERIALIZED (
    SELECT staff_id, substr(unit.path, length(:path) + 1, 36) AS part
    FROM membership JOIN unit ON unit.id = membership.unit_id
    WHERE role = 'advisor' AND substr(unit.path, 1, length(:path)) = :path
), standing AS MATERIALIZED (
    SELECT ledger.id, kind, advisor_id, customer_id, data
    FROM people JOIN ledger ON ledger.advisor_id = people.staff_id AND business_day = :day
    WHERE NOT EXISTS (SELECT 1 FROM ledger AS void WHERE void.kind = 'void' AND void.refers_to = ledger.id)
), spoken AS (
    SELECT advisor_id, customer_id, data->>'outcome' AS outcome,
        CASE WHEN data->>'timed_by' = 'device' THEN 'C' ELSE 'D' END AS grade,
        data->>'outcome' IN ('interested', 'appointment', 'follow_up', 'declined') AS connected,
        CAST(data->>'talk_seconds' AS integer) >= :seconds AS long_enough
    FROM standing WHERE kind = 'call'
), calls AS (
    SELECT advisor_id, count(*) AS calls, sum(CASE WHEN grade = 'C' THEN 1 ELSE 0 END) AS calls_c,
        sum(CASE WHEN connected THEN 1 ELSE 0 END) AS connected,
        sum(CASE WHEN outcome = 'declined' THEN 1 ELSE 0 END) AS declined
    FROM spoken GROUP BY advisor_id
), reached AS (
    SELECT advisor_id, customer_id, min(grade) AS grade, max(CASE WHEN outcome = 'appointment' THEN 1 ELSE 0 END) AS agreed
    FROM spoken WHERE connected AND long_enough GROUP BY advisor_id, customer_id
), effective AS (
    SELECT reached.advisor_id, count(*) AS effective, sum(CASE WHEN reached.grade = 'C' THEN 1 ELSE 0 END) AS effective_c,
        sum(CASE WHEN managed_since <= :day THEN 1 ELSE 0 END) AS managed, sum(agreed) AS agreed
    FROM reached JOIN customer ON customer.id = customer_id GROUP BY reached.advisor_id
), visited AS (
    SELECT advisor_id, customer_id, min(CASE WHEN data->>'fix' IS NULL THEN 'D' ELSE 'C' END) AS grade
    FROM standing WHERE kind = 'visit' GROUP BY advisor_id, customer_id
), picked AS (
    SELECT advisor_id, customer_id, pick.value->>'product_id' AS product, max(pick.value->>'response') AS response,
        sum(CASE WHEN pick.value->>'response' = 'bought' THEN CAST(pick.value->>'amount' AS numeric) ELSE 0 END) AS amount,
        max(CASE WHEN pick.value->>'response' = 'bought' THEN 1 ELSE 0 END) AS bought
    FROM standing AS proposal, {picks}
    WHERE kind = 'proposal' GROUP BY advisor_id, customer_id, pick.value->>'product_id'
), presented AS (
    SELECT advisor_id, customer_id, count(*) AS products, sum(bought) AS bought, sum(amount) AS amount
    FROM picked GROUP BY advisor_id, customer_id
), visits AS (
    SELECT visited.advisor_id, count(*) AS visits, sum(CASE WHEN grade = 'C' THEN 1 ELSE 0 END) AS visits_c,
        sum(CASE WHEN products >= :three THEN 1 ELSE 0 END) AS with_three
    FROM visited LEFT JOIN presented ON presented.advisor_id = visited.advisor_id AND presented.customer_id = visited.customer_id
    GROUP BY visited.advisor_id
), products AS (
    SELECT advisor_id, sum(products) AS presented, sum(bought) AS bought, sum(amount) AS amount FROM presented GROUP BY advisor_id
)
SELECT part, count(*) AS advisors, sum(calls) AS calls, sum(calls_c) AS calls_c, sum(connected) AS calls_connected,
    sum(declined) AS declines, sum(effective) AS calls_effective, sum(effective_c) AS calls_effective_c,
    sum(managed) AS calls_effective_managed, sum(agreed) AS appointments, sum(visits) AS visits, sum(visits_c) AS visits_verified,
    sum(with_three) AS visits_with_three, sum(presented) AS products_presented, sum(products.bought) AS products_bought,
    sum(amount) AS amount_bought,
    sum(CASE WHEN coalesce(effective, 0) >= :calls AND coalesce(visits, 0) >= :visits
        AND coalesce(with_three, 0) = coalesce(visits, 0) THEN 1 ELSE 0 END) AS advisors_met
FROM people
LEFT JOIN calls ON calls.advisor_id = staff_id LEFT JOIN effective ON effective.advisor_id = staff_id
LEFT JOIN visits ON visits.advisor_id = staff_id LEFT JOIN products ON products.advisor_id = staff_id
GROUP BY part
"""

_COVERAGE = """
WITH people AS MATERIALIZED (
    SELECT staff_id, substr(unit.path, length(:path) + 1, 36) AS part
    FROM membership JOIN unit ON unit.id = membership.unit_id
    WHERE role = 'advisor' AND substr(unit.path, 1, length(:path)) = :path
), called AS MATERIALIZED (
    SELECT DISTINCT customer_id
    FROM people JOIN ledger ON ledger.advisor_id = people.staff_id
    WHERE business_day BETWEEN :first AND :day AND kind = 'call'
        AND data->>'outcome' IN ('interested', 'appointment', 'follow_up', 'declined')
        AND CAST(data->>'talk_seconds' AS integer) >= :seconds
        AND NOT EXISTS (SELECT 1 FROM ledger AS void WHERE void.kind = 'void' AND void.refers_to = ledger.id)
)
SELECT part, count(*) AS managed_customers, count(called.customer_id) AS called_in_window
FROM people JOIN customer ON customer.advisor_id = staff_id AND managed_since <= :day
LEFT JOIN called ON called.customer_id = customer.id
GROUP BY part
"""

Figures = dict[str, int]


def figures_of(session: Session, *, path: str, day: date, policy: Policy) -> dict[str, Figures]:
    """Each figure of each part right below the unit, a child unit by its id or "" for its own advisors; money in hundredths."""
    dialect = session.get_bind().dialect.name
    day_of = text(_DAY.format(picks=_PICKS[dialect]))
    first = day - timedelta(days=policy.coverage_days - 1)
    values: dict[str, Any] = {"path": path, "day": str(day), "seconds": policy.effective_talk_seconds}
    targets = {"calls": policy.calls, "visits": policy.visits, "three": policy.products_per_visit}
    found: dict[str, Figures] = {}
    for row in session.connection().execute(day_of, values | targets).mappings():
        counts = {name: value or 0 for name, value in row.items() if name not in {"part", "amount_bought"}}
        found[row["part"]] = {**counts, "amount_bought": round(100 * (row["amount_bought"] or 0))}
    for row in session.connection().execute(text(_COVERAGE), {**values, "first": str(first)}).mappings():
        found[row["part"]] |= {name: row[name] for name in ("managed_customers", "called_in_window")}
    return found


def told(totals: Totals) -> dict[str, int]:
    """The same figures as the server tells them."""
    graded = {"calls_c": totals.calls_graded, "calls_effective_c": totals.calls_effective_graded}
    plain = (
        "advisors",
        "calls",
        "calls_connected",
        "calls_effective",
        "calls_effective_managed",
        "appointments",
        "visits",
        "visits_verified",
        "visits_with_three",
        "products_presented",
        "products_bought",
        "advisors_met",
    )
    return {
        **{name: getattr(totals, name) for name in plain},
        **{name: counts["C"] for name, counts in graded.items()},  # pyright: ignore[reportArgumentType] - a grade is its letter
        "declines": sum(totals.declines.values()),
        "amount_bought": int(totals.amount_bought * 100),
        "managed_customers": totals.coverage.managed_customers,
        "called_in_window": totals.coverage.called_in_window,
    }
