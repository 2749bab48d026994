"""A pack's pages on what is right below the unit: whom to visit, and what visits are evidenced by."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from shared_models.bulletins import Bulletin, BulletinFigures, BulletinRow, Column, ranked, share_of
from shared_models.evidence import Grade
from shared_models.pack_figures import (
    calls_share,
    change_of,
    coverage_of,
    earlier_words,
    line_note,
    nothing_page,
    share_bar,
    shown_rows,
)
from shared_models.pack_words import count_words, either, grade_words, points, points_words, share_words
from shared_models.packs import Bars, Mix, Mixes, PackPage, PageCode, Part
from shared_models.text import Language


def units_page(bulletin: Bulletin, language: Language) -> PackPage:
    """What is right below the unit, by score; whom to visit is who has the lowest."""
    title = either(language, "有效电话与覆盖，各在哪里", "Effective calls and coverage, and where")
    if bulletin.total is None:
        return nothing_page(PageCode.UNITS, title, language)
    rows = ranked(bulletin.rows, Column.SCORE)
    shown, left_out = shown_rows(rows)
    visited = row_to_visit(rows)
    whole = bulletin.total
    note = either(language, f"按考核得分从高到低，共 {len(rows)} 个", f"by score, highest first, {len(rows)} in all")
    if left_out:
        note += either(language, f"，中间 {left_out} 个未列", f", {left_out} in between left out")
    calls = [
        share_bar(row, calls_share(row.figures), calls_share(row.before), of=_calls_words(row.figures))
        for row in (whole, *shown)
    ]
    coverage = [
        share_bar(row, coverage_of(row.figures), coverage_of(row.before), of=_score_words(row, language))
        for row in (whole, *shown)
    ]
    for bars in (calls, coverage):
        bars[0].name = either(language, "合计", "Total")
        for row, bar in zip(shown, bars[1:], strict=True):
            bar.marked = visited is not None and row.id == visited.id
    return PackPage(
        code=PageCode.UNITS,
        title=title,
        sentences=_visit_sentences(rows, visited, whole, language),
        bars=[
            Bars(heading=either(language, "有效电话 ÷ 要求", "Effective calls ÷ targets"), note=note, bars=calls),
            Bars(
                heading=either(language, "覆盖率", "Coverage"),
                note=line_note(coverage, earlier_words(bulletin, language), language, points=True),
                bars=coverage,
            ),
        ],
        caution=either(
            language,
            "走访的规则：考核得分最低的；得分一样时，看有效电话比上月少得最多的，再看名称。",
            "Whom to visit: the lowest score; where level, who lost most effective calls since the month before, then by name.",
        ),
    )


def row_to_visit(rows: Sequence[BulletinRow]) -> BulletinRow | None:
    """The row with the lowest score, of those who are level the one that lost most effective calls, then the first by name.

    None where fewer than two have a score, or all have the same.
    """
    scored = [(row.figures.score.value, row) for row in rows if row.figures.score is not None]
    if len({value for value, _ in scored}) < 2:
        return None

    def order(each: tuple[Decimal, BulletinRow]) -> tuple[Decimal, int, str, str]:
        value, row = each
        return value, change_of(Column.CALLS_EFFECTIVE, row.figures, row.before) or 0, row.name, str(row.id)

    return min(scored, key=order)[1]


def _visit_sentences(
    rows: Sequence[BulletinRow], visited: BulletinRow | None, whole: BulletinRow, language: Language
) -> list[str]:
    if visited is None or visited.figures.score is None:
        return [
            either(
                language,
                "下级得分没有高低之分，这个月没有特别要走访的。",
                "No score stands out below, so nobody in particular is to be visited.",
            )
        ]
    best = rows[0]
    assert best.figures.score is not None  # ranked: who has a score stands first
    sentences = [
        either(
            language,
            f"得分最高的是{best.name}，{best.figures.score.value} 分；最低的是{visited.name}，{visited.figures.score.value} 分。",
            f"The highest score is that of {best.name}, {best.figures.score.value}; the lowest that of {visited.name}, {visited.figures.score.value}.",
        )
    ]
    behind = [
        (theirs - ours, (zh, en), theirs, ours)
        for (zh, en), theirs, ours in (
            (("有效电话完成率", "effective calls"), calls_share(visited.figures), calls_share(whole.figures)),
            (("覆盖率", "coverage"), coverage_of(visited.figures), coverage_of(whole.figures)),
        )
        if theirs is not None and ours is not None and theirs < ours
    ]
    if not behind:
        why = either(language, "得分最低", "its score is the lowest")
    else:
        _, words, theirs, ours = min(behind, key=lambda each: each[0])
        why = either(
            language,
            f"差得最多的是{words[0]}，{share_words(theirs)}，合计是 {share_words(ours)}",
            f"what it is most behind in is {words[1]}, {share_words(theirs)} where the whole is at {share_words(ours)}",
        )
    visit = ("建议走访", "Visit") if visited.kind is not None else ("建议陪访", "Go along with")
    sentences.append(either(language, f"{visit[0]}{visited.name}：{why}。", f"{visit[1]} {visited.name}: {why}."))
    return sentences


def _calls_words(figures: BulletinFigures) -> str:
    return f"{figures.totals.calls_effective:,} / {figures.totals.targets.calls:,}"


def _score_words(row: BulletinRow, language: Language) -> str:
    score = row.figures.score
    return "" if score is None else either(language, f"得分 {score.value}", f"score {score.value}")


# -- visits


def visits_page(bulletin: Bulletin, language: Language) -> PackPage:
    """Visits by their evidence, and those at which three products were presented."""
    title = either(language, "面访的证据，讲满三项的", "Visits by evidence, and with three products")
    if bulletin.total is None:
        return nothing_page(PageCode.VISITS, title, language)
    shown, _ = shown_rows(ranked(bulletin.rows, Column.VISITS))
    whole, earlier = bulletin.total, earlier_words(bulletin, language)
    total = either(language, "合计", "Total")
    three = [
        share_bar(
            row,
            _three_share(row.figures),
            _three_share(row.before),
            of=f"{row.figures.totals.visits_with_three:,} / {row.figures.totals.visits:,}",
        )
        for row in (whole, *shown)
    ]
    three[0].name = total
    return PackPage(
        code=PageCode.VISITS,
        title=title,
        sentences=_visits_sentences(whole, bulletin.rows, earlier, language),
        mixes=Mixes(
            heading=either(language, "面访，按证据等级", "Visits by evidence grade"),
            grades=grade_words(language),
            mixes=[_mix(total, whole.figures), *(_mix(row.name, row.figures) for row in shown)],
        ),
        bars=[
            Bars(
                heading=either(language, "面访满三项 ÷ 面访", "With three ÷ visits"),
                note=line_note(three, earlier, language, points=True),
                bars=three,
            )
        ],
    )


def _visits_sentences(whole: BulletinRow, rows: Sequence[BulletinRow], earlier: str, language: Language) -> list[str]:
    now, was = whole.figures, whole.before
    totals = now.totals
    if not totals.visits:
        return [either(language, "这个月没有面访。", "There were no visits in this month.")]
    graded = totals.visits_graded
    a, d = (share_words(share_of(graded[grade], totals.visits)) for grade in (Grade.A, Grade.D))
    words = grade_words(language)
    said = [
        either(
            language,
            f"面访 {totals.visits:,} 次，{words[Grade.A]}（A）{graded[Grade.A]:,} 次，占 {a}；"
            f"{words[Grade.D]}（D）{graded[Grade.D]:,} 次，占 {d}。",
            f"{totals.visits:,} visits, {graded[Grade.A]:,} of them {words[Grade.A]} (A), {a}, "
            f"and {graded[Grade.D]:,} {words[Grade.D]} (D), {d}.",
        )
    ]
    change = points(_three_share(now), _three_share(was))
    three = either(
        language,
        f"讲满三项的 {totals.visits_with_three:,} 次，占 {share_words(_three_share(now))}",
        f"{totals.visits_with_three:,} with three products, {share_words(_three_share(now))}",
    )
    if change is not None:
        than = points_words(change, language)
        three += either(language, f"，比{earlier}{than}", f", {than} against {earlier}")
    said.append(three + either(language, "。", "."))
    shown, _ = shown_rows(ranked(rows, Column.VISITS))
    own_word = max(shown, key=lambda row: row.figures.totals.visits_graded[Grade.D], default=None)
    if own_word is not None and (count := own_word.figures.totals.visits_graded[Grade.D]) and len(shown) > 1:
        said.append(
            either(
                language,
                f"只有自述登记的，{own_word.name}最多，{count:,} 次：先去问怎么没有刷卡或定位。",
                f"Most by own word only are {own_word.name}'s, {count:,}: ask there first why.",
            )
        )
    return said


def _mix(name: str, figures: BulletinFigures) -> Mix:
    visits, graded = figures.totals.visits, figures.totals.visits_graded
    parts = [Part(grade=grade, count=graded[grade], share=graded[grade] / visits) for grade in Grade] if visits else []
    of_each = " · ".join(
        f"{part.grade.value} {part.count:,}" for part in parts if part.count or part.grade in (Grade.A, Grade.D)
    )
    ends = [share_words(share_of(graded[grade], visits)) for grade in (Grade.A, Grade.D)] if visits else []
    detail = f"{of_each} · A {ends[0]}, D {ends[1]}" if ends else ""
    return Mix(name=name, value=count_words(visits), parts=parts, detail=detail)


def _three_share(figures: BulletinFigures | None) -> Fraction | None:
    return None if figures is None else share_of(figures.totals.visits_with_three, figures.totals.visits)
