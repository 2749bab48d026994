"""The ways to a case from a recorded call or visit, and from a review of one."""

from uuid import uuid4

import flet as ft

from app_client.cases.compose import MOST_TEXT, compose
from app_client.cases.form import CaseForm
from app_client.i18n import t
from app_client.playbook.words import TOPICS
from app_client.widgets import quiet_button
from shared_models.activity import ActivityKind
from shared_models.calls import CONNECTED_OUTCOMES
from shared_models.cases import CaseChannel
from shared_models.identifiers import Identifiers
from shared_models.reviews import TeamReview
from shared_models.team import TeamActivity

_CHANNELS: dict[str, CaseChannel] = {ActivityKind.CALL: CaseChannel.CALL, ActivityKind.VISIT: CaseChannel.VISIT}


def propose_button(activity: TeamActivity, name: str) -> list[ft.Control]:
    """Write a case of it; nothing for what is no conversation, or does not stand. `name` tells it from the others for who listens."""
    if (channel := _spoken_by(activity)) is None:
        return []
    return [
        quiet_button(
            t("写成案例"),
            spoken=t("写成案例 {name}", name=name),
            on_click=lambda: compose(_form(activity, channel)),
            identifier=f"propose-{activity.id}",
        )
    ]


def propose_review(seen: TeamReview, activity: TeamActivity) -> list[ft.Control]:
    """Write a case of what a review is of, beginning with what the review says one can learn."""
    if (channel := _spoken_by(activity)) is None:
        return []

    def begin() -> None:
        form = _form(activity, channel)
        form.review_id = seen.review.id
        form.lesson = t("；").join(comment.text for comment in seen.review.comments)[:MOST_TEXT]
        compose(form)

    return [
        ft.Row(
            [
                quiet_button(
                    t("写成案例"),
                    icon=ft.Icons.AUTO_STORIES_OUTLINED,
                    on_click=begin,
                    identifier=f"propose-review-{seen.review.id}",
                )
            ]
        )
    ]


def _spoken_by(activity: TeamActivity) -> CaseChannel | None:
    """By which way the two spoke; None where they did not, or it does not stand."""
    channel = _CHANNELS.get(activity.kind)
    is_unspoken = channel is CaseChannel.CALL and activity.data.get("outcome") not in CONNECTED_OUTCOMES
    return None if activity.voided or is_unspoken else channel


def _form(activity: TeamActivity, channel: CaseChannel) -> CaseForm:
    who = Identifiers(customer_name=activity.customer_name, advisor_name=activity.advisor.name)
    form = CaseForm(uuid4(), who=who, activity_id=activity.id)
    form.channel = channel
    reason = activity.data.get("decline_reason")
    form.topic = reason if reason in TOPICS else ""
    return form
