"""Figures of a text -> what stands around each: its clause, the clauses before, the words of the catalogue."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np

from schemas.metrics import measure_words
from transforms.codes.lexicon import find_words
from transforms.figures.find import Figure
from transforms.numerals import fold

_CLAUSES_BEFORE = re.compile(r"(?s:.*)[，；：。！？,;:（(）)\n]")
_LEADING = "不少于 不低于 不超过 不下 至少 最多 超过 突破 达到 大约 约 近 达 均 为 共计 共有 共 累计 合计 总计 超 逾 已 仅 有 的 了".split()
_LEADING_BACKWARDS = re.compile(
    f"(?:{'|'.join(w[::-1] for w in _LEADING)})*"
)  # to a text read from its end


_OBJECT_BEHIND = re.compile(r"[^，；：。！？,;:\n]*")
_LISTED_BEFORE = re.compile(r"[^、，和及与][^、，]*(?:、|以及|和|及|与)$")
_STOP_RIGHT = re.compile(r"[，；：。！？,;:）)\n、\d]")
_BRACKETED = re.compile(r"[（(][^）)\d]{1,8}[）)]")
_SHARES = re.compile(r"(?:分别|各)[^，。；、0-9]{0,6}$")
_LIST = re.compile(r"[、和及与]|以及")


# words that say nothing of what is counted: a clause of these alone goes on with what was said before
_GENERIC = re.compile(
    r"(?:其中|全[年镇乡市县区街道村]+|今年|去年|上年|本年|年内|年初|年底|同期|目前|现在|累计|合计|总计|共计|共有|共|合共|现有|已有|仍有|尚有|还有|另有|另|有|已|均|各|为|达到?|约|近|超过?|逾|"
    r"分别|平均|人均|每[个村年月季期场次户格校家人]|镇级|乡级|村级|县级|以上|多|其余|剩余|余下|未|全部|总数|总量|数量|合|计|比|较|的|了|是|由|从|到|至|升|降|增|减|[、（(])+"
)
_GAP_LIMIT, _NEAR_LIMIT, _REACH = 60, 24, 90


@dataclass(slots=True)
class Context:
    """What stands around one figure, blanks left out. `near` is its own clause before the number, `far` the clauses before that back to
    the figure before (or the start of the sentence), `behind` what follows the unit. `words` are the catalogue's words around it, a row each:
    place, offset in that place, length, number of the word. `said` is the length of `near` without what merely leads to the number.
    `part` is 1 for the first figure behind 其中, 2 for those that go on with its list, else 0."""

    near: str
    far: str
    behind: str
    unit: str
    group: str
    first: bool
    said: int
    far_length: int
    part: int = 0
    words: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.int64))

    @property
    def bare(self) -> bool:
        """Whether the clause before the number names nothing."""
        return not self.near or bool(_GENERIC.fullmatch(self.near))


def _alone(texts: list[tuple[int, int, str]]) -> np.ndarray:
    """The words in texts that stand for a place of a figure, each (figure, place, text), as rows of figure, place, offset, length, word."""
    found = {text: find_words(text) for text in {t for _, _, t in texts}}
    each = [found[text] for _, _, text in texts]
    whose = np.repeat(
        np.array([t[:2] for t in texts], np.int64).reshape(-1, 2), [len(f) for f in each], axis=0
    )
    words = np.concatenate([np.zeros((0, 3), np.int64), *each])
    return np.column_stack([whose, words[:, 1], words[:, 2] - words[:, 1], words[:, 0]])


def _within(found: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """The words in the spans (figures, places, 2) of the text that `find_words` searched, as such rows. A word lies in a span as a whole."""
    found = found[np.argsort(found[:, 1], kind="stable")]
    first, last = (
        found[:, 1].searchsorted(spans[:, :, 0].ravel()),
        found[:, 1].searchsorted(spans[:, :, 1].ravel()),
    )
    many = np.maximum(last - first, 0)
    span = np.repeat(np.arange(len(many)), many)
    at = np.arange(len(span)) - np.repeat(np.cumsum(many) - many, many) + first[span]
    begin, end = spans.reshape(-1, 2)[span].T
    figure, place = np.divmod(span, spans.shape[1])
    rows = np.column_stack(
        [figure, place, found[at, 1] - begin, found[at, 2] - found[at, 1], found[at, 0]]
    )
    return rows[found[at, 2] <= end]


_BLANK = re.compile(r"\s")


def contexts(flat: str, figures: list[Figure], headings: list[tuple[int, str]]) -> list[Context]:
    """The context of each figure. `headings` are (offset at which a section begins, its heading), in order."""
    if not figures:
        return []
    groups = measure_words()
    text, blanks = "".join(flat.split()), [m.start() for m in _BLANK.finditer(flat)]
    starts = [h[0] for h in headings]
    out: list[Context] = []
    spans: list[int] = []  # begin and end of each of the first five places, in `text`
    alone: list[
        tuple[int, int, str]
    ] = []  # what stands for a place instead, or is the sixth: the heading
    started, shares = -1, []
    for k, figure in enumerate(figures):
        i = bisect_left(starts, figure.start)
        # a heading inside a sentence begins another: 1.人民调解：调解5件；2.信访：受理4件
        sentence = max(figure.sentence_start, starts[i - 1]) if i else figure.sentence_start
        first = sentence != started
        if first:
            started, shares = sentence, []
            end_before = sentence_start = started - bisect_left(blanks, started)
            ended = min(figure.sentence_end, starts[i]) if i < len(starts) else figure.sentence_end
            sentence_end = ended - bisect_left(blanks, ended)
        number = figure.start - bisect_left(blanks, figure.start)
        end = figure.end - bisect_left(blanks, figure.end)
        begin = max(end_before, number - _REACH)
        segment = text[begin:number]
        cut = m.end() if (m := _CLAUSES_BEFORE.match(segment)) else 0
        # what the figure before counted, when it stands behind its unit
        if first:
            object_before = 0
        elif not cut and _LISTED_BEFORE.match(segment):
            object_before = cut = len(segment)
        else:
            object_before = len(_OBJECT_BEHIND.match(segment[:cut])[0])
        clause, said_before = begin + cut, begin + object_before
        far_start, near_start = (
            max(said_before, clause - _GAP_LIMIT),
            max(clause, number - _NEAR_LIMIT),
        )
        near, far = text[near_start:number], text[far_start:clause]
        listed, shares = _shared_out(near, shares)
        if listed is not None:
            near = listed[-_NEAR_LIMIT:]
            alone.append((k, 0, near))
            near_start = number
        right = text[end : min(end + 30, sentence_end)]
        bracketed = "（" in right or "(" in right
        if bracketed:
            right = _BRACKETED.sub("", right)
        stop = _STOP_RIGHT.search(right)
        behind = (right[: stop.start()] if stop else right)[:16]
        after = end + len(behind)
        if bracketed:
            alone.append((k, 3, behind))
        if i:
            alone.append((k, 5, headings[i - 1][1]))
        spans += (
            near_start,
            number,
            far_start,
            clause,
            max(sentence_start, said_before - _GAP_LIMIT),
            said_before,
        )
        spans += (end, end if bracketed else after, after, min(after + 50, sentence_end))
        unit = fold(figure.unit)
        said = len(near) - _LEADING_BACKWARDS.match(near[::-1]).end()
        group = groups.get(unit, "")
        part = 0 if first else _part(segment, out, group)
        out.append(Context(near, far, behind, unit, group, first, said, len(far), part))
        end_before = end
    words = np.concatenate([_within(find_words(text), np.array(spans).reshape(-1, 5, 2)), _alone(alone)])
    words = words[np.argsort(words[:, 0], kind="stable")]
    cuts = words[:, 0].searchsorted(np.arange(len(out) + 1)).tolist()
    for c, a, b in zip(out, cuts, cuts[1:]):
        c.words = words[a:b, 1:]
    return out


_SHARE = ("percent", "points")


def _part(segment: str, earlier: list[Context], group: str) -> int:
    """`Context.part` of a figure of the group `group`, with `segment` between it and the last of the `earlier` figures, which is of its
    sentence. Shares between a total and its parts are passed over (86起，增长12%，其中市容类51起)."""
    parts_begin = "其中" in segment
    i = len(earlier) - 1
    while (
        parts_begin
        and i
        and earlier[i].group in _SHARE
        and group not in _SHARE
        and not earlier[i].first
    ):
        i -= 1
    if group != earlier[i].group:
        return 0
    if parts_begin:
        return 1
    return 2 if earlier[i].part and not re.search("[；;]", segment) else 0


def _shared_out(near: str, shares: list[str]) -> tuple[str | None, list[str]]:
    """In 排查、受理、化解纠纷分别为 5、4、3 件 each number takes its own part of the list, with what the last one alone names (纠纷) and what
    follows the list (各培训 3 人、5 人); None where the clause is no such list."""
    if m := _SHARES.search(near):
        parts = [p for p in _LIST.split(near[: m.start()]) if p]
        if len(parts) > 1:
            done = m[0].lstrip("分别各")
            parts = [(p if len(p) > 3 else p + parts[-1][len(p) :]) + done for p in parts]
            return parts[0], parts[1:]
        return None, []
    if shares and len(near) <= 2:
        return shares[0], shares[1:]
    return None, []
