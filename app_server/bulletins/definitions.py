"""What each column of a bulletin means, in words; a figure of the workbook keeps its meaning from there."""

from app_server.team.export import FIGURES
from shared_models.bulletins import Column, Definition
from shared_models.text import Language

_OF_FIGURES = {figure.metric: figure for figure in FIGURES}
# Of what is no sum of the fold.
_OTHERS = {
    Column.COVERAGE: (
        "覆盖率",
        "Coverage",
        "期末当日的管户中，在当日要求规定的天数内有过有效电话的比例",
        "Of the managed customers on the last day, the share effectively called within the policy's window that ends on it",
    ),
    Column.MET_DAYS: (
        "达标天数",
        "Days met",
        "有要求的人日中，有效电话、面访和每次面访的产品数均达标的人日",
        "Of the advisor-days with targets, those on which calls, visits and products per visit were all as the policy asks",
    ),
    Column.LEAVE_DAYS: (
        "休假天数",
        "Days on leave",
        "休假的人日；这些日子没有要求，不计入达标天数的分母，做了的照常计入",
        "Advisor-days on leave; they have no targets and are not among the days that could be met, and what is done on them counts",
    ),
    Column.SCORE: (
        "考核得分",
        "Score",
        (
            "100 ×（有效电话权重 × 有效电话/要求 + 覆盖权重 × 覆盖率）÷ 权重之和；"
            "每项最多按1计，没有要求或没有管户的一项不计，权重和覆盖天数按期末当日的要求，电话要求按每日的要求"
        ),
        (
            "100 × (calls weight × effective calls/targets + coverage weight × coverage) ÷ the weights; "
            "a share counts as 1 at most and is left out without targets or managed customers; "
            "weights and window are of the last day's policy, targets of each day's"
        ),
    ),
}


def definitions(language: Language) -> list[Definition]:
    """Every column's heading and meaning, in the order of the columns."""
    return [_definition(column, language) for column in Column]


def _definition(column: Column, language: Language) -> Definition:
    figure = _OF_FIGURES.get(column.value)
    zh, en, zh_meaning, en_meaning = (
        (figure.zh, figure.en, figure.zh_meaning, figure.en_meaning) if figure is not None else _OTHERS[column]
    )
    if language == "zh":
        return Definition(column=column, name=zh, meaning=zh_meaning)
    return Definition(column=column, name=en, meaning=en_meaning)
