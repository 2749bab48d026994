"""A pack's page on trainings: who was there before and after it, beside the others of the unit in the same days."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from shared_models.bulletins import share_of
from shared_models.pack_words import NOTHING, count_words, either, moved_words, signed, tenths, tone_of
from shared_models.packs import Bar, Bars, Cohort, PackPage, PageCode, Worked
from shared_models.text import Language

# Of fewer people, or fewer days, one busy week of one of them decides.
FEW_ADVISORS = 10
FEW_DAYS = 14
_MEASURES = (
    ("calls_effective", "有效电话", "effective calls"),
    ("visits_with_three", "面访满三项", "visits with three"),
)


def training_page(cohorts: Sequence[Cohort], language: Language) -> PackPage:
    """The same days before and after each training."""
    title = either(language, "培训前后", "Before and after a training")
    if not cohorts:
        return PackPage(
            code=PageCode.TRAINING,
            title=title,
            sentences=[
                either(
                    language,
                    "这个月没有可以比较的培训。登记了培训的日期和参加的人，这里就比较前后。",
                    "There is no training to compare in this month. Once one is entered with its day and who was there, it is compared here.",
                )
            ],
        )
    return PackPage(
        code=PageCode.TRAINING,
        title=title,
        sentences=[_sentence(cohort, language) for cohort in cohorts],
        bars=[_bars(cohort, measure, language) for cohort in cohorts for measure in _MEASURES],
        caution=caution(cohorts, language),
    )


def caution(cohorts: Sequence[Cohort], language: Language) -> str:
    """How far such a comparison is to be trusted; more so where few people or days are compared."""
    said = either(
        language,
        "前后不同不等于培训的效果：参加的人不是抽签选出的，同期其他人的变化也要看。",
        "A difference is not yet the training's effect: nobody drew lots for who went, so look at the others, too.",
    )
    if any(is_small(cohort) for cohort in cohorts):
        said += either(
            language,
            "人或天数太少的，只作参考，下个月再看。",
            " Where people or days are few, wait for the next month.",
        )
    return said


def is_small(cohort: Cohort) -> bool:
    """Whether too few people were there, or too few days have passed, to say anything."""
    return min(cohort.before.advisors, cohort.after.advisors) < FEW_ADVISORS or cohort.window_days < FEW_DAYS


def a_day(worked: Worked, measure: str) -> Decimal | None:
    """How many an advisor had on a day with targets, to one decimal; None without such days."""
    share = share_of(getattr(worked, measure), worked.advisor_days)
    return None if share is None else tenths(share)


def _sentence(cohort: Cohort, language: Language) -> str:
    people, days = count_words(cohort.after.advisors), cohort.window_days
    who = either(
        language,
        f"“{cohort.title}”（{cohort.day:%Y-%m-%d}，{people} 人，前后各 {days} 天）",
        f"“{cohort.title}” ({cohort.day:%Y-%m-%d}, {people} people, {days} days before and after)",
    )
    before, after = a_day(cohort.before, "calls_effective"), a_day(cohort.after, "calls_effective")
    if before is None or after is None:
        return f"{who}{either(language, '：没有可以比较的工作日。', ': no working days to compare.')}"
    told = either(
        language,
        f"{who}：每人每个工作日有效电话由 {before} 到 {after}，{moved_words(after - before, language)}",
        f"{who}: effective calls an advisor and working day went from {before} to {after}, {moved_words(after - before, language)}",
    )
    theirs, now = a_day(cohort.others_before, "calls_effective"), a_day(cohort.others_after, "calls_effective")
    if theirs is not None and now is not None:
        told += either(
            language,
            f"；同期其他人{moved_words(now - theirs, language)}",
            f"; the others' in the same days: {moved_words(now - theirs, language)}",
        )
    if is_small(cohort):
        told += either(language, "（样本小，只作参考）", " (a small sample)")
    return told + either(language, "。", ".")


def _bars(cohort: Cohort, measure: tuple[str, str, str], language: Language) -> Bars:
    name, zh, en = measure
    told = [
        (either(language, "参加的 · 前", "there · before"), cohort.before, None),
        (either(language, "参加的 · 后", "there · after"), cohort.after, cohort.before),
        (either(language, "其他人 · 前", "others · before"), cohort.others_before, None),
        (either(language, "其他人 · 后", "others · after"), cohort.others_after, cohort.others_before),
    ]
    rates = [a_day(worked, name) for _, worked, _ in told]
    most = max([*(rate for rate in rates if rate is not None), Decimal("0.1")])
    bars: list[Bar] = []
    for (label, worked, earlier), rate in zip(told, rates, strict=True):
        was = None if earlier is None else a_day(earlier, name)
        change = None if rate is None or was is None else rate - was
        bars.append(
            Bar(
                name=label,
                value=NOTHING if rate is None else str(rate),
                share=0.0 if rate is None else float(Fraction(rate) / Fraction(most)),
                was=None if was is None else float(Fraction(was) / Fraction(most)),
                detail=either(
                    language,
                    f"{worked.advisors:,} 人，{worked.advisor_days:,} 人日",
                    f"{worked.advisors:,} people, {worked.advisor_days:,} advisor-days",
                ),
                change=signed(change),
                tone=tone_of(change),
                marked=label.startswith(("参加的", "there")),
            )
        )
    note = either(
        language,
        f"{cohort.day:%Y-%m-%d}，前后各 {cohort.window_days} 天，每人每个工作日",
        f"{cohort.day:%Y-%m-%d}, {cohort.window_days} days before and after, an advisor and working day",
    )
    return Bars(heading=f"{cohort.title} · {either(language, zh, en)}", note=note, bars=bars)
