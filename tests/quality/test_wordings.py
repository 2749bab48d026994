"""The list that the program brings, sentence by sentence: what is a promise, and what only has its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.quality.defaults import default_wordings
from shared_models.wordings import Context, Effect, Exemption, Hit, Judge, Side, Wordings, WordRule, quoted

JUDGE = Judge(default_wordings())

MEANT = {
    "这款产品保本的，您放心。": "principal",
    "跟您说实话，这个就是保本保收益的": "principal",
    "保 本 的": "principal",
    "这个是保-本的产品": "principal",
    "這款產品是保證本金的": "principal",
    "这款“保本”理财今天最后一天": "principal",
    "这不是不保本的产品，放心买": "principal",
    "这个不但保本，利息还比定期高": "principal",
    "不用担心保本的": "principal",
    "收益不错保本": "principal",
    "这不是存款而是保本理财": "principal",
    "本金绝对安全，我自己也买了": "principal",
    "放心，不会亏本金的": "principal",
    "这款从来没出过事，亏不了": "principal",
    "我们行兜底，您怕什么？": "principal",
    "这是保本的，懂吗？": "principal",
    "这个保本的好吗？": "principal",
    "跟客户说保本，客户同意购买": "principal",
    "告知客户该产品刚性兑付": "principal",
    "以前的不保本，现在这款保本": "principal",
    "它百分百安全": "principal",
    "它100％安全": "principal",
    "买这个稳赚不赔": "profit",
    "这个基金肯定赚": "profit",
    "您就躺着赚吧": "profit",
    "我们保证收益": "profit",
    "到期肯定有五个点": "profit",
    "这款零风险": "no_risk",
    "这款０风险": "no_risk",
    "买它没有风险的": "no_risk",
    "放心吧，没什么风险": "no_risk",
    "這個完全沒有風險": "no_risk",
    "这款预期收益率有五个点": "expected_return",
    "预期年化4.2%": "expected_return",
    "这只基金年化能到八": "expected_return",
    "三年翻倍没问题": "expected_return",
    "这个跟存款一样，随时能取": "like_deposit",
    "您就当定期放着": "like_deposit",
    "理财就是存款升级版": "like_deposit",
    "风险测评我帮您做测评就行": "assessment",
    "测评的时候按我说的选": "assessment",
    "替客户做了测评，C4": "assessment",
    "问卷随便选就行": "assessment",
}

NOT_MEANT = [
    "这款产品不保本。",
    "这不是保本的产品",
    "我们不能承诺保本",
    "没有零风险的产品",
    "这是非保本浮动收益产品",
    "监管不允许说保本",
    "监管不允许任何银行对客户说保本保收益",
    "银行理财已经打破刚性兑付了",
    "现在谁也不敢说保本",
    "保本是不可能的",
    "保本的产品已经没有了",
    "保本这种话不能说",
    "您问的是不是保本？",
    "客户问是否保本，已说明不保本",
    "客户问有没有保本的产品",
    "客户只买保本的，约下周再聊",
    "客户希望保本",
    "这个保本吗？",
    "请问是保本的？",
    "有没有风险您自己要看清楚",
    "有人跟您说保本，那是骗人的",
    "凡是承诺保本的都是骗子",
    "以前是保本的，现在都不保本了",
    "您之前买的那款保本的已经到期了",
    "请您带上社保本和身份证",
    "我们会确保本次服务让您满意",
    "这个价位是它的保本点",
    "不会亏待您的",
    "不保证收益，业绩比较基准仅供参考",
    "没有人能保证收益",
    "哪有稳赚不赔的事",
    "世界上没有稳赚不赔的投资",
    "并不是零风险",
    "不可能没有风险",
    "理财不是没有风险",
    "您还没有风险测评",
    "您没有风险承受能力评估结果",
    "参考的是无风险利率",
    "监管不让再用预期收益率",
    "现在不叫预期收益率，改叫业绩比较基准",
    "这不是预期收益率",
    "理财不等于存款",
    "它跟存款不一样",
    "大额存单就是存款，受存款保险保障",
    "理财和存款是两回事",
    "测评要您自己做，我不能替您做测评",
    "我不能帮您做风险测评",
    "我帮您填单子，您签字就行",
    "严禁承诺保本保收益",
    "我行不承诺保本、保收益",
    "产品有涨有跌，可能亏损",
    "风险可保，本金自负",
]


@pytest.mark.parametrize(("sentence", "rule"), MEANT.items())
def test_a_promise_is_found(sentence: str, rule: str) -> None:
    assert rule in {hit.rule.code for hit in JUDGE.hits(sentence) if hit.excuse is None}


@pytest.mark.parametrize("sentence", NOT_MEANT)
def test_its_words_without_the_promise_are_not(sentence: str) -> None:
    assert [
        (hit.rule.code, sentence[hit.word.start : hit.word.end]) for hit in JUDGE.hits(sentence) if hit.excuse is None
    ] == []


def meant(sentence: str) -> set[str]:
    return {hit.rule.code for hit in JUDGE.hits(sentence) if hit.excuse is None}


@given(st.sampled_from([*MEANT, *NOT_MEANT]), st.lists(st.tuples(st.integers(0, 40), st.sampled_from(" -．·　\u200b"))))
def test_blanks_and_marks_inside_words_change_nothing(sentence: str, inserted: list[tuple[int, str]]) -> None:
    letters = list(sentence)
    for place, mark in inserted:
        letters.insert(min(place, len(letters)), mark)
    assert meant("".join(letters)) == meant(sentence)


@given(st.text(alphabet="保本不是没有吗，。？稳赚 风险零-", max_size=80))
def test_any_text_is_read_and_every_mark_lies_in_its_sentence(text: str) -> None:
    for hit in JUDGE.hits(text):
        assert hit.sentence.start <= hit.word.start < hit.word.end <= hit.sentence.end
        cited, mark = quoted(text, hit.sentence, hit.word)
        assert cited[mark.start : mark.end] == text[hit.word.start : hit.word.end]


def hits_of(rule: WordRule, text: str, *contexts: Context) -> list[Hit]:
    return Judge(Wordings(rules=(rule,), contexts=contexts)).hits(text)


def test_an_exemption_reaches_as_far_as_it_says() -> None:
    near = WordRule(code="a", name="甲", words=("翻倍",), exemptions=(Exemption(phrase="积分", within=2),))
    anywhere = near.model_copy(update={"exemptions": (Exemption(phrase="积分"),)})

    assert hits_of(near, "积分一定翻倍")[0].excuse == "积分"
    assert hits_of(near, "积分到了下个月翻倍")[0].excuse is None
    assert hits_of(anywhere, "积分，到了下个月，翻倍")[0].excuse == "积分"
    assert hits_of(anywhere, "积分没了。翻倍")[0].excuse is None


def test_a_long_sentence_is_cited_around_its_word() -> None:
    text = "好" * 300 + "保本" + "的" * 300
    [hit] = JUDGE.hits(text)
    cited, mark = quoted(text, hit.sentence, hit.word)
    assert (len(cited), cited[mark.start : mark.end]) == (200, "保本")


def test_a_phrase_of_the_list_is_compared_as_the_text_is() -> None:
    rule = WordRule(code="a", name="甲", words=("ＶＩＰ 專享",))
    denial = Context(phrase="不 是", side=Side.BEFORE, effect=Effect.DENIES)

    assert hits_of(rule, "这是vip专享")[0].excuse is None
    assert hits_of(rule, "这不是VIP专享", denial)[0].excuse == "不 是"


def test_no_text_takes_long() -> None:
    # Words, denials and no end of a sentence: whatever is looked for around a word is looked for nearby.
    assert JUDGE.hits("不保本" * 3000)
