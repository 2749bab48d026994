"""The page that a customer takes along: what was put before them and the notices that must stand on it. No promise, no number, no id."""

import flet as ft

from app_client.i18n import t, t_full_date, t_money
from app_client.proposals.words import need_word, product_facts
from app_client.summaries.queries import Outcome, SummaryView
from app_client.theme import RADIUS_CARD, Role, light_theme
from app_client.widgets import badge, body, note, tiny, title
from app_client.widgets.badges import Tone
from shared_models.proposals import PickResponse
from shared_models.surnames import surname


def customer_page(view: SummaryView) -> ft.Control:
    """The page, light whatever the app is dressed in: it leaves the app."""
    parts: list[ft.Control] = [
        ft.Column(
            [
                title(t("产品介绍小结")),
                note(_to_whom(view)),
            ],
            spacing=2,
            tight=True,
        ),
        *[_product(each) for each in view.welcome],
        _notices(view),
    ]
    return ft.Container(
        ft.Container(
            ft.Column(parts, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            bgcolor=Role.CARD,
            padding=20,
            border_radius=RADIUS_CARD,
        ),
        theme=light_theme(),
        theme_mode=ft.ThemeMode.LIGHT,
    )


def notices(view: SummaryView) -> list[str]:
    """What must stand beneath (商业银行理财产品销售管理办法: 风险提示; no promise of a return)."""
    return [
        t("理财非存款，产品有风险，投资须谨慎。"),
        t("业绩比较基准和过往表现不代表未来收益。"),
        t("请以产品合同、说明书和风险揭示书为准，购买前确认产品风险等级与您的风险承受能力相符。"),
        t("由{unit}{name}介绍时整理，供您参考，不是购买要约。", unit=view.unit, name=view.advisor),
    ]


def _to_whom(view: SummaryView) -> str:
    family, day = surname(view.customer.name), t_full_date(view.at.date())
    return t("尊敬的{surname}客户 · {day}", surname=family, day=day) if family else t("尊敬的客户 · {day}", day=day)


def _product(outcome: Outcome) -> ft.Control:
    product, pick = outcome.product, outcome.pick
    facts = " · ".join(part for part in (product.code, need_word(product.need), product_facts(product)) if part)
    said = {
        PickResponse.BOUGHT: t("您已选购 {money}", money=t_money(pick.amount)) if pick.amount else t("您已选购"),
        PickResponse.INTERESTED: t("您有意了解"),
    }.get(pick.response, t("为您介绍过"))
    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [
                        ft.Container(body(product.name, bold=True), expand=True),
                        badge(t("风险等级 {risk}", risk=product.risk.value), Tone.PLAIN),
                    ],
                    spacing=8,
                    vertical_alignment=ft.CrossAxisAlignment.START,
                ),
                note(facts),
                note(said, color=Role.BRAND, bold=True),
            ],
            spacing=4,
            tight=True,
        ),
        bgcolor=Role.FILL,
        border_radius=12,
        padding=12,
    )


def _notices(view: SummaryView) -> ft.Control:
    return ft.Column([tiny(each, lines=4) for each in notices(view)], spacing=4, tight=True)
