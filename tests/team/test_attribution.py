"""What each activity adds, where the exchange's records are among them: exact, and never less than nothing."""

from decimal import Decimal

from hypothesis import given

from app_server.team.attribution import additions, adds_to, figure_of
from shared_models.activity import Activity
from shared_models.evidence import Grade
from shared_models.fold import fold_day
from tests.shared_models.test_fold import MANAGED, TODAY
from tests.shared_models.test_telephony import days

METRICS = ["calls", "calls_connected", "calls_effective", "declines", *(f"calls_graded.{grade}" for grade in Grade)]


@given(days())
def test_what_calls_and_records_add_is_the_figure(ledger: list[Activity]) -> None:
    folds = additions(ledger, MANAGED, TODAY)
    day = fold_day(ledger, MANAGED, TODAY)
    for metric in METRICS:
        added = [adds_to(metric, before, after) for before, after in folds.values()]
        assert sum(added, Decimal(0)) == figure_of(day, metric)
        assert all(each in (0, 1) for each in added)
