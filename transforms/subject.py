"""What a figure counts, in the words of the text."""

from __future__ import annotations

import re

from transforms.figures.find import Figure
from transforms.words import cut

_FUNCTION = re.compile(
    r"[的了在为与和及等并已将被把由从到至对向以达是有均各其中，。；：、,;:（()）“”\"\n]|\.(?!\d)"
)


_VERBS = re.compile(
    r"^(?:共|累计|合计|全年|年内|今年|先后|已|新|现有|开展|组织|举办|召开|发放|办理|受理|配备|聘请|培育|建成|成立|设立|排查|查处|作出|提出|出具|张贴|悬挂"
    r"|推送|制作|解答|提供|审查|审核|完成|投入|拆除|检查|发现|整改|化解|调解|成功)+"
)


SUBJECT = 10  # characters of a subject; a longer phrase is cut between two words


def subject(flat: str, figure: Figure) -> str | None:
    """What is counted, as written: the noun behind the measure word, else the words before the
    number.
    """
    behind = flat[figure.end : figure.end + 18]
    behind = re.sub(r"^\s*(?:以上|以下|左右|以内|余|多)", "", behind)
    cut = _FUNCTION.search(behind)
    noun = "".join((behind[: cut.start()] if cut else behind).split())
    if (
        len(noun) >= 2
        and not re.match(r"\d|[提上下增减]", noun)
        and figure.unit not in ("次", "%", "元", "场次")
    ):
        return _whole_words(noun, SUBJECT, from_the_left=True)
    before = "".join(flat[max(figure.sentence_start, figure.start - 24) : figure.start].split())
    parts = [p for p in _FUNCTION.split(before) if p]
    words = (
        _VERBS.sub("", parts[-1])
        if parts and not _FUNCTION.match(before[-1:])
        else (parts[-1] if parts else "")
    )
    words = re.sub(r"^.*\d[^\u4e00-\u9fff]*", "", words)
    return _whole_words(words, SUBJECT, from_the_left=False) or None


def _whole_words(phrase: str, limit: int, from_the_left: bool) -> str:
    """At most `limit` characters of a phrase, cut between two words."""
    if len(phrase) <= limit:
        return phrase
    words = cut(phrase)
    kept, length = [], 0
    for word in words if from_the_left else reversed(words):
        length += len(word)
        if length > limit:
            break
        kept.append(word)
    return "".join(kept if from_the_left else reversed(kept)) or phrase[:limit]
