"""Every widget in every state, as pages of a small app for scripts/look.py and the browser tests; development only."""

from datetime import date
from decimal import Decimal

import flet as ft

from app_client.flet_typed import component, keyed, use_state
from app_client.i18n import Language, t_date, t_duration, t_money
from app_client.theme import Role
from app_client.widgets import (
    Choice,
    Evidence,
    Figure,
    NavItem,
    Place,
    RingValue,
    Tone,
    app_view,
    badge,
    banner,
    body,
    card,
    chips,
    choice_grid,
    customer_row,
    detail_pane,
    empty_state,
    error_state,
    evidence_bar,
    line_row,
    loading_state,
    note,
    prepare_page,
    primary_button,
    quiet_button,
    ring_row,
    section_header,
    segment_bar,
    segments,
    sheet,
    snackbar,
    stat_tile,
    sync_pill,
    team_row,
    text_field,
    use_wide,
)
from shared_models.evidence import Grade

NAV = [
    NavItem("/today", "今日", ft.Icons.RADIO_BUTTON_UNCHECKED, ft.Icons.RADIO_BUTTON_CHECKED),
    NavItem("/customers", "客户", ft.Icons.PEOPLE_OUTLINE, ft.Icons.PEOPLE),
    NavItem("/visits", "面访", ft.Icons.PLACE_OUTLINED, ft.Icons.PLACE),
    NavItem("/team", "夕会", ft.Icons.ASSESSMENT_OUTLINED, ft.Icons.ASSESSMENT),
    NavItem("/states", "我的", ft.Icons.PERSON_OUTLINE, ft.Icons.PERSON),
]


def _go(route: str) -> None:
    ft.context.page.navigate(route)


@component
def today() -> ft.View:
    calling, set_calling = use_state(False)
    logged, set_logged = use_state(0)
    page = ft.context.page

    def log() -> None:
        set_calling(False)
        set_logged(lambda n: n + 1)
        page.show_dialog(snackbar("已记录：有意向", action="撤销", on_action=lambda: set_logged(lambda n: n - 1)))

    choices = [
        Choice("有意向", "约定跟进日", Tone.OK, log, "outcome-interested"),
        Choice("已约面访", "选一天", Tone.OK, log, "outcome-appointment"),
        Choice("再联系", "明天 / 本周 / 选日期", Tone.GOLD, log, "outcome-follow_up"),
        Choice("拒绝", "选原因，给应答卡", Tone.BAD, log, "outcome-declined"),
        Choice("未接通", "自动回到名单末尾", Tone.PLAIN, log, "outcome-no_answer"),
        Choice("号码错误", "标记待核实", Tone.PLAIN, log, "outcome-wrong_number"),
    ]
    ft.use_dialog(
        sheet(
            [
                choice_grid(choices),
                ft.Row(
                    [
                        quiet_button("备注", icon=ft.Icons.ADD, on_click=log, identifier="note"),
                        quiet_button("座机 / 客户回拨", on_click=log, identifier="channel"),
                        quiet_button("没有打", on_click=lambda: set_calling(False), identifier="not-called"),
                    ],
                    alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                    wrap=True,
                ),
            ],
            heading="欧阳婳 · 刚才的通话",
            subtitle=f"{t_duration(95)}（手机计时）· 点一下即保存",
            on_dismiss=lambda: set_calling(False),
        )
        if calling
        else None
    )

    def call() -> None:
        set_calling(True)

    people: list[tuple[str, str, str, list[ft.Control]]] = [
        ("欧阳婳", "明日到期 50 万", "上次意向：稳健理财", [badge("钻石", Tone.GOLD)]),
        ("王建国", "约好今天回电", "10:30", []),
        ("李璟瑄", "", "转介绍 · 从未联系", [badge("潜力", Tone.VIOLET)]),
        ("陈晓丽", "", f"92 天未联系 · 活期 {t_money(Decimal(180_000))}闲置", [badge("黄金", Tone.GOLD)]),
    ]
    return app_view(
        route="/today",
        heading="今日",
        subtitle="11月23日 周一 · 还差 8 通电话、3 位面访",
        pill=sync_pill("已同步 09:14", on_click=lambda: _go("/states")),
        nav=NAV,
        on_navigate=_go,
        content=[
            ring_row(
                [
                    RingValue(12 + logged, 20, "有效电话", identifier="ring-calls"),
                    RingValue(2, 5, "面访客户", Tone.OK, identifier="ring-visits"),
                    RingValue(3, 3, "每访产品", Tone.GOLD, identifier="ring-products"),
                ]
            ),
            section_header("接下来", "名单 20 · 已拨 12"),
            *[
                customer_row(
                    name=name,
                    emphasis=emphasis,
                    reason=reason,
                    badges=badges,
                    on_open=lambda: _go("/customers"),
                    on_call=call,
                    place=Place.of(index, len(people)),
                    identifier=f"customer-{index}",
                )
                for index, (name, emphasis, reason, badges) in enumerate(people)
            ],
            section_header("今天已拨", quiet=True),
            customer_row(
                name="赵堃",
                reason="09:02 · 2 分 10 秒 · 已约面访 明天",
                done=True,
                on_open=lambda: _go("/customers"),
                identifier="customer-done",
            ),
        ],
    )


@component
def visits() -> ft.View:
    picked, pick = use_state("interested")
    options = [("interested", "有意向"), ("bought", "已购买"), ("declined", "不需要")]

    def product(name: str, tag: str, why: str, selected: str | None, key: str) -> ft.Control:
        return card(
            [
                ft.Row(
                    [ft.Container(body(name, bold=True), expand=True), badge(tag)],
                    vertical_alignment=ft.CrossAxisAlignment.START,
                ),
                note(why),
                segments(options, selected=selected, on_pick=pick, identifier=key),
            ]
        )

    gap = ft.Container(height=12)
    return app_view(
        route="/visits",
        heading="三款产品",
        subtitle="欧阳婳 · 面访中 08:12 · C3 稳健型（有效至 2027-03）",
        on_back=lambda: _go("/today"),
        nav=NAV,
        on_navigate=_go,
        bottom=primary_button("完成 · 保存 3 款", on_click=lambda: _go("/today"), identifier="save"),
        content=[
            card(
                [
                    note("现在　→　配置后"),
                    segment_bar(
                        [(0.72, ft.Colors.with_opacity(0.4, Role.BRAND)), (0.2, Role.BRAND), (0.08, Role.GOLD)]
                    ),
                    segment_bar(
                        [
                            (0.35, ft.Colors.with_opacity(0.4, Role.BRAND)),
                            (0.38, Role.BRAND),
                            (0.15, Role.OK),
                            (0.12, Role.GOLD),
                        ]
                    ),
                ]
            ),
            gap,
            product("安盈 90 天持有期", "稳健 · R2", "承接明日到期 50 万；与活期相比期限更匹配", picked, "first"),
            gap,
            product("福寿年金（10 年交）", "保障 · R1", "目前没有保障类配置", "declined", "second"),
            gap,
            product("沪深 300 指数定投", "增值 · R3", "每月 1,000 元，占比升至目标 15%", None, "third"),
            gap,
            card(
                [
                    body("科技成长混合", bold=True, color=Role.MUTE),
                    note("超过客户风险等级 C3，不能推荐"),
                ]
            ),
        ],
    )


@component
def team() -> ft.View:
    wide = use_wide()
    detail = detail_pane(
        [
            section_header("刘洋", "截至 17:40"),
            card([note("有效电话 9 / 20 · 面访 2 / 5"), evidence_bar({"A": 4, "B": 1, "C": 3, "D": 1})]),
        ]
    )

    def opened() -> None:
        _go("/team")

    return app_view(
        route="/team",
        heading="人民大街支行 · 夕会",
        subtitle="11月23日 · 截至 17:42 · 6 人中 5 人已同步",
        nav=NAV,
        on_navigate=_go,
        detail=detail if wide else None,
        content=[
            ft.Row(
                [
                    stat_tile("97", "有效电话 / 120"),
                    stat_tile("23", "面访 / 30"),
                    stat_tile("4", "人达标", tone=Tone.OK),
                ],
                spacing=10,
            ),
            section_header("先看差距"),
            card([evidence_bar({"A": 61, "B": 9, "C": 22, "D": 8})]),
            ft.Container(height=12),
            card(
                [
                    team_row(
                        name="刘洋",
                        figures=[Figure(9, 20), Figure(2, 5), Figure(3)],
                        detail="厅堂值班至 15:00",
                        trailing="17:40",
                        on_open=opened,
                        identifier="team-1",
                    ),
                    team_row(
                        name="孙悦",
                        figures=[],
                        alert="未同步",
                        detail="上次 11:20，手机上还有记录未到",
                        on_open=opened,
                        identifier="team-2",
                    ),
                    team_row(
                        name="周婷",
                        figures=[Figure(20, 20), Figure(5, 5), Figure(3)],
                        evidence=[Evidence("有效电话", {Grade.A: 13, Grade.C: 4, Grade.D: 3})],
                        detail="成交 2 笔 · 62 万",
                        trailing="17:41",
                        on_open=opened,
                        identifier="team-3",
                        divided=False,
                    ),
                ],
                padding=0,
                spacing=0,
            ),
            section_header("今天的拒绝", "18 次"),
            line_row("“收益太低”", detail="演练：到期承接 · 3 分钟", trailing="11 次", on_click=opened),
        ],
    )


@component
def customers() -> ft.View:
    tier, set_tier = use_state("all")
    return app_view(
        route="/customers",
        heading="客户",
        subtitle="312 位 · 管户 280 · 潜力 32",
        nav=NAV,
        on_navigate=_go,
        content=[
            text_field("姓名、拼音首字母或手机尾号", icon=ft.Icons.SEARCH, identifier="search"),
            ft.Container(height=12),
            chips(
                [("all", "全部"), ("silent", "60 天未联系"), ("gold", "黄金"), ("prospect", "潜力"), ("new", "新客户")],
                selected=tier,
                on_pick=set_tier,
                identifier="filter",
            ),
            ft.Container(height=16),
            *[
                customer_row(
                    name=name,
                    reason="138 **** 6021",
                    badges=[badge("白金", Tone.GOLD)],
                    on_open=lambda: _go("/today"),
                    place=Place.of(index, 11),
                    identifier=f"book-{index}",
                )
                for index, name in enumerate("张玥 王喆 刘翀 赵堃 欧阳婳 孙昇 李璟 周瑄 郑頔 冯赟 陈旻".split())
            ],
        ],
    )


@component
def states() -> ft.View:
    return app_view(
        route="/states",
        heading="我的",
        subtitle=t_date(date(2026, 11, 23)),
        pill=sync_pill("3 条待同步", Tone.WARN, on_click=lambda: None),
        nav=NAV,
        on_navigate=_go,
        content=[
            banner("没有网络。照常记录，连上后自动同步。"),
            ft.Container(height=8),
            banner("登录已过期，记录都在。", tone=Tone.BAD, action="重新登录", on_action=lambda: None),
            section_header("设置"),
            line_row("语言", trailing="中文", icon=ft.Icons.LANGUAGE, on_click=lambda: None, place=Place.FIRST),
            line_row("外观", trailing="跟随系统", icon=ft.Icons.CONTRAST, on_click=lambda: None, place=Place.LAST),
            section_header("输入"),
            text_field("用户名", value="advisor1", identifier="login"),
            ft.Container(height=12),
            text_field("密码", password=True, value="x", error="用户名或密码不对，请再试一次。", identifier="password"),
            ft.Container(height=12),
            primary_button("登录", on_click=None, identifier="off"),
            ft.Container(height=8),
            primary_button("正在登录", on_click=lambda: None, busy=True, identifier="busy"),
            section_header("空、完成、出错、加载"),
            card([empty_state("今天没有名单", "从客户里挑几位开始", action="去客户", on_action=lambda: None)]),
            ft.Container(height=12),
            card([empty_state("今天全部完成", "20 通、5 位、3 款", icon=ft.Icons.CHECK, tone=Tone.OK)]),
            ft.Container(height=12),
            card(
                [
                    error_state(
                        "打不开本机数据",
                        "手机空间可能已满。清出一些空间再试。",
                        action="再试一次",
                        on_action=lambda: None,
                    )
                ]
            ),
            ft.Container(height=12),
            card([loading_state("正在取回你的客户…")]),
        ],
    )


_PAGES = {"/today": today, "/visits": visits, "/team": team, "/customers": customers, "/states": states}


@component
def gallery() -> list[ft.View]:
    route, set_route = use_state(lambda: ft.context.page.route)
    ft.context.page.on_route_change = lambda event: set_route(event.route)
    path = route.split("?")[0]
    return [keyed(path, _PAGES.get(path, today))]


def main(page: ft.Page) -> None:
    """Show the gallery; `?dark` and `?en` in the address choose the theme and the language."""
    _, _, query = page.route.partition("?")
    prepare_page(
        page,
        language=Language.EN if "en" in query else Language.ZH,
        mode=ft.ThemeMode.DARK if "dark" in query else ft.ThemeMode.LIGHT,
    )
    page.render_views(gallery)
