"""The page on which a head sets the list of an advisor, or of all of an outlet, for a working day: whom the day left open, and a word with it."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import flet as ft

from app_client.errors import error_words
from app_client.flet_typed import component, use_observed
from app_client.i18n import t, t_capital, t_date, t_day_from, t_n
from app_client.session import AppSession
from app_client.session_context import use_unfinished
from app_client.shell.screen import announce
from app_client.team.actions import fetch_activities, fetch_plan, set_plans
from app_client.team.arrange_form import ArrangeForm
from app_client.team.candidates import Candidate, Group, candidates_of, list_days
from app_client.team.queries import Advisor, Behind, TeamView, kept_activities
from app_client.team.words import group_word
from app_client.theme import Role
from app_client.widgets import (
    Place,
    Tap,
    Tone,
    banner,
    body,
    chips,
    error_state,
    line_row,
    loading_state,
    note,
    primary_button,
    quiet_button,
    section_header,
    segments,
    tappable,
    text_field,
)
from shared_models.errors import DomainError

_DAYS_OFFERED = 3
_MOST_NOTE = 200
_MOST_ROWS = 60


@component
def Arrange(*, session: AppSession, view: TeamView, advisor_id: UUID | None, version: int, on_done: Tap) -> ft.Control:
    """The list of one advisor, or with None of every advisor of the unit; `version` is the store's."""
    today = session.today()
    days = list_days(view.team.policy, today, count=_DAYS_OFFERED + 1)
    tomorrow = next((day for day in days if day > today), today)
    form = use_observed(use_unfinished(f"arrange {advisor_id}", lambda: ArrangeForm(tomorrow)))
    asked = Behind(view.team.unit.id, view.team.day, advisor_id)
    found = ft.use_memo(lambda: kept_activities(session, asked), [asked, version])

    async def look() -> None:
        form.trouble = ""
        try:
            await fetch_activities(session, asked)
        except DomainError as error:
            form.trouble = error_words(error)

    async def look_up_earlier() -> None:
        if advisor_id is None:
            return
        try:
            form.take_earlier(await fetch_plan(session, advisor_id, form.day))
        except DomainError as error:
            form.trouble = error_words(error)

    ft.use_effect(look, [asked])
    ft.use_effect(look_up_earlier, [advisor_id, form.day])
    if found is None:
        if form.trouble:
            return error_state(t("取不到这一天的记录"), form.trouble, action=t("再试一次"), on_action=look)
        return loading_state(t("正在取回这一天的记录…"))
    advisors = [each for each in view.advisors if advisor_id in (None, each.row.staff.id)]
    candidates = candidates_of(found)
    chosen = form.chosen(candidates)
    parts: list[ft.Control] = [banner(form.trouble, tone=Tone.BAD)] if form.trouble else []
    parts += [
        segments(
            [(day, t_capital(t_day_from(day, today=today, weekday=False))) for day in days[:_DAYS_OFFERED]],
            selected=form.day,
            on_pick=lambda day: setattr(form, "day", day),
            identifier="list-day",
        ),
        section_header(_source_words(view, today), t_n("{n} 位", len(chosen))),
        _groups(form, candidates),
        section_header(t("带一句话")),
        *_note(form),
        ft.Container(height=16),
        primary_button(
            _save_words(advisors, chosen, form),
            on_click=_save(session, advisors, chosen, form, on_done) if chosen or form.note.strip() else None,
            identifier="save-list",
            busy=form.is_busy,
        ),
        ft.Container(
            note(t("手机一同步，名单就排在“今日”最前面。"), align=ft.TextAlign.CENTER),
            alignment=ft.Alignment.CENTER,
            padding=ft.Padding.symmetric(vertical=8),
        ),
        # Beneath the button: what is chosen by itself is mostly right, and then nobody needs to read it.
        *(_customers(form, candidates) if advisor_id is not None else _shares(advisors, chosen)),
    ]
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _source_words(view: TeamView, today: date) -> str:
    return t("从{day}的记录里挑", day=t_day_from(view.team.day, today=today, weekday=False))


def _groups(form: ArrangeForm, candidates: Sequence[Candidate]) -> ft.Control:
    """A chip for each way the day ended, with its count; several may be chosen. The list that was set before is one, too."""
    parts: list[ft.Control] = []
    if form.earlier is not None and form.earlier.customer_ids:
        words = t_n("已在名单 {n}", len(form.earlier.customer_ids))
        parts.append(_chip("earlier", words, is_on=form.keeps_earlier, on_pick=lambda: _flip_earlier(form)))
    for group in Group:
        count = sum(each.group is group for each in candidates)
        if count:
            words = f"{group_word(group)} {count}"
            parts.append(_chip(group, words, is_on=group in form.groups, on_pick=_flip(form, group)))
    if not parts:
        return note(t("这一天还没有可挑的客户；可以只留一句话。"))
    return ft.Row(parts, spacing=8, run_spacing=8, wrap=True)


def _chip(key: str, words: str, *, is_on: bool, on_pick: Tap) -> ft.Control:
    return chips([(key, words)], selected=key if is_on else None, on_pick=lambda _: on_pick(), identifier="group")


def _flip_earlier(form: ArrangeForm) -> None:
    form.keeps_earlier = not form.keeps_earlier


def _flip(form: ArrangeForm, group: Group) -> Tap:
    return lambda: form.toggle_group(group)


def _customers(form: ArrangeForm, candidates: Sequence[Candidate]) -> list[ft.Control]:
    """Everybody of the chosen groups, each to be left out by a tap."""
    offered = [each for each in candidates if each.group in form.groups]
    shown = offered[:_MOST_ROWS]
    rows: list[ft.Control] = [_customer(form, each, Place.of(index, len(shown))) for index, each in enumerate(shown)]
    if len(offered) > len(shown):
        rows.append(note(t_n("还有 {n} 位，也在名单里", len(offered) - len(shown))))
    return rows


def _customer(form: ArrangeForm, candidate: Candidate, place: Place) -> ft.Control:
    is_in = candidate.customer_id not in form.left_out
    icon = ft.Icons.CHECK_BOX if is_in else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    return tappable(
        ft.Row(
            [
                ft.Icon(icon, size=22, color=Role.BRAND if is_in else Role.MUTE),
                ft.Container(body(candidate.name, color=Role.INK if is_in else Role.MUTE, lines=1), expand=True),
                note(group_word(candidate.group)),
            ],
            spacing=12,
        ),
        label=f"{candidate.name}, {group_word(candidate.group)}",
        on_click=lambda: form.toggle_customer(candidate.customer_id),
        identifier=f"candidate-{candidate.customer_id}",
        selected=is_in,
        bgcolor=Role.CARD,
        radius=place.corners(),
        padding=ft.Padding.symmetric(horizontal=14, vertical=13),
    )


def _shares(advisors: Sequence[Advisor], chosen: Sequence[Candidate]) -> list[ft.Control]:
    """How many of them fall to each advisor."""
    return [
        line_row(
            each.row.staff.name,
            trailing=t_n("{n} 位", sum(one.advisor_id == each.row.staff.id for one in chosen)),
            place=Place.of(index, len(advisors)),
        )
        for index, each in enumerate(advisors)
    ]


def _note(form: ArrangeForm) -> list[ft.Control]:
    ready = [t("先打到期的"), t("先打久未联系的"), t("上午打完")]
    return [
        text_field(
            t("给客户经理的话"),
            value=form.note,
            on_change=lambda text: setattr(form, "note", text),
            identifier="list-note",
            max_length=_MOST_NOTE,
        ),
        ft.Container(height=8),
        ft.Row(
            [
                quiet_button(words, on_click=_say(form, words), identifier=f"say-{index}", filled=True)
                for index, words in enumerate(ready)
            ],
            spacing=8,
            run_spacing=8,
            wrap=True,
        ),
    ]


def _say(form: ArrangeForm, words: str) -> Tap:
    return lambda: form.add_to_note(words)


def _save_words(advisors: Sequence[Advisor], chosen: Sequence[Candidate], form: ArrangeForm) -> str:
    if not chosen:
        return t("只留这句话") if form.note.strip() else t("还没有挑客户")
    if len(advisors) > 1:
        return t_n("给 {n} 人安排名单", len(advisors))
    return t_n("安排 {n} 位", len(chosen))


def _save(
    session: AppSession, advisors: Sequence[Advisor], chosen: Sequence[Candidate], form: ArrangeForm, on_done: Tap
) -> Callable[[], object]:
    names = {each.row.staff.id: each.row.staff.name for each in advisors}

    async def save() -> None:
        page = ft.context.page
        form.is_busy, form.trouble = True, ""
        lists = {
            advisor_id: [each.customer_id for each in chosen if each.advisor_id == advisor_id] for advisor_id in names
        }
        arranged = await set_plans(session, form.day, lists, note=form.note, keeps_earlier=form.keeps_earlier)
        form.is_busy = False
        if arranged.failed:
            failed = t("、").join(names[advisor_id] for advisor_id in arranged.failed)
            why = _refusal_words(next(iter(arranged.failed.values())))
            form.trouble = t("{names}的名单没有存上。{why}", names=failed, why=why)
            return
        day = t_date(form.day)
        announce(page, t("已安排 {names} {day}的名单", names=_who(list(names.values())), day=day))
        on_done()

    return save


def _who(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else t_n("{n} 人", len(names))


def _refusal_words(error: DomainError) -> str:
    if error.code == "bad_input":
        return t("有客户已不在其名下，请去掉后再存。")
    return error_words(error)
