"""The marks beside a customer's name: tier and prospect; what they mean is the shared models' business."""

import flet as ft

from app_client.i18n import t
from app_client.widgets import Tone, badge
from shared_models.customers import Customer, Pool, Tier


def tier_word(tier: Tier) -> str:
    """The bank's word for a tier."""
    return {
        Tier.DIAMOND: t("钻石"),
        Tier.PLATINUM: t("白金"),
        Tier.GOLD: t("黄金"),
        Tier.STANDARD: t("普通"),
    }[tier]


def tier_badge(tier: Tier) -> ft.Control | None:
    """A gold mark; none for the standard tier, which is most of the book."""
    return None if tier is Tier.STANDARD else badge(tier_word(tier), Tone.GOLD)


def prospect_badge() -> ft.Control:
    """The violet mark of the outer pool."""
    return badge(t("潜力"), Tone.VIOLET)


def customer_badges(customer: Customer, pool: Pool) -> list[ft.Control]:
    """The marks of one customer, in the order they are read."""
    marks = [tier_badge(customer.tier)] if customer.tier else []
    return [mark for mark in marks if mark is not None] + ([prospect_badge()] if pool is Pool.PROSPECT else [])
