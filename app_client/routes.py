"""Which screen stands at which address. A screen opened from another lies beneath it, so that back returns there."""

import flet as ft

from app_client.boards.objections import ObjectionsScreen
from app_client.boards.presenting import PresentingScreen, ShortVisitScreen
from app_client.boards.screen import BoardsScreen
from app_client.bulletins.screen import BulletinScreen
from app_client.cases.compose import ComposeScreen
from app_client.cases.screen import CasesScreen, TeamCaseScreen
from app_client.coverage.screen import CoverageScreen
from app_client.customers.screen import CustomerScreen, CustomersScreen
from app_client.evening.screen import EveningScreen
from app_client.flet_typed import component
from app_client.i18n import t
from app_client.me.screen import MeScreen
from app_client.meetings.past import MeetingsScreen, PastMeetingScreen
from app_client.meetings.screen import MeetingScreen
from app_client.month.own import OwnMonthScreen
from app_client.month.screen import MonthScreen
from app_client.morning.lists import ListScreen
from app_client.morning.screen import MorningScreen
from app_client.packs.screen import PackScreen
from app_client.people.log import LogScreen
from app_client.people.screen import PeopleScreen, PersonScreen
from app_client.people.units import UnitsScreen
from app_client.playbook.screen import CaseScreen, PlaybookScreen
from app_client.proposals.screen import ProposalScreen
from app_client.quality.screen import QualityScreen
from app_client.quality.wordings import WordingsScreen
from app_client.reviews.own import OwnReviewScreen, OwnReviewsScreen
from app_client.reviews.scorecard import SubjectScreen
from app_client.reviews.screen import ReviewsScreen
from app_client.session_context import go, use_session
from app_client.shell.screen import shell_view
from app_client.summaries.screen import SummaryScreen
from app_client.team.hall import HallScreen
from app_client.team.screen import TeamScreen
from app_client.today.screen import TodayScreen
from app_client.visits.screen import VisitsScreen
from app_client.widgets import empty_state
from shared_models.org import Role


@component
def HomeScreen() -> ft.Control:
    """Where a person begins: an advisor with the day, a head with the team."""
    return TodayScreen() if use_session().staff.role is Role.ADVISOR else TeamScreen()


@component
def NowhereScreen() -> ft.View:
    """An address that leads nowhere, or is not for this role."""
    return shell_view(
        route="/nowhere",
        heading=t("没有这个页面"),
        content=[
            empty_state(
                t("地址不对，或你没有权限"),
                icon=ft.Icons.EXPLORE_OFF_OUTLINED,
                action=t("回到开头"),
                on_action=lambda: go("/"),
            )
        ],
    )


def routes_of(role: Role) -> list[ft.Route]:
    """The addresses of one role; what is not in its list does not exist for it."""
    everyone = [
        ft.Route(index=True, component=HomeScreen),
        ft.Route(path="me", component=MeScreen),
    ]
    if role is Role.ADVISOR:
        return [
            *everyone,
            ft.Route(
                path="today",
                component=TodayScreen,
                children=[
                    _customer(),
                    _own_reviews(),
                    ft.Route(path="objections/:reason", component=ObjectionsScreen),
                ],
            ),
            ft.Route(
                path="customers",
                component=CustomersScreen,
                children=[ft.Route(path=":customer_id", component=CustomerScreen)],
            ),
            ft.Route(
                path="visits",
                component=VisitsScreen,
                children=[
                    ft.Route(path=":visit_id/proposal", component=ProposalScreen),
                    ft.Route(path=":visit_id/summary", component=SummaryScreen),
                    _boards(":visit_id/boards"),
                    ft.Route(path=":visit_id/short", component=ShortVisitScreen),
                    _customer(),
                ],
            ),
            _boards("boards"),
            ft.Route(
                path="evening",
                component=EveningScreen,
                children=[_customer(), _own_reviews(), ft.Route(path="month", component=OwnMonthScreen)],
            ),
            ft.Route(
                path="playbook", component=PlaybookScreen, children=[ft.Route(path=":case_id", component=CaseScreen)]
            ),
            ft.Route(path=":elsewhere*", component=NowhereScreen),
        ]
    return [
        *everyone,
        ft.Route(path="quality", component=QualityScreen),
        *([ft.Route(path="quality/wordings", component=WordingsScreen)] if role is Role.ADMIN else []),
        ft.Route(
            path="team",
            component=TeamScreen,
            children=[
                ft.Route(path="bulletin", component=BulletinScreen),
                ft.Route(path="month/:unit_id", component=MonthScreen),
                ft.Route(path="pack/:unit_id", component=PackScreen),
                ft.Route(path="coverage/:unit_id", component=CoverageScreen),
                ft.Route(path="reviews/:unit_id", component=ReviewsScreen),
                ft.Route(path="activities/:activity_id", component=SubjectScreen),
                ft.Route(path="hall/:unit_id", component=HallScreen),
                ft.Route(
                    path="morning/:unit_id",
                    component=MorningScreen,
                    children=[ft.Route(path="lists/:advisor_id/:day", component=ListScreen)],
                ),
                ft.Route(path="meeting/:unit_id/:day", component=MeetingScreen),
                ft.Route(
                    path="meetings/:unit_id",
                    component=MeetingsScreen,
                    children=[ft.Route(path=":meeting_id", component=PastMeetingScreen)],
                ),
            ],
        ),
        ft.Route(
            path="cases",
            component=CasesScreen,
            children=[
                ft.Route(path="compose", component=ComposeScreen),
                ft.Route(path=":case_id", component=TeamCaseScreen),
            ],
        ),
        ft.Route(
            path="people",
            component=PeopleScreen,
            children=[
                ft.Route(path="log", component=LogScreen),
                ft.Route(path="units", component=UnitsScreen),
                ft.Route(path="units/:unit_id", component=UnitsScreen),
                ft.Route(path=":staff_id", component=PersonScreen),
            ],
        ),
        ft.Route(path=":elsewhere*", component=NowhereScreen),
    ]


def _customer() -> ft.Route:
    return ft.Route(path="customers/:customer_id", component=CustomerScreen)


def _boards(path: str) -> ft.Route:
    return ft.Route(
        path=path, component=BoardsScreen, children=[ft.Route(path=":board_id", component=PresentingScreen)]
    )


def _own_reviews() -> ft.Route:
    return ft.Route(
        path="reviews",
        component=OwnReviewsScreen,
        children=[ft.Route(path=":review_id", component=OwnReviewScreen)],
    )
