"""Labelled texts -> copies in which clauses have another order of words, for training.

Clerks write 发放宣传册800份 most of the time, and 800份宣传册发放到户, 宣传册，全年800份 or 宣传册方面，发放800份
now and then. The meaning is the same, and so is the code.
"""

from __future__ import annotations

import random
import re
from typing import Any

from transforms import figures, numerals
from transforms.codes.contexts import words_of
from transforms.figures import Figure
from transforms.layout import read_layout

Labels = list[dict[str, Any]]
SHARE = 0.5  # of the clauses that can be reworded
SHORTEST, LONGEST = 3, 16  # characters of a clause before its number
_SIGNS = "，；：。（）\n、！？“”(),;:"
_CLAUSE_BEHIND = "，；。、\n（）"
# a clause with one of these means something else in another order
_FIXED = re.compile(
    '其中|分别|各|同比|较|比|增|减|下降|上升|率|由|从|原来|《|》|“|”|"|每|第|等|[\\s\\d]'
)
_LEADS_IN = re.compile(
    "^(?:全年|今年|本年度?|年内|我镇|全镇|镇里|共|累计|目前|已|并|同时|另|此外|先后|积极|认真|共计"
    "|期间|还|又|再)+"
)
_LEADS_TO_NUMBER = re.compile(
    "(?:不少于|不低于|不超过|至少|最多|超过|达到|大约|约|近|达|均|为|共计|共有|共|累计|合计|总计|超|逾"
    "|已|仅|有|的|了|计)+$"
)
_BEFORE_NUMBER = ("全年", "今年", "累计", "共", "全镇", "目前", "已有", "总数为", "年内", "合计")
_TOPIC_ENDS = ("方面，", "工作中，", "，", "上，")


def reworded(text: str, labels: Labels, key: str) -> tuple[str, Labels] | None:
    """Returns a text in which some clauses have another order of words, and its labels.

    The labels of the figures in these clauses say `"reworded": True`. `key` decides which clauses
    these are, and how: the same key always gives the same text. None where no clause can be
    reworded.
    """
    chance = random.Random(key)
    layout = read_layout(text, numerals.fold(text))
    flat = figures.flatten_text(text, layout.wraps, layout.breaks)
    found = figures.find_figures(text, flat, figures.find_non_figures(flat))
    label_at = {label["start"]: label for label in labels}
    out, moved, last = "", list[dict[str, Any]](), 0
    for i, figure in enumerate(found):
        begin = max(text.rfind(sign, 0, figure.start) for sign in _SIGNS) + 1
        if figure.start not in label_at or (i and found[i - 1].end > begin):
            continue
        core = _core(text, begin, figure)
        if not core or chance.random() > SHARE:
            continue
        clause, at = _other_order(core, text[figure.start : figure.end], chance)
        moved += _shifted(labels, last, begin, len(out) - last)
        out += text[last:begin]
        moved.append({**label_at[figure.start], "start": len(out) + at, "reworded": True})
        out, last = out + clause, figure.end
    if not last:
        return None
    return out + text[last:], moved + _shifted(labels, last, len(text), len(out) - last)


def _shifted(labels: Labels, start: int, end: int, by: int) -> Labels:
    return [
        {**label, "start": label["start"] + by} for label in labels if start <= label["start"] < end
    ]


def _core(text: str, begin: int, figure: Figure) -> str:
    """The words of a clause before its number that name something; "" where it has to stay."""
    clause = text[begin : figure.start]
    if text[figure.end : figure.end + 1] not in _CLAUSE_BEHIND or _FIXED.search(clause):
        return ""
    if not SHORTEST <= len(clause) <= LONGEST:
        return ""
    core = _LEADS_IN.sub("", _LEADS_TO_NUMBER.sub("", clause))
    return core if len(core) >= SHORTEST else ""


def _other_order(core: str, quantity: str, chance: random.Random) -> tuple[str, int]:
    """Returns the clause in another order, and where its number begins."""
    words = words_of(core)
    is_verb = len(words.texts) > 1 and words.kinds[0].startswith("v")
    verb = words.texts[0] if is_verb else ""
    thing = core[len(verb) :]
    order = chance.choice(("number first", "topic and number", "topic and clause"))
    if order == "number first":
        return quantity + thing + verb, 0
    if order == "topic and number":
        lead = f"{core}，{chance.choice(('', *_BEFORE_NUMBER))}"
    elif verb:
        lead = thing + chance.choice(_TOPIC_ENDS) + verb
    else:
        lead = core + chance.choice(_TOPIC_ENDS) + chance.choice(_BEFORE_NUMBER)
    return lead + quantity, len(lead)
