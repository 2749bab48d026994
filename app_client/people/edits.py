"""What head office changes of one person besides their place: the name, a line, and to whom their customers go."""

from collections.abc import Callable
from datetime import date
from typing import Literal
from uuid import UUID

import flet as ft
from pydantic import ValidationError

from app_client.asking import use_asking
from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import t, t_n
from app_client.people.actions import fetch_people, give_line, looked_at_again, move_book, rename
from app_client.people.placing import framed
from app_client.people.words import first_day_words, person_words
from app_client.session import AppSession
from app_client.session_context import dismissal, use_unfinished
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    empty_state,
    error_state,
    line_row,
    loading_state,
    note,
    primary_button,
    segments,
    sheet,
    text_field,
    week_calendar,
)
from shared_models.errors import DomainError
from shared_models.org import Role as StaffRole
from shared_models.people import LineEdit, Person, PersonDetail
from shared_models.telephony import PbxLine

Edit = Literal["name", "line", "book"]


@observable
class EditForm:
    """What is being changed (`what`, None: nothing) of whom, and what was filled in for it; `picks_day`: the sheet shows the calendar."""

    def __init__(self) -> None:
        self.what: Edit | None = None
        self.person: PersonDetail | None = None
        self.name = ""
        self.number = ""
        self.line = PbxLine.LANDLINE
        # The server has said that it is somebody else's, and asks whether that is meant.
        self.is_taken = False
        self.since = date.min
        self.picks_day = False
        self.weeks: date | None = None
        self.to: Person | None = None
        self.trouble = ""
        self.is_busy = False

    def begin(self, what: Edit, person: PersonDetail, today: date) -> None:
        """Ask for that."""
        self.what, self.person, self.trouble, self.picks_day, self.is_taken = what, person, "", False, False
        self.name, self.number, self.since, self.to = person.name, "", today, None

    def pick_day(self, day: date) -> None:
        """Choose the line's first day."""
        self.since, self.picks_day, self.is_taken = day, False, False

    def write_number(self, number: str) -> None:
        """Write down the line's number."""
        self.number, self.is_taken = number, False

    def pick_line(self, line: PbxLine) -> None:
        """Choose what the line is."""
        self.line = line

    def close(self) -> None:
        """Put the sheet away."""
        self.what = None


def use_edits(
    session: AppSession, *, on: str, done: Callable[[str], object], changed: Tap
) -> Callable[[Edit, PersonDetail], object]:
    """A hook: mounts the sheets and returns what opens one; `done` is told what to say, `changed` that somebody else had changed them."""
    form = use_observed(use_unfinished(f"edits {on}", EditForm))

    async def save() -> None:
        if form.is_busy or form.person is None:
            return
        form.is_busy, form.trouble = True, ""
        try:
            said = await _saved(session, form, form.person)
        except ValidationError:
            form.trouble = t("还没有填，或太长了。")
        except DomainError as error:
            form.trouble, form.is_taken = error_words(error), error.code == "line_taken"
            if error.code == "changed_meanwhile":
                form.person = await looked_at_again(session, form.person)
                changed()
        else:
            form.close()
            done(said)
        finally:
            form.is_busy = False

    ft.use_dialog(_sheet(form, form.person, session, save) if form.what is not None and form.person else None)
    return lambda what, person: form.begin(what, person, session.today())


async def _saved(session: AppSession, form: EditForm, person: PersonDetail) -> str:
    """Have the server do it; what to say of it. Raises ValidationError for what is left out."""
    if form.what == "name":
        after = await rename(session, person, form.name)
        return t("姓名已改成{name}", name=after.name)
    if form.what == "line":
        edit = LineEdit(number=form.number, line=form.line, since=form.since, takes_over=form.is_taken)
        await give_line(session, person.id, edit)
        return t("{number} 已登记给{name}", number=edit.number, name=person.name)
    if form.to is None:
        return ""
    await move_book(session, person, form.to.id)
    return t_n("{n} 位客户已移交给{name}", person.customers, name=form.to.name)


def _sheet(form: EditForm, person: PersonDetail, session: AppSession, save: Tap) -> ft.BottomSheet:
    trouble: list[ft.Control] = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    on_dismiss = dismissal(form.close)
    if form.what == "name":
        parts = [
            *trouble,
            text_field(
                t("姓名"),
                value=form.name,
                on_change=lambda text: setattr(form, "name", text),
                identifier="edit-name",
            ),
            primary_button(t("保存"), on_click=save, identifier="save-name", busy=form.is_busy),
        ]
        now = t("现在是{place}", place=person.name)
        return sheet(parts, heading=t("改姓名"), subtitle=now, on_dismiss=on_dismiss, typed=True)
    if form.what == "line":
        return _line_sheet(form, person, session.today(), save, trouble)
    if form.to is None:
        chooser = AdvisorChooser(session=session, leaves_out=person.id, on_pick=lambda to: setattr(form, "to", to))
        heading = t("{name}的客户移交给谁？", name=person.name)
        return sheet([*trouble, chooser], heading=heading, on_dismiss=on_dismiss, tall=True, typed=True)
    to = form.to
    return sheet(
        [
            *trouble,
            primary_button(
                t_n("移交 {n} 位客户", person.customers), on_click=save, identifier="save-book", busy=form.is_busy
            ),
        ],
        heading=t_n("把 {n} 位客户移交给{name}？", person.customers, name=to.name),
        subtitle=t(
            "{place}。还没兑现的约定一起过去；做过的记录和数字留在{name}名下。",
            place=person_words(to),
            name=person.name,
        ),
        on_dismiss=on_dismiss,
        on_back=lambda: setattr(form, "to", None),
    )


def _line_sheet(
    form: EditForm, person: PersonDetail, today: date, save: Tap, trouble: list[ft.Control]
) -> ft.BottomSheet:
    on_dismiss = dismissal(form.close)
    if form.picks_day:
        calendar = week_calendar(
            first=form.weeks,
            today=today,
            on_turn=lambda first: setattr(form, "weeks", first),
            tap_of=lambda day: lambda: form.pick_day(day),
        )
        back = _set(form, picks=False)
        return sheet([calendar], heading=t("从哪天起？"), on_dismiss=on_dismiss, on_back=back)
    return sheet(
        [
            *trouble,
            segments(
                [(PbxLine.LANDLINE, t("分机")), (PbxLine.MOBILE, t("手机"))],
                selected=form.line,
                on_pick=form.pick_line,
                identifier="line-kind",
            ),
            text_field(
                t("号码"),
                value=form.number,
                on_change=form.write_number,
                identifier="line-number",
                keyboard=ft.KeyboardType.PHONE,
            ),
            framed(
                [
                    line_row(
                        t("从哪天起"),
                        detail=first_day_words(form.since, today),
                        on_click=_set(form, picks=True),
                        identifier="line-day",
                    )
                ]
            ),
            *(
                [note(t("改给{name}以后，从那天起就不再是那个人的；以前的通话不变。", name=person.name))]
                if form.is_taken
                else []
            ),
            primary_button(
                t("改给{name}", name=person.name) if form.is_taken else t("登记"),
                on_click=save,
                identifier="save-line",
                busy=form.is_busy,
            ),
        ],
        heading=t("给{name}登记号码", name=person.name),
        on_dismiss=on_dismiss,
        typed=True,
    )


def _set(form: EditForm, *, picks: bool) -> Tap:
    return lambda: setattr(form, "picks_day", picks)


def _nobody_yet() -> list[Person] | None:
    return None


@component
def AdvisorChooser(*, session: AppSession, leaves_out: UUID, on_pick: Callable[[Person], object]) -> ft.Control:
    """Advisors whose account is open, found by login or name; one tap takes one."""
    searched, set_searched = use_state("")
    found, set_found = use_state(_nobody_yet)

    async def ask() -> None:
        people = (await fetch_people(session, searched=searched)).people
        set_found(
            lambda _: [
                each for each in people if each.active and each.role is StaffRole.ADVISOR and each.id != leaves_out
            ]
        )

    trouble, again = use_asking(ask, searched)
    parts: list[ft.Control] = [
        text_field(
            t("找工号或姓名"),
            value=searched,
            on_change=set_searched,
            identifier="advisor-search",
            icon=ft.Icons.SEARCH,
        ),
        ft.Container(height=8),
    ]
    if trouble:
        parts.append(error_state(t("看不到人员"), trouble, action=t("再试一次"), on_action=again))
    elif found is None:
        parts.append(loading_state(t("正在取回人员…")))
    elif not found:
        parts.append(empty_state(t("没有这样的客户经理"), icon=ft.Icons.PERSON_SEARCH))
    else:
        rows: list[ft.Control] = [
            line_row(
                f"{each.name} · {each.login}",
                detail=person_words(each),
                on_click=_picking(on_pick, each),
                place=Place.of(index, len(found)),
                identifier=f"advisor-{each.login}",
            )
            for index, each in enumerate(found)
        ]
        parts.append(framed(rows))
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _picking(on_pick: Callable[[Person], object], person: Person) -> Tap:
    return lambda: on_pick(person)
