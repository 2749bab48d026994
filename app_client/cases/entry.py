"""The way from a recorded call or visit to a case of it."""

from uuid import uuid4

import flet as ft

from app_client.cases.compose import compose
from app_client.cases.form import CaseForm
from app_client.i18n import t
from app_client.playbook.words import TOPICS
from app_client.theme import Role
from app_client.widgets import icon_button
from shared_models.activity import ActivityKind
from shared_models.calls import CONNECTED_OUTCOMES
from shared_models.cases import CaseChannel
from shared_models.identifiers import Identifiers
from shared_models.team import TeamActivity

_CHANNELS: dict[str, CaseChannel] = {ActivityKind.CALL: CaseChannel.CALL, ActivityKind.VISIT: CaseChannel.VISIT}


def propose_button(activity: TeamActivity) -> list[ft.Control]:
    """Make a case of it; nothing for what is no conversation, or does not stand."""
    channel = _CHANNELS.get(activity.kind)
    is_unspoken = channel is CaseChannel.CALL and activity.data.get("outcome") not in CONNECTED_OUTCOMES
    if channel is None or activity.voided or is_unspoken:
        return []

    def begin() -> None:
        who = Identifiers(customer_name=activity.customer_name, advisor_name=activity.advisor.name)
        form = CaseForm(uuid4(), who=who, activity_id=activity.id)
        form.channel = channel
        reason = activity.data.get("decline_reason")
        form.topic = reason if reason in TOPICS else ""
        compose(form)

    return [
        icon_button(
            ft.Icons.AUTO_STORIES_OUTLINED,
            label=t("做成案例"),
            on_click=begin,
            identifier=f"propose-{activity.id}",
            color=Role.MUTE,
        )
    ]
