"""What in a text tells who somebody is: names, numbers, addresses, in whatever spelling. Pure; whose they are is the caller's to know.

It finds what has a form: it knows neither nicknames nor homophones nor "the baker at the corner". A person reads after it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from shared_models.simplified import SIMPLIFIED


class FindingKind(StrEnum):
    """What was found."""

    CUSTOMER_NAME = "customer_name"
    ADVISOR_NAME = "advisor_name"
    PHONE = "phone"
    NUMBER = "number"
    CARD = "card"
    CONTACT = "contact"
    ADDRESS = "address"
    AMOUNT = "amount"
    PERSON = "person"


# May stand if a person has looked: a figure that is none of anybody's, a name that is an example.
WARNINGS = frozenset({FindingKind.AMOUNT, FindingKind.PERSON})


class Finding(BaseModel):
    """That something tells who somebody is, and its place: which of the texts, from which character up to which, not included."""

    model_config = ConfigDict(frozen=True)

    kind: FindingKind
    where: str
    start: int
    end: int

    @property
    def is_warning(self) -> bool:
        """Whether the text may go on with it."""
        return self.kind in WARNINGS


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What is known of the two who spoke; None where it is not."""

    customer_name: str | None = None
    phone: str | None = None
    advisor_name: str | None = None


class _Letter(NamedTuple):
    char: str
    text: int
    at: int


@dataclass(frozen=True, slots=True)
class _View:
    """Letters as one string to search, and where each of them stands."""

    letters: Sequence[_Letter]
    string: str

    @classmethod
    def of(cls, letters: Iterable[_Letter]) -> "_View":
        kept = list(letters)
        return cls(kept, "".join(letter.char for letter in kept))


# A turn ends here: no name, and no number but the customer's own, goes on beyond it.
_BREAK = "\n"
_LONG_RUN = 7
# How many characters may stand between two digits of the customer's own number.
_WIDEST_GAP = 8
_SHORTEST_PHONE = 5

_NUMERALS = str.maketrans("零〇洞一壹幺二贰三叁四肆五伍六陆七柒拐八捌九玖勾", "000111223344556677788999")
_COMPOUND_SURNAMES = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 夏侯 南宫 独孤 轩辕 端木 百里 东郭 呼延 完颜 拓跋 耶律 纳兰 淳于 单于 太史 申屠"
).split()
_COMMON_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_TITLES = (
    "先生|女士|小姐|太太|夫人|老板|老师|老爷子|老太太|总|董|阿姨|叔|大爷|大娘|大妈|大哥|大姐|大伯|大婶|伯伯|哥|姐|姨|婶|爷爷|奶奶|"
    "经理|主任|医生|大夫|护士|校长|院长|局长|处长|科长|厂长|所长|行长|队长|书记|会计|律师|教授|工程师|师傅|同学|同志|某|氏"
)
_HONORIFICS = "先生|女士|小姐|太太|阿姨|大爷|大妈|大哥|大姐|总|老板"
_NEAR = "小老阿大"
_AMID_NAMES = frozenset("·•・‧.-–—_*~'’\"“”")

# Between the digits of one number: no comma, which lists; no colon, which tells the time.
_RUN = re.compile(rf"\d(?:[-–—‐‑‒−~～/\\|.·•()\[\]+#*_]{{0,3}}\d){{{_LONG_RUN - 1},}}")
_DATES = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)|[-–—~～](?:19|20)\d\d(?!\d))"
)
_SUM = re.compile(r"(?<![\d.])(\d{1,3}(?:,\d{3})+|\d{1,10})(\.\d{1,4})?(?=元|块|万|亿|千元|人民币)")
_CARD = re.compile(
    r"(?:尾号|尾数|[末后]4位|最后4位|卡号|[账帐]号)[^\d\n]{0,6}\d{3,}|\d{4}[^\d\n]{0,3}(?:尾号|[那这]1?张卡|的卡)"
)
_CONTACT = re.compile(
    r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|(?:微信|薇信|威信|v信|wechat|weixin|wx|vx|加v|qq|抖音|快手|支付宝)(?:号码?|id|[账帐]号|名)?[是为叫:]*[a-z0-9][a-z0-9_-]{4,}"
)
_ADDRESS = re.compile(
    r"(?<!第)[\d十百]+(?:号楼|号院|栋|幢|单元|弄)|(?<!第)[\d十百]+室(?!\d?厅)|(?:路|街|道|巷|胡同|屯|村)[\d十百]+(?:之\d+)?号"
)
_NEVER = re.compile(r"(?!)")
_PERSON = re.compile(rf"(?:[{_COMMON_SURNAMES}])(?:{_HONORIFICS})")


def findings(texts: Sequence[tuple[str, str]], who: Identifiers) -> list[Finding]:
    """What in these texts (where, text) tells who the two are, in their order; something inside something longer once."""
    letters = list(_letters(texts))
    spaced = _View.of(letters)
    close = _View.of(each for each in letters if each.char != " ")
    names = _View.of(each for each in close.letters if each.char not in _AMID_NAMES)
    counted = _View(close.letters, close.string.translate(_NUMERALS))
    found: list[tuple[FindingKind, Sequence[_Letter]]] = []
    for kind, name in (
        (FindingKind.CUSTOMER_NAME, who.customer_name),
        (FindingKind.ADVISOR_NAME, who.advisor_name),
    ):
        if name and (pattern := _name_pattern(name)):
            found += _matches(kind, pattern, names)
            found += _matches(kind, _masked_pattern(name), close)
            found += _matches(kind, _words_pattern(name), spaced)
    found += [(FindingKind.PHONE, span) for span in _phones(who.phone or "", counted)]
    found += _numbers(counted)
    found += _matches(FindingKind.CARD, _CARD, counted)
    found += _matches(FindingKind.CONTACT, _CONTACT, close)
    found += _matches(FindingKind.ADDRESS, _ADDRESS, counted)
    found += [
        (FindingKind.AMOUNT, close.letters[match.start() : match.end()])
        for match in _SUM.finditer(close.string)
        if _is_exact(match[0])
    ]
    found += _matches(FindingKind.PERSON, _PERSON, names)
    return _told(found, texts)


def refused(found: Iterable[Finding]) -> list[Finding]:
    """Those with which a text cannot go on."""
    return [each for each in found if not each.is_warning]


def _letters(texts: Sequence[tuple[str, str]]) -> Iterator[_Letter]:
    """The texts in one spelling: of one width and case, simplified, digits of every script as 0–9, without what cannot be seen."""
    for number, (_, text) in enumerate(texts):
        for at, char in enumerate(text):
            # A mark that joins the letter before it (a keycap, a stroke) and what has no width are no letters.
            for folded in unicodedata.normalize("NFKC", char).casefold().translate(SIMPLIFIED):
                category = unicodedata.category(folded)
                if category[0] == "Z" or category == "Cc":
                    yield _Letter(" ", number, at)
                elif category[0] not in "MC":
                    digit = unicodedata.digit(folded, None)
                    yield _Letter(folded if digit is None else str(digit), number, at)
        yield _Letter(_BREAK, number, len(text))


def _folded(text: str) -> str:
    return "".join(each.char for each in _letters([("", text)])).strip()


def _name_pattern(name: str) -> re.Pattern[str] | None:
    """Whatever one calls the bearer of this name: in full, by the given name, by surname and title."""
    folded = "".join(char for char in _folded(name) if char != " " and char not in _AMID_NAMES)
    if not folded:
        return None
    if not _is_chinese(folded):
        return re.compile(re.escape(folded))
    surname, given = _split(folded)
    ways = [
        rf"{surname}(?:{_TITLES})",
        rf"[{_NEAR}]{surname}",
        rf"姓{surname}",
    ]
    if given:
        ways.append(folded)
    if len(given) > 1:
        ways.append(given)
    elif given:
        ways += [rf"[小阿]{given}", rf"{given}(?:哥|姐|叔|姨|总|先生|女士)"]
    return _any_of(ways)


def _masked_pattern(name: str) -> re.Pattern[str]:
    """The surname with something in place of the rest: 王**, 王xx."""
    surname, _ = _split("".join(char for char in _folded(name) if char != " "))
    return re.compile(rf"{re.escape(surname)}(?:[*×○〇●]|x{{2}})+") if _is_chinese(surname) else _NEVER


def _words_pattern(name: str) -> re.Pattern[str]:
    """Each word of a name in Latin letters: Smith."""
    words = [word for word in re.findall(r"[a-z]+", _folded(name)) if len(word) > 2]
    return _any_of(rf"(?<![a-z]){word}(?![a-z])" for word in words) if words else _NEVER


def _any_of(ways: Iterable[str]) -> re.Pattern[str]:
    # The longest first, so that what is found is the whole of it.
    return re.compile("|".join(sorted(ways, key=len, reverse=True)))


def _split(name: str) -> tuple[str, str]:
    size = 2 if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:size], name[size:]


def _is_chinese(text: str) -> bool:
    return bool(text) and all("\u3400" <= char <= "\u9fff" or char >= "\U00020000" for char in text)


def _matches(
    kind: FindingKind, pattern: re.Pattern[str], view: _View
) -> Iterator[tuple[FindingKind, Sequence[_Letter]]]:
    for match in pattern.finditer(view.string):
        yield kind, view.letters[match.start() : match.end()]


def _phones(phone: str, view: _View) -> Iterator[Sequence[_Letter]]:
    """The customer's own number, over whatever stands between its digits, and from one text to the next."""
    own = "".join(char for char in _folded(phone) if char.isdecimal())
    own = re.sub(r"^(?:00)?86(?=\d{11}$)", "", own)
    if len(own) < _SHORTEST_PHONE:
        return
    # 两 is a two that is also a word: it counts here only, where ten others must fit.
    places = [at for at, char in enumerate(view.string) if char.isdecimal() or char == "两"]
    digits = "".join("2" if view.string[at] == "两" else view.string[at] for at in places)
    begin = digits.find(own)
    while begin >= 0:
        spread = places[begin : begin + len(own)]
        if all(after - before <= _WIDEST_GAP + 1 for before, after in pairwise(spread)):
            yield view.letters[spread[0] : spread[-1] + 1]
        begin = digits.find(own, begin + 1)


def _numbers(view: _View) -> Iterator[tuple[FindingKind, Sequence[_Letter]]]:
    """Any number as long as a telephone's, an account's, an identity card's; a date and a sum of money are none."""
    rest = _DATES.sub(lambda match: "年" * len(match[0]), view.string)
    rest = _SUM.sub(lambda match: "元" * len(match[0]), rest)
    for match in _RUN.finditer(rest):
        yield FindingKind.NUMBER, view.letters[match.start() : match.end()]


def _is_exact(amount: str) -> bool:
    """Whether a sum has so many figures that it is somebody's own: 186,500 and 23.75, but not 50 or 120,000."""
    return len(re.sub(r"[,.]", "", amount).strip("0")) > 2


def _told(found: Sequence[tuple[FindingKind, Sequence[_Letter]]], texts: Sequence[tuple[str, str]]) -> list[Finding]:
    spans: list[tuple[int, Finding]] = []
    for kind, letters in found:
        number = letters[0].text
        # What goes on in the next text is told where it begins.
        last = max(each.at for each in letters if each.text == number)
        end = min(last + 1, len(texts[number][1]))
        spans.append((number, Finding(kind=kind, where=texts[number][0], start=letters[0].at, end=end)))
    spans.sort(key=lambda each: (each[0], each[1].start, each[1].is_warning, -each[1].end))
    kept: list[tuple[int, Finding]] = []
    for number, finding in spans:
        if not any(number == other and _covers(one, finding) for other, one in kept):
            kept.append((number, finding))
    return [finding for _, finding in kept]


def _covers(one: Finding, other: Finding) -> bool:
    inside = one.start <= other.start and other.end <= one.end
    return inside and (other.is_warning or not one.is_warning)
