"""What is said is said in both languages, and nothing is said past `t`."""

import ast
import re
import tokenize
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from string import Formatter

import polib
import pytest

from app_client.i18n import Language, speaking, t, t_date, t_day_from, t_duration, t_money, t_month, t_time
from scripts.messages import CATALOGUE, CLIENT, messages_of

CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Files that hold Chinese which is no message, each with its reason.
ALLOWED = {
    "i18n.py": "the words of dates and money, which differ in form and not only in wording",
}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_message_has_english_and_nothing_else_has() -> None:
    spoken, _ = messages_of(CLIENT)
    entries = {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE))}
    assert set(spoken) - set(entries) == set(), "run python scripts/messages.py and translate"
    assert set(entries) - set(spoken) == set(), "run python scripts/messages.py: nobody says these"
    empty = [
        msgid
        for msgid, entry in entries.items()
        if not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)
    ]
    assert empty == []


def test_english_fills_the_same_places() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        for english in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert places(english) <= places(entry.msgid), entry.msgid


def test_messages_are_literals() -> None:
    _, not_literal = messages_of(CLIENT)
    assert not_literal == []


def test_no_chinese_past_t() -> None:
    assert stray_chinese(CLIENT) == []


def test_stray_chinese_is_found(tmp_path: Path) -> None:
    (tmp_path / "screen.py").write_text(
        '"""文档。"""\nA = t("好")\nB = "漏"\nC = "码"  # not shown: a key\nD = f"{A}差"\n', "utf-8"
    )
    assert stray_chinese(tmp_path) == ["screen.py:3 漏", "screen.py:5 差"]


def stray_chinese(folder: Path) -> list[str]:
    """String literals with Chinese that are neither a docstring, nor said through `t`, nor marked `# not shown: why`."""
    stray: list[str] = []
    for file in sorted(folder.rglob("*.py")):
        name = file.relative_to(folder).as_posix()
        if name in ALLOWED:
            continue
        with tokenize.open(file) as source:
            marked = {
                token.start[0]
                for token in tokenize.generate_tokens(source.readline)
                if token.type == tokenize.COMMENT and re.match(r"# not shown: \w", token.string)
            }
        tree = ast.parse(file.read_text("utf-8"))
        said: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("t", "t_n"):
                said.update(id(argument) for argument in node.args[:1])
            # A docstring, and a string that stands alone to document a variable.
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                said.add(id(node.value))
        stray += [
            f"{name}:{node.lineno} {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CJK.search(node.value)
            and id(node) not in said
            and node.lineno not in marked
        ]
    return stray


def test_a_session_speaks_its_own_language() -> None:
    assert t("返回") == "返回"
    with speaking(Language.EN):
        assert t("返回") == "Back"
    assert t("拨打 {name}", name="赵堃") == "拨打 赵堃"


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [(0, "0 秒", "0 s"), (95, "1 分 35 秒", "1 min 35 s"), (120, "2 分", "2 min"), (3660, "1 小时 1 分", "1 h 1 min")],
)
def test_durations(seconds: int, chinese: str, english: str) -> None:
    assert t_duration(seconds) == chinese
    with speaking(Language.EN):
        assert t_duration(seconds) == english


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        ("500000", "50 万", "500,000"),
        ("185000", "18.5 万", "185,000"),
        ("120000000", "1.2 亿", "120,000,000"),
        ("3500", "3,500", "3,500"),
        ("12345.60", "12,345.6", "12,345.6"),
        ("10001", "10,001", "10,001"),
        ("-20000", "-2 万", "-20,000"),
    ],
)
def test_money_is_exact(amount: str, chinese: str, english: str) -> None:
    assert t_money(Decimal(amount)) == chinese
    with speaking(Language.EN):
        assert t_money(Decimal(amount)) == english


def test_days() -> None:
    monday = date(2026, 11, 23)
    assert t_date(monday) == "11月23日 周一"
    assert [t_day_from(date(2026, 11, day), today=monday) for day in (22, 23, 24, 25, 27, 30)] == [
        "昨天",
        "今天",
        "明天",
        "后天",
        "周五",
        "11月30日 周一",
    ]
    with speaking(Language.EN):
        assert t_date(monday) == "Mon 23 Nov"
        assert t_day_from(date(2026, 11, 27), today=monday) == "Fri"
    assert t_time(time(9, 4)) == "09:04"


def test_a_month_has_its_name() -> None:
    assert t_month(date(2026, 12, 3)) == "12 月"
    with speaking(Language.EN):
        assert t_month(date(2026, 12, 3)) == "Dec"
