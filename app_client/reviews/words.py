"""What reviews say: items, scores, averages, how a sample is drawn; no controls and no reading."""

from datetime import date

from app_client.i18n import t, t_date, t_n
from shared_models.activity import ActivityKind
from shared_models.reviews import Comment, Drill, Item, ItemAverage
from shared_models.samples import Sample

BEST_SCORE = 5
_MINUTE = 60


def item_word(item: Item) -> str:
    """What is looked at."""
    return {
        Item.OPENING: t("开场"),
        Item.NEED: t("需求挖掘"),
        Item.MATCH: t("产品匹配"),
        Item.RISK_NOTICE: t("风险提示"),
        Item.CLOSE: t("收尾"),
    }[item]


def score_word(score: int | None) -> str:
    """What a score means."""
    if score is None:
        return t("未评分")
    return {1: t("要改"), 2: t("偏弱"), 3: t("合格"), 4: t("好"), BEST_SCORE: t("范例")}[score]


def score_words(score: int | None) -> str:
    """`4 分 · 好`."""
    word = score_word(score)
    return word if score is None else f"{t_n('{n} 分', score)} · {word}"


def average_words(average: ItemAverage) -> str:
    """`3.67 · 12 次`, with a word where it is of too few to say much."""
    if average.mean is None:
        return t("还没有")
    words = f"{average.mean} · {t_n('{n} 次', average.n)}"
    return f"{words} · {t('样本少')}" if average.is_few else words


def kind_words(kind: str, day: date) -> str:
    """`11月20日 周五的电话`."""
    if kind == ActivityKind.VISIT:
        return t("{day}的面访", day=t_date(day))
    return t("{day}的电话", day=t_date(day))


def moment_words(at_seconds: int) -> str:
    """`1:02`: minutes and seconds from the beginning of the recording."""
    return f"{at_seconds // _MINUTE}:{at_seconds % _MINUTE:02d}"


def moment_of(text: str) -> int | None:
    """The seconds that `1:02`, `1：02` or `62` stand for; None when it is none of these."""
    minutes, colon, seconds = text.strip().replace("：", ":").rpartition(":")  # not shown: either colon
    digits = (minutes or "0") + seconds
    if not seconds or not digits.isascii() or not digits.isdecimal() or (colon and int(seconds) >= _MINUTE):
        return None
    return int(minutes or 0) * _MINUTE + int(seconds)


def comment_words(comment: Comment) -> str:
    """The comment, after its moment if it has one."""
    return comment.text if comment.at_seconds is None else f"{moment_words(comment.at_seconds)}  {comment.text}"


def drill_due_words(drill: Drill) -> str:
    """`11月27日 周五前完成`."""
    return t("{day}前完成", day=t_date(drill.due_on))


def drill_words(drill: Drill) -> str:
    """`风险提示的三句话 · 11月27日 周五前完成`."""
    return f"{drill.what} · {drill_due_words(drill)}"


def days_words(first: date, last: date) -> str:
    """The days of a sample."""
    return t_date(first) if first == last else f"{t_date(first)} – {t_date(last)}"


def sample_words(sample: Sample) -> str:
    """`从 812 条里抽 10 条 · 已点评 3 条`."""
    drawn = t("从 {all} 条里抽 {n} 条", all=sample.frame_size, n=len(sample.drawn))
    return f"{drawn} · {t('已点评 {n} 条', n=sample.reviewed)}"
