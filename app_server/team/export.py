"""The team's figures as a workbook: units by day, advisors by day, and what each figure means. Counting is the fold's."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from uuid import UUID

from openpyxl import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from sqlmodel import Session

from app_server.auth.service import Caller
from app_server.org import queries as org
from app_server.tables import advisor_day_of
from app_server.team import queries, service, sums
from app_server.team.attribution import figure_of
from app_server.team.queries import Split
from app_server.team.recount import DayOf, Grades, recounted
from app_server.workbooks import DATE_WIDTH, MONEY_WIDTH, NAME_WIDTH, NUMBER_WIDTH, TEXT_WIDTH, Value, append, begin
from shared_models.errors import TooLarge
from shared_models.evidence import Grade
from shared_models.fold import Figures
from shared_models.org import UnitKind
from shared_models.team import Totals
from shared_models.text import Language

MOST_ROWS = 60_000


@dataclass(frozen=True, slots=True)
class _Column:
    """A figure's column: its headings and its meaning."""

    metric: str
    zh: str
    en: str
    zh_meaning: str
    en_meaning: str


def _mix(metric: str, zh: str, en: str) -> tuple[_Column, ...]:
    """The columns of a figure's evidence mix, which sum to it."""
    return tuple(
        _Column(
            f"{metric}_graded.{grade}",
            f"{zh}{grade}级",
            f"{en}, grade {grade}",
            f"其中证据等级为{grade}的",
            f"Of these, with evidence of grade {grade}",
        )
        for grade in Grade
    )


FIGURES: tuple[_Column, ...] = (
    _Column("calls", "电话", "Calls", "当日拨打的全部电话，已作废的不计", "All calls of the day, voided ones left out"),
    *_mix("calls", "电话", "Calls"),
    _Column("calls_connected", "接通", "Connected", "有人接听的电话", "Calls in which the customer was spoken to"),
    *_mix("calls_connected", "接通", "Connected"),
    _Column(
        "calls_effective",
        "有效电话",
        "Effective calls",
        "符合当日要求的电话；同一客户一天只计一次，按其中最好的证据",
        "Calls that meet the day's policy, once per customer and day, by the best evidence among them",
    ),
    *_mix("calls_effective", "有效电话", "Effective calls"),
    _Column(
        "calls_effective_managed",
        "有效·管户",
        "Effective, managed",
        "其中当日为管户的客户",
        "Of these, managed customers",
    ),
    *_mix("calls_effective_managed", "有效·管户", "Effective, managed"),
    _Column(
        "calls_effective_prospect",
        "有效·潜力",
        "Effective, prospects",
        "其中当日为潜力的客户；证据为有效电话与管户之差",
        "Of these, prospects; their evidence is that of effective calls less that of managed customers",
    ),
    _Column(
        "appointments",
        "约见",
        "Appointments",
        "有效电话中同意见面的客户；同一客户一天只计一次",
        "Customers of effective calls who agreed to meet, once per customer and day",
    ),
    _Column(
        "visits",
        "面访",
        "Visits",
        "面访的客户数；同一客户一天只计一次，按其中最好的证据",
        "Customers visited, once per customer and day, by the best evidence among the visits",
    ),
    *_mix("visits", "面访", "Visits"),
    _Column("visits_verified", "已核实面访", "Verified visits", "证据等级为A至C的面访", "Visits of grade A to C"),
    _Column(
        "visits_with_three",
        "面访满三项",
        "Visits with three",
        "介绍产品数达到当日要求的面访；证据按面访和所需产品中最弱的",
        "Visits with as many products presented as the policy asks for, by the weakest evidence that takes",
    ),
    *_mix("visits_with_three", "面访满三项", "Visits with three"),
    _Column(
        "products_presented",
        "介绍产品",
        "Products presented",
        "按客户去重的产品数；证据为所在面访的，当日没有该面访的为D",
        "Products, each once per customer, by the evidence of the visit; D where there was none that day",
    ),
    *_mix("products_presented", "介绍产品", "Products presented"),
    _Column("products_bought", "成交产品", "Products bought", "客户当场购买的产品数", "Products that customers bought"),
    *_mix("products_bought", "成交产品", "Products bought"),
    _Column(
        "amount_bought",
        "成交金额（元）",
        "Amount bought (CNY)",
        "成交产品的金额之和；证据见成交产品",
        "The sum of the amounts bought; for the evidence see products bought",
    ),
    _Column("boards_shown", "垫板展示", "Boards shown", "展示营销垫板的次数", "How often a pitch board was shown"),
    _Column("declines", "拒绝", "Refusals", "客户拒绝的电话", "Calls in which the customer declined"),
)
_TARGETS = (("calls", "电话要求", "Target calls"), ("visits", "面访要求", "Target visits"))
_FIGURE_WIDTHS = [
    *(MONEY_WIDTH if figure.metric == "amount_bought" else NUMBER_WIDTH for figure in FIGURES),
    *(NUMBER_WIDTH for _ in _TARGETS),
]
_PEOPLE = (
    ("advisors", "理财经理", "Advisors"),
    ("advisors_on_leave", "休假人数", "Advisors on leave"),
    ("advisors_met", "达标人数", "Advisors who met"),
    ("advisors_reported", "已上报人数", "Advisors who reported"),
)
_MEANINGS = (
    (
        "要求",
        "Targets",
        "每人每个工作日的要求之和；休息日和休假为零",
        "The sum of what each advisor should reach; none on a day off or on leave",
    ),
    (
        "理财经理",
        "Advisors",
        "当日属于该机构及下级机构的理财经理",
        "Advisors who belonged to the unit's subtree on that day",
    ),
    (
        "休假",
        "On leave",
        "当日休假的理财经理：没有要求，也不算达标或未达标；所做的动作照常计入",
        "Advisors on leave that day: no targets, neither met nor missed; what they do counts all the same",
    ),
    (
        "达标",
        "Met",
        "有效电话、面访和每次面访的产品数均达到当日要求",
        "Effective calls, visits and products per visit all as the policy asks",
    ),
    (
        "已上报",
        "Reported",
        "当日开始后手机同步过，或已有当日动作",
        "Whose phone has synced since the day began, or whose activities of it are here",
    ),
)
KINDS = {
    UnitKind.HEAD_OFFICE: ("总行", "Head office"),
    UnitKind.BRANCH: ("分行", "Branch"),
    UnitKind.SUB_BRANCH: ("支行", "Sub-branch"),
    UnitKind.OUTLET: ("网点", "Outlet"),
}


def workbook(
    session: Session,
    who: Caller,
    *,
    unit_id: UUID | None,
    first: date,
    last: date,
    language: Language,
    now: datetime,
    grades: Grades | None = None,
) -> bytes:
    """The bytes of an XLSX file; raises as the range does, and TooLarge past MOST_ROWS rows of advisors or units.

    With `grades` every figure is counted of these alone, and each sheet's name says so.
    """
    days = service.checked_days(first, last, who)
    unit = service.asked_unit(session, who, unit_id)
    policies = org.policies(session)
    units = org.units_below(session, unit.path)
    _check_size(queries.count_stays(session, path=unit.path, first=first, last=last), units=len(units), days=len(days))
    is_chinese = language == "zh"
    figures = [column.zh if is_chinese else column.en for column in FIGURES]
    targets = [zh if is_chinese else en for _, zh, en in _TARGETS]
    people = [zh if is_chinese else en for _, zh, en in _PEOPLE]
    day_name, unit_name = ("日期", "机构") if is_chinese else ("Day", "Unit")

    book = Workbook(write_only=True)
    again = (
        recounted(session, path=unit.path, first=first, last=last, grades=grades, policies=policies)
        if grades is not None
        else None
    )
    of_units = book.create_sheet(_sheet_name("机构每日", "Units by day", grades, is_chinese=is_chinese))
    level = "层级" if is_chinese else "Level"
    counts_widths = [NUMBER_WIDTH] * len(_PEOPLE)
    begin(
        of_units,
        [day_name, unit_name, level, *people, *figures, *targets],
        [DATE_WIDTH, NAME_WIDTH, 10, *counts_widths, *_FIGURE_WIDTHS],
    )
    own = sums.sums_of_days(session, path=unit.path, days=days, policies=policies, split=Split.UNITS, again=again)
    for day in days:
        of_day = {path: totals for (on, path), totals in own.items() if on == day}
        for row in units:
            below = [totals for path, totals in of_day.items() if path.startswith(row.path)]
            if below:
                totals = sums.add_up(below)
                kind = KINDS[row.kind][0 if is_chinese else 1]
                counts: list[Value] = [getattr(totals, name) for name, _, _ in _PEOPLE]
                append(of_units, [day, row.name, kind, *counts, *_figures_of(totals)])

    of_advisors = book.create_sheet(_sheet_name("理财经理每日", "Advisors by day", grades, is_chinese=is_chinese))
    advisor_name, met_name = ("理财经理", "达标") if is_chinese else ("Advisor", "Met")
    begin(
        of_advisors,
        [day_name, unit_name, advisor_name, met_name, *figures, *targets],
        [DATE_WIDTH, NAME_WIDTH, NAME_WIDTH, 8, *_FIGURE_WIDTHS],
    )
    names = {row.path: row.name for row in units}
    yes, no, away = ("是", "否", "休假") if is_chinese else ("yes", "no", "on leave")
    beginnings = sums.with_beginnings(days, policies)
    for on in queries.advisor_days_between(session, path=unit.path, days=beginnings):
        stored = advisor_day_of(on.AdvisorDayRow) if on.AdvisorDayRow and again is None else None
        anew = again.get(DayOf(on.staff_id, on.unit_path, on.day)) if again is not None else None
        folded = anew or stored or sums.without_activities(policies.on(on.day), on_leave=on.on_leave)
        met = away if folded.on_leave else yes if folded.met else no
        append(of_advisors, [on.day, names[on.unit_path], on.name, met, *_figures_of(folded)])

    definitions = book.create_sheet("口径说明" if is_chinese else "Definitions")
    _define(definitions, unit.name, grades, is_chinese=is_chinese, now=now)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet_name(zh: str, en: str, grades: Grades | None, *, is_chinese: bool) -> str:
    """A sheet has a name of 31 characters at most."""
    if grades is None:
        return zh if is_chinese else en
    named = sorted(grades)
    return f"{zh}（只计{'、'.join(named)}级）" if is_chinese else f"{en} ({', '.join(named)} only)"


def _check_size(stays: int, *, units: int, days: int) -> None:
    if max(stays, units) * days > MOST_ROWS:
        raise TooLarge("Too many rows for one workbook; choose fewer days or a smaller unit.")


def _figures_of(figures: Figures | Totals) -> list[Value]:
    return [
        *(_value(figures, column.metric) for column in FIGURES),
        *(int(getattr(figures.targets, name)) for name, _, _ in _TARGETS),
    ]


def _value(figures: Figures, metric: str) -> Value:
    value = figure_of(figures, metric)
    return value if metric == "amount_bought" else int(value)


def _define(sheet: WriteOnlyWorksheet, unit: str, grades: Grades | None, *, is_chinese: bool, now: datetime) -> None:
    begin(sheet, ["指标", "口径"] if is_chinese else ["Figure", "Meaning"], [NAME_WIDTH, TEXT_WIDTH])
    append(sheet, ["机构" if is_chinese else "Unit", unit])
    append(sheet, ["数据时间" if is_chinese else "As of", now.isoformat(timespec="seconds")])
    if grades is not None:
        named = sorted(grades)
        only = (
            f"只计证据等级为{'、'.join(named)}的动作"
            if is_chinese
            else f"Only evidence of grade {', '.join(named)} is counted"
        )
        append(sheet, ["证据" if is_chinese else "Evidence", only])
    for zh, en, zh_meaning, en_meaning in _MEANINGS:
        append(sheet, [zh, zh_meaning] if is_chinese else [en, en_meaning])
    for column in FIGURES:
        append(sheet, [column.zh, column.zh_meaning] if is_chinese else [column.en, column.en_meaning])
