"""What the app says: Chinese message ids, their English from assets/locale/en.po, and words for dates, times and money; no Flet here.

One process serves many people, so the language belongs to a session and is never a module's variable. `t` asks, in this order:

1. the `speaking(language)` block around the call (tests, background work);
2. the source that the UI registered with `follow` (widgets/language.py: the session of the page in whose event or render we are);
3. Chinese.

So `t` works in components and in event handlers alike. Call it when something is shown, never at import.
"""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

WAN = Decimal(10_000)
YI = Decimal(100_000_000)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ZH = "一二三四五六日"


class Language(StrEnum):
    """The languages of the app."""

    ZH = "zh"
    EN = "en"


def _chinese() -> Language:
    return Language.ZH


# Who is asked for the session's language: set once per process, for it is a question and not an answer.
_sources: list[Callable[[], Language]] = [_chinese]
_speaking: ContextVar[Language | None] = ContextVar("speaking", default=None)


def follow(ask: Callable[[], Language]) -> None:
    """Let `ask` say which language the current session speaks."""
    _sources[:] = [ask]


def language() -> Language:
    """The language of the current session."""
    return _speaking.get() or _sources[0]()


@contextmanager
def speaking(spoken: Language) -> Generator[None]:
    """Speak this language within the block, whatever the session speaks."""
    token = _speaking.set(spoken)
    try:
        yield
    finally:
        _speaking.reset(token)


def catalogue_path() -> Path:
    """The English catalogue; on a phone Flet says where the assets are."""
    assets = os.environ.get("FLET_ASSETS_DIR")
    root = Path(assets) if assets else Path(__file__).parent.parent / "assets"
    return root / "locale" / "en.po"


@cache
def _english() -> dict[str, tuple[str, str]]:
    # Who reads Chinese does not wait for it at the start.
    import polib

    return {
        entry.msgid: (
            (entry.msgstr_plural.get(0, ""), entry.msgstr_plural.get(1, ""))
            if entry.msgid_plural
            else (entry.msgstr, entry.msgstr)
        )
        for entry in polib.pofile(str(catalogue_path()))
        if not entry.obsolete
    }


def t(message: str, **values: object) -> str:
    """The message in the session's language, with its `{name}` places filled; a missing translation stays Chinese."""
    if language() is Language.EN:
        message = _english().get(message, (message, message))[0] or message
    return message.format(**values) if values else message


def t_n(message: str, n: int, **values: object) -> str:
    """Like `t` for a message that counts `{n}` things: English has a plural (`msgid_plural` in the catalogue)."""
    if language() is Language.EN:
        one, many = _english().get(message, (message, message))
        message = (one if n == 1 else many) or message
    return message.format(n=n, **values)


def t_date(day: date) -> str:
    """`11月23日 周一` / `Mon 23 Nov`."""
    if language() is Language.EN:
        return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日 周{_DAYS_ZH[day.weekday()]}"


def t_day(day: date) -> str:
    """`12月3日` / `3 Dec`: a day whose weekday says nothing, such as a birthday."""
    if language() is Language.EN:
        return f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日"


def t_month(day: date) -> str:
    """`12 月` / `Dec`: the month of a day."""
    return _MONTHS[day.month - 1] if language() is Language.EN else f"{day.month} 月"


def t_full_date(day: date) -> str:
    """`2027年12月3日` / `3 Dec 2027`."""
    return f"{t_day(day)} {day.year}" if language() is Language.EN else f"{day.year}年{t_day(day)}"


def t_capital(text: str) -> str:
    """The words as they begin a line: `tomorrow` becomes `Tomorrow`; Chinese stays as it is."""
    return text[:1].upper() + text[1:]


def t_day_from(day: date, *, today: date, weekday: bool = True) -> str:
    """A day as people say it next to today: `今天`, `明天`, `后天`, `昨天`, `周五` within this week, or its date.

    `weekday=False` leaves the weekday out of that date, where only the distance matters.
    """
    distance = (day - today).days
    near = {-1: t("昨天"), 0: t("今天"), 1: t("明天"), 2: t("后天")}.get(distance)
    if near is not None:
        return near
    if 0 < distance < 7 - today.weekday():
        return _DAYS[day.weekday()] if language() is Language.EN else f"周{_DAYS_ZH[day.weekday()]}"
    return t_date(day) if weekday else t_day(day)


def t_time(moment: datetime | time) -> str:
    """`09:14`, in the zone the moment already carries."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def t_duration(seconds: int) -> str:
    """`1 分 35 秒` / `1 min 35 s`; hours when there are any, and then no seconds."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return t("{h} 小时 {m} 分", h=hours, m=minutes) if minutes else t("{h} 小时", h=hours)
    if minutes:
        return t("{m} 分 {s} 秒", m=minutes, s=rest) if rest else t("{m} 分", m=minutes)
    return t("{s} 秒", s=rest)


def t_money(amount: Decimal) -> str:
    """Yuan as people read them: `50 万`, `1.2 亿`, `3,500` / `500,000`; exact, trailing zeros dropped."""
    if language() is Language.ZH:
        for unit, word in ((YI, "亿"), (WAN, "万")):
            scaled = amount / unit
            if abs(scaled) >= 1 and scaled == round(scaled, 2):
                return f"{_plain(scaled)} {word}"
    return _plain(amount)


def _plain(number: Decimal) -> str:
    whole = number == number.to_integral_value()
    return f"{number:,.0f}" if whole else f"{number:,.2f}".rstrip("0").rstrip(".")
