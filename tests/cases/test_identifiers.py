"""What tells who somebody is: sentences in which it must be found, others in which nothing is, and every spelling of a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.identifiers import FindingKind, Identifiers, findings, refused

WHO = Identifiers(customer_name="王建国", phone="139 1234 5678", advisor_name="李雪梅")
NAME, PHONE, NUMBER = FindingKind.CUSTOMER_NAME, FindingKind.PHONE, FindingKind.NUMBER

TELLING = [
    ("王建国说他再想想", NAME),
    ("王 建 国说他再想想", NAME),
    ("王·建国", NAME),
    ("王\u200b建\u200b国", NAME),
    ("王建國", NAME),
    ("王先生您好", NAME),
    ("王女士您好", NAME),
    ("给王总回了电话", NAME),
    ("王阿姨在家吗", NAME),
    ("小王说不急", NAME),
    ("老王最关心的是孙子", NAME),
    ("您姓王是吧", NAME),
    ("免贵姓王", NAME),
    ("王某不愿意", NAME),
    ("王某某不愿意", NAME),
    ("王**说", NAME),
    ("王XX说", NAME),
    ("王○○说", NAME),
    ("建国哥，好久不见", NAME),
    ("您问问建国本人", NAME),
    ("建 国", NAME),
    ("李雪梅回访", FindingKind.ADVISOR_NAME),
    ("雪梅经理来电", FindingKind.ADVISOR_NAME),
    ("我是小李", FindingKind.ADVISOR_NAME),
    ("李经理推荐的", FindingKind.ADVISOR_NAME),
    ("电话13912345678", PHONE),
    ("电话139-1234-5678", PHONE),
    ("电话139 1234 5678", PHONE),
    ("电话１３９１２３４５６７８", PHONE),
    ("+86 13912345678", NUMBER),
    ("0086-139-1234-5678", NUMBER),
    ("一三九一二三四五六七八", PHONE),
    ("幺三九，幺两三四，五六拐八", PHONE),
    ("壹叁玖 壹贰叁肆 伍陆柒捌", PHONE),
    ("①③⑨①②③④⑤⑥⑦⑧", PHONE),
    ("前三位139，中间1234，最后5678", PHONE),
    ("1.3.9.1.2.3.4.5.6.7.8", PHONE),
    ("13700001111", NUMBER),
    ("座机0431-88991234", NUMBER),
    ("座机 8899 1234", NUMBER),
    ("220102197501011234", NUMBER),
    ("22010219750101123X", NUMBER),
    ("6222 0212 3456 7890 123", NUMBER),
    ("尾号5678的那张", FindingKind.CARD),
    ("卡的尾号是 5 6 7 8", FindingKind.CARD),
    ("尾号五六七八", FindingKind.CARD),
    ("后四位 5678", FindingKind.CARD),
    ("5678那张卡", FindingKind.CARD),
    ("wang@example.com", FindingKind.CONTACT),
    ("ｗａｎｇ＠example．com", FindingKind.CONTACT),
    ("微信号：wjg_1975", FindingKind.CONTACT),
    ("加V: abc12345", FindingKind.CONTACT),
    ("QQ 12345678", FindingKind.CONTACT),
    ("住在3号楼", FindingKind.ADDRESS),
    ("住在二栋", FindingKind.ADDRESS),
    ("2单元301室", FindingKind.ADDRESS),
    ("南湖大路12号", FindingKind.ADDRESS),
    ("十二号楼", FindingKind.ADDRESS),
]
TELLING_NOBODY = [
    "您好，我是您的客户经理。",
    "这笔钱您打算什么时候用？",
    "有五十万左右，放了三年。",
    "三年期利率比一年期高一点。",
    "从 2025-11-23 到 2026-11-23，一年整。",
    "2025-2026年的走势。",
    "业绩比较基准 2.8%-3.4%。",
    "上午9:30、10:30、11:30、14:00 都行。",
    "分成20、30、50万三份。",
    "风险等级 R2，您是 C3。",
    "一是稳，二是活，三是够用。",
    "两三千块钱也可以开始。",
    "国王与先生",
    "李子园的孩子",
    "建设国家",
    "我们会议室见。",
    "一室一厅的房租。",
    "第二单元的课。",
    "十一月三号到期。",
    "3号窗口办理。",
    "客户是退休教师，每月有固定收入。",
    "小额多次，先试一笔。",
    "7天、14天、30天、90天、180天。",
    "王道是先听。",
    "这不是保本的，净值会波动。",
]


@pytest.mark.parametrize(("sentence", "kind"), TELLING)
def test_it_is_found_and_shown_where_it_stands(sentence: str, kind: FindingKind):
    around = "开头。" + sentence + "。结尾"
    found = refused(findings([("title", "先听后说"), ("words.2", around)], WHO))
    assert kind in {each.kind for each in found}, found
    assert all(each.where == "words.2" and 0 <= each.start < each.end <= len(around) for each in found)


@pytest.mark.parametrize("sentence", TELLING_NOBODY)
def test_nothing_is_found(sentence: str):
    assert refused(findings([("lesson", sentence)], WHO)) == []


def test_the_sentences_are_many():
    assert len(TELLING) + len(TELLING_NOBODY) >= 50


def test_a_place_is_that_of_the_thing_itself():
    [found] = findings([("words.0", "我给王先生打过电话")], WHO)
    assert (found.where, found.start, found.end) == ("words.0", 2, 5)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("有23.75万到期", FindingKind.AMOUNT),
        ("186,500元", FindingKind.AMOUNT),
        ("赵先生也是这样", FindingKind.PERSON),
    ],
)
def test_what_may_be_somebodys_own_is_a_warning_only(sentence: str, kind: FindingKind):
    [found] = findings([("situation", sentence)], WHO)
    assert found.kind is kind
    assert found.is_warning


@pytest.mark.parametrize("sentence", ["50万", "120000元", "约 2 万元", "3.5%"])
def test_a_round_sum_is_nobodys(sentence: str):
    assert findings([("situation", sentence)], WHO) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("欧阳婳", "欧阳女士"),
        ("欧阳婳", "阿婳"),
        ("王伟", "伟哥"),
        ("John Smith", "Mr Smith said"),
        ("客户12", "客户12说"),
    ],
)
def test_names_of_every_kind(name: str, sentence: str):
    assert refused(findings([("title", sentence)], Identifiers(customer_name=name)))


def test_nobody_known_finds_numbers_still():
    assert refused(findings([("title", "13700001111")], Identifiers()))


_SPELLINGS = [
    st.sampled_from(each)
    for each in zip(
        "0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", "٠١٢٣٤٥٦٧٨٩", strict=True
    )
]
_BETWEEN = st.sampled_from(
    ["", " ", "-", "—", "－", ".", "·", "\u200b", "\u00a0", "，", "、", " / ", "(", "\ufe0f\u20e3", "_", "*", "~"]
)
_PREFIX = st.sampled_from(["", "+86", "＋８６ ", "0086-", "八六"])
_TELEPHONE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(data=st.data(), phone=_TELEPHONE, prefix=_PREFIX, before=st.text(max_size=12), after=st.text(max_size=12))
def test_no_spelling_of_the_customers_number_passes(data, phone: str, prefix: str, before: str, after: str):
    spelled = "".join(data.draw(_SPELLINGS[int(digit)]) + data.draw(_BETWEEN) for digit in phone)
    texts = [("title", before), ("words.0", prefix + spelled + after)]
    assert any(each.kind in (PHONE, NUMBER) for each in findings(texts, Identifiers(phone=phone)))


@given(cut=st.integers(1, 10), phone=_TELEPHONE)
def test_nor_one_that_goes_on_in_the_next_turn(cut: int, phone: str):
    texts = [("words.0", f"前面是{phone[:cut]}"), ("words.1", f"{phone[cut:]}，记下了")]
    assert refused(findings(texts, Identifiers(phone=phone)))


@given(texts=st.lists(st.tuples(st.sampled_from(["title", "lesson"]), st.text(max_size=80)), max_size=3))
def test_any_text_is_read_and_every_place_lies_in_it(texts: list[tuple[str, str]]):
    for found in findings(texts, WHO):
        assert any(found.where == where and 0 <= found.start <= found.end <= len(text) for where, text in texts)
