"""The construction in which a figure stands: verb, noun and measure word of its clause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from transforms.codes.contexts import Context, contexts
from transforms.figures import flatten_text
from transforms.figures.find import Figure


class Construction(NamedTuple):
    """How a figure is said: 化解 … 纠纷 … 件. "" where the clause has none of a kind."""

    verb: str
    noun: str
    unit: str

    @property
    def says_what(self) -> bool:
        """Whether it tells what is counted: figures without verb and noun (cells of a table) may
        be anything, and are alike in nothing.
        """
        return bool(self.verb or self.noun)


class Said(NamedTuple):
    """A figure in its sentence: offset of its first character there, its quote, unit and value."""

    start: int
    quote: str
    unit: str
    value: float


def of_context(context: Context) -> Construction:
    """Returns the construction of a figure, from its context in the text.

    A noun of one character says too little by itself: that before it is put before it (化解率). A
    verb that is the end of such a noun (率) is none.
    """
    noun, verb = context.noun, context.last_verb or context.carried_verb
    if len(noun) < 2 and not context.noun_behind:
        noun = context.nouns_before or noun
        if verb and noun.endswith(verb):
            verb = context.first_verb if context.first_verb != verb else ""
    return Construction(verb, noun, context.unit)


def of_sentence(sentence: str, said: Sequence[Said]) -> list[Construction]:
    """Returns the construction of each figure of a sentence, in the order of `said`.

    `said` are all figures of the sentence, in the order of the text.
    """
    figures = [
        Figure(
            start=one.start,
            number_end=one.start + len(one.quote),
            end=one.start + len(one.quote),
            number=one.quote,
            value=one.value,
            value_high=None,
            qualifier="exact",
            unit=one.unit,
            sentence_start=0,
            sentence_end=len(sentence),
        )
        for one in said
    ]
    return [of_context(context) for context in contexts(flatten_text(sentence), figures, [])]
