"""What keeps a board from being published is said with its place."""

from pathlib import Path

import pytest

from app_server.boards.files import board_files, read_boards
from app_server.demo.board_files import BOARDS
from app_server.quality.defaults import default_wordings
from shared_models.board_desk import objections_to
from shared_models.wordings import Judge
from tests.board_desk.contents import board, card

JUDGE = Judge(default_wordings())


@pytest.mark.parametrize(
    "text",
    [
        "![图](a.png)",
        "[看这里](https://a.cn)",
        "<b>粗</b>",
        "<https://a.cn>",
        "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |",
        "`码`",
    ],
)
def test_a_card_is_headings_bold_and_lists(text: str):
    found = objections_to(board(cards=[card("one", text=text)]), JUDGE)

    assert {each.field for each in found} == {"zh.cards[0].text"}


@pytest.mark.parametrize("text", ["# 标题\n\n- **一**\n- 二 < 三\n\n1. A & B", "收益 [1] 见说明 |风险|", "5% — 10%"])
def test_plain_markdown_is_taken(text: str):
    assert objections_to(board(cards=[card("one", text=text)]), JUDGE) == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"say": "这个产品保本"}, "say"),
        ({"title": "稳赚不赔"}, "title"),
        ({"notices": ["可以看", "保本"]}, "notices[1]"),
        ({"objections": [{"says": "怕亏", "answer": "放心，保本保息"}]}, "objections[0].answer"),
        (
            {"chart": {"kind": "bars", "items": [{"label": "甲", "value": 1}, {"label": "保本", "value": 2}]}},
            "chart.items[1].label",
        ),
    ],
)
def test_no_chinese_text_says_a_word_of_the_list(more: dict[str, object], field: str):
    found = objections_to(board(cards=[card("one"), card("two", **more)]), JUDGE)

    assert {each.field for each in found} == {f"zh.cards[1].{field}"}
    assert all("保本" in each.sentence or "稳赚" in each.sentence for each in found)


def test_a_word_that_is_denied_is_not_meant():
    assert objections_to(board(cards=[card("one", notices=["本产品不保本"])]), JUDGE) == []


def test_both_languages_have_the_same_cards_in_the_same_order():
    english = {"title": "First", "cards": [card("two"), card("one")]}

    assert [each.field for each in objections_to(board(en=english), JUDGE)] == ["en.cards"]
    assert [each.field for each in objections_to(board(cards=[card("one"), card("one")]), JUDGE)] == ["zh.cards[1].key"]


def test_files_are_told_with_file_field_and_reason(tmp_path: Path):
    (tmp_path / "bad.toml").write_text(
        'code = "a"\nlength = 31\n[zh]\ntitle = "甲"\ncards = [{ key = "k" }]\n', "utf-8"
    )
    (tmp_path / "no.toml").write_text("= =", "utf-8")

    bad = read_boards(board_files([tmp_path]), JUDGE).bad

    assert {(each.file.name, each.field) for each in bad} >= {
        ("bad.toml", "category"),
        ("bad.toml", "length"),
        ("bad.toml", "zh.cards[0].say"),
        ("no.toml", ""),
    }


def test_the_demos_boards_may_be_published():
    read = read_boards(board_files([BOARDS]), JUDGE)

    assert read.bad == []
    assert read.contents
