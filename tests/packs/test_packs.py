"""Packs and trainings over HTTP: who may see and enter them, that the same ledger makes the same file, and how before and after are counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app_server.org.queries import policies
from app_server.packs.service import pack_of_unit
from app_server.tables import StaffRow
from app_server.trainings.service import cohorts_of, window_of
from shared_models.bulletins import span_of
from shared_models.calls import CallOutcome
from shared_models.org import Role
from shared_models.packs import Pack, PageCode
from shared_models.team import Period
from tests import factories
from tests.factories import NOW, Server, Tree
from tests.team.recording import call, record

MONTH = "2026-11"
TODAY = date(2026, 11, 23)
TRAINED_ON = date(2026, 11, 13)


@dataclass
class Bank:
    """Two advisors of an outlet who made calls before and after the 13th, one more of them each day afterwards; one in another branch."""

    server: Server
    tree: Tree
    advisors: list[StaffRow]
    stranger: StaffRow
    admin: dict[str, str]
    head: dict[str, str]

    def path(self, unit: Any = None, month: str = MONTH, ending: str = "") -> str:
        return f"/api/v1/packs/{unit or self.tree.branches[0].id}/{month}{ending}"

    def get(self, by: dict[str, str], path: str) -> Any:
        return self.server.http.get(path, headers=by)

    def put(self, by: dict[str, str], training_id: UUID, **edit: Any) -> Any:
        body = {"title": "讲透三个产品", "day": str(TRAINED_ON), **edit}
        return self.server.http.put(f"/api/v1/team/trainings/{training_id}", json=body, headers=by)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bank(request: pytest.FixtureRequest, fresh_database: Any, tmp_path_factory: Any) -> Iterator[Bank]:
    with fresh_database(request.param) as url, factories.serving(url, tmp_path_factory.mktemp("packs")) as server:
        tree = factories.tree(server.db)
        factories.policy(server.db)
        advisors = [factories.staff(server.db, unit) for unit in (*tree.outlets[:2], tree.outlets[2])]
        for number, advisor in enumerate(advisors):
            made = []
            # The working days of the week before the 13th and of the one after; the second advisor calls as before.
            for day in (9, 10, 16, 17):
                for _ in range(1 + (day > 13 and number == 0)):
                    seq, at = len(made) + 1, NOW - timedelta(days=TODAY.day - day)
                    outcome = CallOutcome.APPOINTMENT if seq == 1 else CallOutcome.INTERESTED
                    made.append(call(factories.customer(server.db, advisor).id, at=at, seq=seq, outcome=outcome))
            record(server.db, advisor, made)
        people = [
            factories.staff(server.db, tree.root, role=Role.ADMIN),
            factories.staff(server.db, tree.branches[0], role=Role.HEAD),
        ]
        admin, head = map(server.bearer, people)
        yield Bank(server, tree, advisors[:2], advisors[2], admin, head)


def test_heads_and_head_office_see_it_and_nobody_else(bank: Bank) -> None:
    assert bank.server.http.get(bank.path()).status_code == 401
    assert bank.get(bank.server.bearer(bank.advisors[0]), bank.path()).status_code == 403
    assert bank.get(bank.admin, bank.path(bank.tree.root.id)).status_code == 200
    for ending in ("", ".pdf", "/funnel.png"):
        others = [bank.tree.root.id, bank.tree.branches[1].id, uuid4()]
        replies = [bank.get(bank.head, bank.path(unit, ending=ending)) for unit in others]
        assert {reply.status_code for reply in replies} == {404}
        assert len({reply.text for reply in replies}) == 1, "as if it did not exist"


def test_its_figures_are_the_folds(bank: Bank) -> None:
    told = Pack.model_validate(bank.get(bank.head, bank.path()).json())
    assert [page.code for page in told.pages] == list(PageCode)
    steps = {bar.name: bar.value for bar in told.pages[3].bars[0].bars}
    assert steps == {"拨打": "10", "有效电话": "10", "约见": "2", "面访": "0", "成交产品": "0"}
    assert not told.is_over


@pytest.mark.parametrize("month", ["2026-12", "1999-12", "2026-13", "2026-1", "202611", "now"])
def test_a_month_that_cannot_be_told_is_refused(bank: Bank, month: str) -> None:
    assert bank.get(bank.admin, bank.path(month=month)).status_code == 422


def test_a_month_without_records_says_so(bank: Bank) -> None:
    told = Pack.model_validate(bank.get(bank.head, bank.path(month="2026-08")).json())
    assert told.pages[0].sentences == ["这个月没有记录。"]
    assert bank.get(bank.head, bank.path(month="2026-08", ending=".pdf")).content.startswith(b"%PDF-")


def test_the_same_ledger_makes_the_same_file_whenever_it_is_made(bank: Bank) -> None:
    first = bank.get(bank.head, bank.path(ending=".pdf"))
    bank.server.clock.pass_(minutes=4)
    second = bank.get(bank.admin, bank.path(ending=".pdf"))
    bank.server.clock.pass_(minutes=-4)
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.content == second.content
    assert first.content.count(b"/Type /Page\n") + first.content.count(b"/Type/Page/") == 6
    picture = bank.get(bank.head, bank.path(ending="/units.png")).content
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1920, 1080)


def test_names_are_never_run(bank: Bank) -> None:
    def made(session: Any) -> Pack:
        return pack_of_unit(session, bank.tree.branches[0].id, month=MONTH, language="zh", now=NOW)

    from app_server.packs.printed import pdf

    told = bank.server.db.read(made)
    told.pages[0].sentences.append('#read("/etc/passwd") $x$ [ \\')
    assert pdf(told, folder=bank.server.settings.data_dir).startswith(b"%PDF-")


def test_before_and_after_are_of_as_many_days_and_of_working_days_alone(bank: Bank) -> None:
    training_id = uuid4()
    reply = bank.put(bank.head, training_id, advisor_ids=[str(bank.advisors[0].id)])
    assert (reply.status_code, reply.json()["advisors"]) == (200, 1)
    span = span_of(TODAY, Period.MONTH).up_to(TODAY)

    def work(session: Any) -> Any:
        return cohorts_of(session, bank.tree.branches[0].path, span, policies(session))

    (cohort,) = bank.server.db.read(work)
    # Ten days have passed, so one whole week is compared: 6 to 12 November with 14 to 20.
    assert cohort.window_days == 7
    assert (cohort.before.calls_effective, cohort.after.calls_effective) == (2, 4)
    assert (cohort.others_before.calls_effective, cohort.others_after.calls_effective) == (2, 2)
    assert {each.advisor_days for each in (cohort.before, cohort.after, cohort.others_before)} == {5}
    elsewhere = bank.server.db.read(
        lambda session: cohorts_of(session, bank.tree.branches[1].path, span, policies(session))
    )
    assert elsewhere == [], "nobody of that branch was there"
    page = Pack.model_validate(bank.get(bank.head, bank.path()).json()).pages[4]
    assert "由 0.4 到 0.8，多 0.4；同期其他人持平（样本小，只作参考）" in page.sentences[0]
    again = bank.put(bank.head, training_id, advisor_ids=[str(bank.advisors[0].id)])
    assert again.json() == reply.json(), "the same again changes nothing"
    assert bank.server.http.delete(f"/api/v1/team/trainings/{training_id}", headers=bank.head).status_code == 204
    assert bank.get(bank.head, "/api/v1/team/trainings").json() == {"trainings": []}


def test_a_head_enters_trainings_of_the_own_subtree_alone(bank: Bank) -> None:
    training_id = uuid4()
    for edit in (
        {"advisor_ids": [str(bank.stranger.id)]},
        {"advisor_ids": [str(bank.advisors[0].id), str(bank.stranger.id)]},
        {"unit_ids": [str(bank.tree.branches[1].id)]},
        {"unit_ids": [str(uuid4())]},
    ):
        assert bank.put(bank.head, training_id, **edit).status_code == 404
    for edit in (
        {},
        {"unit_ids": [str(bank.tree.branches[0].id)], "day": "2026-11-24"},
        {"unit_ids": [str(bank.tree.branches[0].id)], "title": ""},
        {"unit_ids": [str(bank.tree.branches[0].id)], "advisors": 3},
    ):
        assert bank.put(bank.head, training_id, **edit).status_code == 422
    assert bank.put(bank.admin, training_id, unit_ids=[str(bank.tree.root.id)]).json()["advisors"] == 3
    # A head sees that some of theirs were there, and leaves it to head office.
    assert bank.get(bank.head, "/api/v1/team/trainings").json()["trainings"][0]["advisors"] == 2
    own = {"unit_ids": [str(bank.tree.branches[0].id)]}
    assert bank.put(bank.head, training_id, **own).status_code == 404
    one = f"/api/v1/team/trainings/{training_id}"
    assert bank.server.http.delete(one, headers=bank.head).status_code == 404
    assert bank.server.http.put(one, json=own).status_code == 401
    assert bank.put(bank.server.bearer(bank.advisors[0]), training_id, **own).status_code == 403
    assert bank.server.http.delete(one, headers=bank.admin).status_code == 204


@pytest.mark.parametrize(("passed", "days"), [(1, 1), (6, 6), (7, 7), (13, 7), (27, 21), (28, 28), (60, 28)])
def test_a_window_is_of_whole_weeks_once_there_is_one(passed: int, days: int) -> None:
    assert window_of(TRAINED_ON, TRAINED_ON + timedelta(days=passed)) == days
