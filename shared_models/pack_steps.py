"""A pack's pages on the way from the call to the product, and on why customers leave it: refusals, and cases beside them."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from shared_models.bulletins import Bulletin, BulletinFigures, share_of
from shared_models.cases import SharedCase
from shared_models.pack_figures import earlier_words, joined, line_note, nothing_page
from shared_models.pack_words import (
    count_words,
    either,
    moved_words,
    per_cent,
    reason_words,
    share_words,
    signed,
    tone_of,
)
from shared_models.packs import Bar, Bars, Excerpt, PackPage, PageCode
from shared_models.text import Language

MOST_REASONS = 6
MOST_EXCERPTS = 3

# Calls that were made, those that counted, who agreed to meet, who was met, what was bought.
STEPS = (
    ("calls", "拨打", "calls made"),
    ("calls_effective", "有效电话", "effective calls"),
    ("appointments", "约见", "appointments"),
    ("visits", "面访", "visits"),
    ("products_bought", "成交产品", "products bought"),
)


def funnel_page(bulletin: Bulletin, language: Language) -> PackPage:
    """From the call to the product: how many of each step, and the share that it is of the one before."""
    title = either(language, "从电话到成交", "From the call to the product")
    if bulletin.total is None:
        return nothing_page(PageCode.FUNNEL, title, language)
    now, was = bulletin.total.figures, bulletin.total.before
    earlier = earlier_words(bulletin, language)
    counts, before = _steps(now), None if was is None else _steps(was)
    most = max((1, *counts, *(before or ())))
    bars: list[Bar] = []
    for number, ((_, zh, en), count) in enumerate(zip(STEPS, counts, strict=True)):
        change = None if before is None else count - before[number]
        passed = share_of(count, counts[number - 1]) if number else None
        detail = (
            ""
            if passed is None
            else either(language, f"是上一步的 {share_words(passed)}", f"{share_words(passed)} of the step before")
        )
        if passed is not None and before is not None and before[number - 1]:
            passed_then = share_words(share_of(before[number], before[number - 1]))
            detail += either(language, f"，{earlier} {passed_then}", f", {passed_then} in {earlier}")
        bars.append(
            Bar(
                name=either(language, zh, en),
                value=count_words(count),
                share=count / most,
                was=None if before is None else before[number] / most,
                detail=detail,
                change=signed(change),
                tone=tone_of(change),
            )
        )
    narrow = narrowest_step(counts)
    if narrow is not None:
        bars[narrow].marked = True
    return PackPage(
        code=PageCode.FUNNEL,
        title=title,
        sentences=_funnel_sentences(counts, before, narrow, earlier, language),
        bars=[
            Bars(
                heading=either(language, "每一步有多少", "How many at each step"),
                note=line_note(bars, earlier, language),
                bars=bars,
            )
        ],
        caution=either(
            language,
            "各步都按天和客户计数；面访不都来自当月的约见，所以后一步可以比前一步多。",
            "Each step counts by customer and day; not every visit comes from an appointment of the month, so a step may be larger than the one before.",
        ),
    )


def narrowest_step(counts: Sequence[int]) -> int | None:
    """The step that is the smallest share of the one before it, the first of such; None where none is less than the one before."""
    shares = [
        (Fraction(counts[number], counts[number - 1]), number)
        for number in range(1, len(counts))
        if counts[number - 1] and counts[number] < counts[number - 1]
    ]
    return min(shares)[1] if shares else None


def _steps(figures: BulletinFigures) -> list[int]:
    return [getattr(figures.totals, name) for name, _, _ in STEPS]


def _funnel_sentences(
    counts: Sequence[int], before: Sequence[int] | None, narrow: int | None, earlier: str, language: Language
) -> list[str]:
    told = [
        either(language, f"{zh} {count:,}", f"{count:,} {en}") for (_, zh, en), count in zip(STEPS, counts, strict=True)
    ]
    said = [f"{either(language, '，', ', ').join(told)}{either(language, '。', '.')}"]
    if narrow is None:
        return said
    (_, a_zh, a_en), (_, b_zh, b_en) = STEPS[narrow - 1], STEPS[narrow]
    share = share_of(counts[narrow], counts[narrow - 1])
    leak = either(
        language,
        f"最窄的一步是从{a_zh}到{b_zh}，{share_words(share)}",
        f"The narrowest step is from {a_en} to {b_en}, {share_words(share)}",
    )
    if before is not None and before[narrow - 1]:
        passed_then = share_of(before[narrow], before[narrow - 1])
        a, b = per_cent(share) or Decimal(0), per_cent(passed_then) or Decimal(0)
        leak += (
            either(language, f"，与{earlier}持平", f", as in {earlier}")
            if a == b
            else either(
                language,
                f"，比{earlier}的 {b}% {'高' if a > b else '低'}",
                f", {'higher' if a > b else 'lower'} than the {b}% of {earlier}",
            )
        )
    return [*said, leak + either(language, "。", ".")]


# -- cases and objections


def cases_page(bulletin: Bulletin, cases: Sequence[SharedCase], language: Language) -> PackPage:
    """Why customers refused, and the cases that came out in the month, those for the most frequent reasons first."""
    title = either(language, "客户怎么拒绝，好案例怎么说", "Why customers refuse, and cases that worked")
    total, earlier = bulletin.total, earlier_words(bulletin, language)
    now = total.figures.totals.declines if total is not None else {}
    was = total.before.totals.declines if total is not None and total.before is not None else None
    reasons = sorted(((reason, count) for reason, count in now.items() if count), key=lambda each: (-each[1], each[0]))
    shown = reasons[:MOST_REASONS]
    most = max((1, *(count for _, count in shown), *((was or {}).get(reason, 0) for reason, _ in shown)))
    bars = [
        Bar(
            name=reason_words(reason, language),
            value=count_words(count),
            share=count / most,
            was=None if was is None else was.get(reason, 0) / most,
            change=signed(change := None if was is None else count - was.get(reason, 0)),
            tone=tone_of(change, more_is_better=False),
            marked=number == 0,
        )
        for number, (reason, count) in enumerate(shown)
    ]
    places = {reason: place for place, (reason, _) in enumerate(reasons)}
    best = sorted(
        cases, key=lambda case: (places.get(case.topic, len(places)), -case.published_on.toordinal(), str(case.id))
    )[:MOST_EXCERPTS]
    all_of_them = sum(count for _, count in reasons)
    return PackPage(
        code=PageCode.CASES,
        title=title,
        sentences=_cases_sentences(reasons, was, best, earlier, language),
        bars=[
            Bars(
                heading=either(language, "拒绝的原因", "Reasons of refusals"),
                note=joined(
                    language,
                    either(language, f"共 {all_of_them:,} 次", f"{all_of_them:,} in all"),
                    line_note(bars, earlier, language),
                ),
                bars=bars,
            )
        ]
        if bars
        else [],
        excerpts=[
            Excerpt(
                id=case.id,
                title=case.title,
                topic=reason_words(case.topic, language),
                credit=case.credit or "",
                situation=case.situation,
                lesson=case.lesson,
            )
            for case in best
        ],
    )


def _cases_sentences(
    reasons: Sequence[tuple[str, int]],
    was: dict[str, int] | None,
    cases: Sequence[SharedCase],
    earlier: str,
    language: Language,
) -> list[str]:
    said: list[str] = []
    if reasons:
        reason, count = reasons[0]
        all_of_them = sum(each for _, each in reasons)
        first = either(
            language,
            f"客户拒绝 {all_of_them:,} 次，最多的是“{reason_words(reason, language)}”，{count:,} 次",
            f"{all_of_them:,} refusals, most often “{reason_words(reason, language)}”, {count:,}",
        )
        if was is not None:
            than = moved_words(count - was.get(reason, 0), language, unit=("次", ""))
            first += either(language, f"，比{earlier}{than}", f", {than} against {earlier}")
        said.append(first + either(language, "。", "."))
        fitting = next((case for case in cases if case.topic == reason), None)
        if fitting is not None:
            said.append(
                either(
                    language,
                    f"正好有一个讲这个的案例《{fitting.title}》，会上可以练一遍。",
                    f"The case “{fitting.title}” is of just that: rehearse it.",
                )
            )
    else:
        said.append(either(language, "这个月没有记下拒绝。", "No refusals were recorded in this month."))
    if not cases:
        said.append(either(language, "这个月没有新通过的案例。", "No case was approved in this month."))
    return said
