"""The card of a call that the bank's exchange recorded and nobody has logged yet (一键登记): one tap says how it went."""

from collections.abc import Sequence

import flet as ft

from app_client.calls import actions
from app_client.calls.actions import NEEDS_DAY, CallEntry
from app_client.calls.desk import call_desk
from app_client.calls.queries import RecordedCall, call_subject
from app_client.calls.sheet import pick_outcome, say_logged
from app_client.calls.words import outcome_word, recorded_line
from app_client.errors import error_words
from app_client.i18n import t, t_n
from app_client.session import AppSession
from app_client.shell.screen import announce
from app_client.widgets import Tone, body, card, chips, note
from shared_models.calls import CallOutcome, TimedBy
from shared_models.errors import DomainError

# What is worth a second question: a day, or why not.
_ASKS_MORE = NEEDS_DAY | {CallOutcome.DECLINED}
_SPOKEN = tuple(CallOutcome)
_NOT_SPOKEN = (CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER)


def recorded_call(session: AppSession, records: Sequence[RecordedCall]) -> list[ft.Control]:
    """The oldest of them with its outcomes, and how many more there are; nothing when there is none."""
    if not records:
        return []
    record, further = records[0], len(records) - 1
    outcomes = _SPOKEN if record.talk_seconds else _NOT_SPOKEN

    async def pick(outcome: CallOutcome) -> None:
        await _say(session, record, outcome)

    source = t("外呼系统已记录，点一下结果即登记")
    shown = card(
        [
            ft.Row(
                [
                    ft.Icon(
                        ft.Icons.PHONE_CALLBACK_OUTLINED if record.is_inbound else ft.Icons.PERM_PHONE_MSG_OUTLINED,
                        size=20,
                        color=Tone.BRAND.text,
                    ),
                    ft.Column(
                        [
                            body(f"{record.name} · {recorded_line(record)}", bold=True),
                            note(t_n("{source} · 还有 {n} 通", further, source=source) if further else source),
                        ],
                        spacing=0,
                        tight=True,
                        expand=True,
                    ),
                ],
                spacing=12,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            chips(
                [(outcome, outcome_word(outcome)) for outcome in outcomes],
                selected=None,
                on_pick=pick,
                identifier=f"record-{record.record_id}",
            ),
        ],
        spacing=12,
    )
    return [ft.Container(shown, padding=ft.Padding(bottom=12))]


async def _say(session: AppSession, record: RecordedCall, outcome: CallOutcome) -> None:
    page = ft.context.page
    subject = call_subject(session, record.customer_id)
    if subject is None:
        announce(page, t("这位客户已不在你的名下。"))
        return
    if outcome in _ASKS_MORE:
        desk = call_desk(page)
        desk.open_recorded(subject, record)
        await pick_outcome(desk, session, outcome)
        return
    entry = CallEntry(
        customer_id=record.customer_id,
        outcome=outcome,
        talk_seconds=record.talk_seconds,
        timed_by=TimedBy.MANUAL,
        channel=record.channel,
        record=record,
    )
    try:
        recorded = await actions.log_call(session, entry)
    except DomainError as error:
        announce(page, error_words(error))
        return
    say_logged(page, session, entry, recorded, subject)
