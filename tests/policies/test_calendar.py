"""The Chinese working calendar that a policy carries."""

from datetime import date

from app_server.policies.calendar import calendar_for, unknown_years, working_days_before


def test_national_day_2026_is_off_and_its_make_up_days_are_worked():
    calendar = calendar_for([2026])

    assert not calendar.is_working_day(date(2026, 10, 1))
    assert not calendar.is_working_day(date(2026, 10, 7))
    assert calendar.is_working_day(date(2026, 10, 8))
    assert calendar.is_working_day(date(2026, 10, 10)), "a Saturday worked for the holiday"
    assert not calendar.is_working_day(date(2026, 10, 11))


def test_a_year_not_announced_yet_has_weekdays_only_and_is_named():
    calendar = calendar_for([2999])

    assert unknown_years([2026, 2999]) == [2999]
    assert not calendar.days_off
    assert not calendar.make_up_days


def test_working_days_before_a_day_leave_out_holidays():
    days = working_days_before(date(2026, 10, 9), 3, calendar_for([2026]))

    assert days == [date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 8)]
