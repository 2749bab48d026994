"""Where somebody belongs, as what and from which day on: the sheet that transfers them, and the one that opens an account."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import flet as ft
from pydantic import ValidationError

from app_client.asking import use_asking
from app_client.errors import error_words
from app_client.flet_typed import component, observable, use_observed, use_state
from app_client.i18n import t, t_date, t_n
from app_client.me.screen import role_word
from app_client.people.actions import fetch_units, looked_at_again, open_account, transfer
from app_client.people.words import first_day_words, person_words, unit_words
from app_client.session import AppSession
from app_client.session_context import dismissal, use_unfinished
from app_client.theme import RADIUS, Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
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
from shared_models.org import Unit, UnitKind
from shared_models.people import NewPerson, OrgUnits, PersonDetail, TemporaryPassword, Transfer


@observable
class PlaceForm:
    """What is being filled in: whose transfer (`person`), or an account to open; `picks` is what the sheet lets choose at the moment."""

    def __init__(self) -> None:
        self.is_open = False
        self.person: PersonDetail | None = None
        self.login = ""
        self.name = ""
        self.unit: Unit | None = None
        self.role = StaffRole.ADVISOR
        self.day = date.min
        self.picks: Literal["unit", "day"] | None = None
        self.weeks: date | None = None
        self.trouble = ""
        self.is_busy = False

    def begin(self, today: date, person: PersonDetail | None = None) -> None:
        """Ask for a transfer of that person, from tomorrow on, or for a new account from today on."""
        self.person, self.is_open, self.picks, self.trouble = person, True, None, ""
        self.login = self.name = ""
        self.unit, self.role = (person.unit, person.role) if person else (None, StaffRole.ADVISOR)
        self.day = today + timedelta(days=1) if person else today

    @property
    def changes_nothing(self) -> bool:
        """Whether that is where they belong, and as what, for as long as is known."""
        last = self.person.stays[0] if self.person is not None and self.person.stays else None
        if last is None or self.unit is None or last.until is not None:
            return False
        return (last.unit.id, last.role) == (self.unit.id, self.role)

    def pick_unit(self, unit: Unit) -> None:
        """Choose the unit; an administrator is of the head office."""
        self.unit, self.picks = unit, None
        if unit.kind is not UnitKind.HEAD_OFFICE and self.role is StaffRole.ADMIN:
            self.role = StaffRole.HEAD

    def pick_day(self, day: date) -> None:
        """Choose the day."""
        self.day, self.picks = day, None

    def close(self) -> None:
        """Put the sheet away."""
        self.is_open = False


def use_placing(
    session: AppSession, *, on: str, done: Callable[[str, TemporaryPassword | None], object], changed: Tap
) -> Callable[[PersonDetail | None], object]:
    """A hook: mounts the sheet and returns what opens it, for somebody's transfer or (None) a new account.

    `done` is told what to say, and the password of a new account; `changed`, that somebody else had changed them meanwhile.
    """
    form = use_observed(use_unfinished(f"placing {on}", PlaceForm))

    async def save() -> None:
        if form.is_busy:
            return
        if form.changes_nothing:
            form.trouble = t("还没有改什么：换一个机构或岗位。")
            return
        form.is_busy, form.trouble = True, ""
        try:
            said, made = await _saved(session, form)
        except ValidationError:
            form.trouble = t("工号（最多 64 个字）和姓名都要填，机构要选。")
        except DomainError as error:
            form.trouble = error_words(error)
            if error.code == "changed_meanwhile" and form.person is not None:
                form.person = await looked_at_again(session, form.person)
                changed()
        else:
            form.close()
            done(said, made)
        finally:
            form.is_busy = False

    ft.use_dialog(_sheet(form, session, save) if form.is_open else None)
    return lambda person: form.begin(session.today(), person)


async def _saved(session: AppSession, form: PlaceForm) -> tuple[str, TemporaryPassword | None]:
    """Have the server do it; what to say of it, and the password it made. Raises ValidationError for what is left out."""
    unit_id = form.unit.id if form.unit is not None else None
    placed = {"unit_id": unit_id, "role": form.role}
    if form.person is None:
        new = NewPerson.model_validate({"login": form.login, "name": form.name, **placed, "since": form.day})
        return "", await open_account(session, new)
    move = Transfer.model_validate({**placed, "on_day": form.day, "version": form.person.version})
    await transfer(session, form.person.id, move)
    where = form.unit.name if form.unit is not None else ""
    return t("{name}从{day}起调到{unit}", name=form.person.name, day=t_date(form.day), unit=where), None


def _sheet(form: PlaceForm, session: AppSession, save: Tap) -> ft.BottomSheet:
    today, person = session.today(), form.person
    heading = t("开账号") if person is None else t("调动{name}", name=person.name)
    on_dismiss = dismissal(form.close)
    if form.picks == "unit":
        start = form.unit.id if form.unit is not None else None
        picker = UnitPicker(session=session, start=start, on_pick=form.pick_unit)
        return sheet([picker], heading=t("哪个机构？"), on_dismiss=on_dismiss, on_back=_picking(form, None), tall=True)
    if form.picks == "day":
        calendar = week_calendar(
            first=form.weeks,
            today=today,
            on_turn=lambda first: setattr(form, "weeks", first),
            tap_of=lambda day: lambda: form.pick_day(day),
        )
        return sheet([calendar], heading=t("从哪天起？"), on_dismiss=on_dismiss, on_back=_picking(form, None))
    parts: list[ft.Control] = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    if person is None:
        parts += [
            text_field(
                t("工号"),
                value=form.login,
                on_change=lambda text: setattr(form, "login", text),
                identifier="new-login",
            ),
            text_field(
                t("姓名"),
                value=form.name,
                on_change=lambda text: setattr(form, "name", text),
                identifier="new-name",
            ),
        ]
    parts += [
        framed(
            [
                line_row(
                    t("机构"),
                    detail=form.unit.name if form.unit is not None else t("请选"),
                    on_click=_picking(form, "unit"),
                    place=Place.FIRST,
                    identifier="place-unit",
                ),
                line_row(
                    t("从哪天起"),
                    detail=first_day_words(form.day, today),
                    on_click=_picking(form, "day"),
                    place=Place.LAST,
                    identifier="place-day",
                ),
            ]
        ),
        segments(
            [(role, role_word(role)) for role in _roles(form.unit)],
            selected=form.role,
            on_pick=lambda role: setattr(form, "role", role),
            identifier="place-role",
        ),
        note(_what_follows(person)),
        primary_button(
            t("开账号") if person is None else t("调动"), on_click=save, identifier="save-place", busy=form.is_busy
        ),
    ]
    return sheet(
        parts,
        heading=heading,
        subtitle=_as_it_is(person, today) if person is not None else "",
        on_dismiss=on_dismiss,
        typed=person is None,
    )


def framed(rows: list[ft.Control]) -> ft.Control:
    """Rows of a list with a line around them: on a sheet they have its own colour."""
    return ft.Container(
        ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        border=ft.Border.all(1, Role.LINE),
        border_radius=RADIUS,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _picking(form: PlaceForm, what: Literal["unit", "day"] | None) -> Tap:
    return lambda: setattr(form, "picks", what)


def _roles(unit: Unit | None) -> list[StaffRole]:
    in_head_office = unit is not None and unit.kind is UnitKind.HEAD_OFFICE
    return [StaffRole.ADVISOR, StaffRole.HEAD, *([StaffRole.ADMIN] if in_head_office else [])]


def _as_it_is(person: PersonDetail, today: date) -> str:
    """Where they belong, and what is arranged already."""
    words = t("现在是{place}", place=person_words(person))
    if person.stays and person.stays[0].since > today:
        last = person.stays[0]
        place = f"{role_word(last.role)} · {last.unit.name}"
        words += t("；已安排 {day} 起 {place}", day=t_date(last.since), place=place)
    return words


def _what_follows(person: PersonDetail | None) -> str:
    if person is None:
        return t("开好后给你一个临时密码，当面或打电话告诉本人。")
    words = t("从那天起算在新机构；以前的记录和数字留在原来的机构。")
    return words + t_n("名下 {n} 位客户跟着本人走。", person.customers) if person.customers else words


def _no_units() -> OrgUnits | None:
    return None


@component
def UnitPicker(*, session: AppSession, start: UUID | None, on_pick: Callable[[Unit], object]) -> ft.Control:
    """The tree of units a level at a time, from `start` and those beside it on: up, down, and a button for the one that is meant."""
    at, set_at = use_state(start)
    found, set_found = use_state(_no_units)

    async def ask() -> None:
        units = await fetch_units(session, at)
        if found is None and not units.below and units.above:
            # Who opens it looks for another one, most of all beside it.
            units = await fetch_units(session, units.above[-1].id)
        set_found(lambda _: units)

    trouble, again = use_asking(ask, at)
    if found is None:
        if trouble:
            return error_state(t("看不到机构"), trouble, action=t("再试一次"), on_action=again)
        return loading_state(t("正在取回机构…"))
    unit, open_ones = found.unit, [each for each in found.below if each.closed_on is None]
    above: list[ft.Control] = [
        line_row(
            each.name,
            icon=ft.Icons.ARROW_UPWARD,
            on_click=_going(set_at, each.id),
            place=Place.of(index, len(found.above)),
            identifier=f"pick-above-{each.id}",
        )
        for index, each in enumerate(found.above)
    ]
    below: list[ft.Control] = [
        line_row(
            each.name,
            detail=unit_words(each),
            on_click=_going(set_at, each.id),
            place=Place.of(index, len(open_ones)),
            identifier=f"pick-below-{each.id}",
        )
        for index, each in enumerate(open_ones)
    ]
    choose = primary_button(
        t("选{unit}", unit=unit.name), on_click=lambda: on_pick(unit), identifier="pick-unit", quiet=bool(below)
    )
    parts = [
        *([banner(trouble, action=t("再试一次"), on_action=again)] if trouble else []),
        *([framed(above)] if above else []),
        *([choose] if unit.closed_on is None else []),
        *([framed(below)] if below else []),
    ]
    return ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _going(set_at: Callable[[UUID | None], object], unit_id: UUID) -> Tap:
    return lambda: set_at(unit_id)
