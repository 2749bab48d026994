"""What is said in the demo bank: a few talks as an exchange writes them down, and notes; some have a sentence that a head should look at."""

from random import Random
from typing import Any

_ADVISOR, _CUSTOMER = "advisor", "customer"
_HELLO = "您好，我是雾凇银行的理财经理，现在方便说两句吗？"
_RISK = "产品有风险，净值会波动，不保本，您看清说明书再决定。"

TALKS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        (_ADVISOR, _HELLO),
        (_CUSTOMER, "方便，您说。"),
        (_ADVISOR, "您有一笔定期下周到期，想问问您后面怎么打算，要不要看看稳健一点的理财。"),
        (_CUSTOMER, "这个保本吗？"),
        (_ADVISOR, "不保本，现在没有保本的理财。" + _RISK),
        (_CUSTOMER, "那我到网点看看。"),
    ),
    (
        (_ADVISOR, _HELLO),
        (_CUSTOMER, "我在开会。"),
        (_ADVISOR, "好的，那我下午再打给您，不打扰了。"),
    ),
    (
        (_ADVISOR, _HELLO),
        (_CUSTOMER, "嗯，有什么事？"),
        (_ADVISOR, "我们这期理财卖得很快，这款从来没亏过，跟存款一样，您放心买。"),
        (_CUSTOMER, "没有风险吗？"),
        (_ADVISOR, "您看好多老客户都买了，封闭一年，到期自动回到卡上，额度不多了，今天就能定。"),
        (_CUSTOMER, "我考虑考虑。"),
    ),
    (
        (_ADVISOR, _HELLO),
        (_CUSTOMER, "我之前那个理财收益不太好。"),
        (_ADVISOR, "理解您。理财有涨有跌，我们不承诺收益，我帮您看看持有的期限和风险等级合不合适。" + _RISK),
        (_CUSTOMER, "好，那周三下午见。"),
    ),
    (
        (_ADVISOR, "喂，您好，上次跟您说的那个基金，预期收益率能到五个点，比定期高多了。"),
        (_CUSTOMER, "靠谱吗？"),
        (_ADVISOR, "您闭着眼睛拿着，稳赚不赔，我自己家里人都买了，到时候来网点测评按我说的选就行。"),
        (_CUSTOMER, "行，我问问家里。"),
    ),
)
# In place of a few notes; the check passes over the last two.
SLIPS = (
    "跟客户说保本，客户有意向，周三来办",
    "介绍时按预期收益率4.2%讲的，客户满意",
    "客户风险等级不够，替客户做了测评，升到C3",
    "答应客户这款稳赚不赔，下周五前打款",
    "客户怕亏，告诉他这只没有风险，先买五万试试",
    "说这个跟存款一样，客户愿意把到期的定期转过来",
    "客户问是否保本，已说明不保本、净值会波动",
    "客户只买保本的，已解释现在没有保本理财",
)


def transcript(call: dict[str, Any]) -> dict[str, Any]:
    """One of the talks, at the pace of that call: the fields of a `transcript_ready` but for whose it is."""
    chance = Random(f"{call['record_id']}/talk")
    turns = chance.choices(TALKS, (5, 3, 1, 5, 1))[0]
    letters = sum(len(text) for _, text in turns)
    segments: list[dict[str, Any]] = []
    at = 0.0
    for speaker, text in turns:
        spoken = call["talk_seconds"] * len(text) / letters
        segments.append({"speaker": speaker, "start": round(at, 1), "end": round(at + spoken * 0.9, 1), "text": text})
        at += spoken
    return {"segments": segments}
