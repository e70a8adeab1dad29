"""Characters that look like others, or like nothing: a text as it is understood beside the text as
it stands.

The transcription keeps every character. What is understood has ordinary characters for those that
only look like them (Kangxi radicals, private use, hyphens of other kinds), and is without those
that print nothing of their own (soft hyphens, blanks of no width, direction and combining marks).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass, replace

from transforms.figures.find import Figure
from transforms.figures.non_figures import Mark
from transforms.sections import Section

INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-"
    "\u206f"
    "\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\ufeff\ufff9-\ufffb\u115f\u1160\u3164\uffa0\u17b4"
    "\u17b5\U000e0000-\U000e01ef]"
)
# none of these looks like another or is invisible; most texts hold no others
_PLAIN = re.compile(
    "[ \n\t\r\u3000\u00a0!-~\u3001-\u3017\u4e00-\u9fff\uff01-\uff5e\u2460-\u2487“”‘’—…·]*"
)
_KANGXI = range(0x2F00, 0x2FD6)
_COMPATIBILITY = (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
_STYLED_DIGITS = range(0x1D7CE, 0x1D800)
# simplified forms among the radicals of the supplement, which Unicode gives no equal
_RADICALS = dict(
    zip(
        "⺁⺄⺆⺈⺊⺌⺍⺎⺏⺑⺒⺓⺔⺗⺘⺙⺛⺝⺞⺟⺠⺣⺤⺥⺨⺩⺪⺫⺬⺭⺮⺯⺰⺲⺳⺴⺵⺶⺷⺹⺺⺻⺼⺽⻀⻁⻂⻃⻄⻅⻈⻉⻊⻋⻌⻎⻏⻐⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻮⻯⻰⻱⻲",
        "厂乙冂刀卜小小兀尤尢巳幺彑心手攵旡月歺母民火爪爪犬王疋网示示竹糹纟网网网网羊羊老聿聿肉臼艹虎衤西西见讠贝足车辶辶邑钅长长门阝雨青韦页风飞食食饣马骨鬼鱼鸟卤麦黄黾斉齐歯竜龙龟亀",
        strict=True,
    )
)
_PUNCTUATION = dict(zip("︐︑︒︓︔︕︖﹐﹑﹒﹔﹕﹖﹗", "，、。：；！？，、.；：？！", strict=True))
_HYPHENS = dict.fromkeys("\u2010\u2011\u2043\ufe63\u2212\ufe58", "-")
_BLANKS = dict.fromkeys(
    [chr(0xE5E5), *map(chr, range(0x2000, 0x200B)), "\u202f", "\u205f", "\u2800"], " "
)


@functools.cache
def _ordinary() -> dict[int, str]:
    """Returns each character that only looks like another with that other, one for one."""
    equals = {**_RADICALS, **_PUNCTUATION, **_HYPHENS, **_BLANKS}
    for code in (*_KANGXI, *_COMPATIBILITY, *_STYLED_DIGITS):
        same = unicodedata.normalize("NFKC", chr(code))
        if len(same) == 1 and same != chr(code):
            equals[chr(code)] = same
    return {ord(character): same for character, same in equals.items()}


@functools.cache
def _look_alike() -> frozenset[str]:
    return frozenset(map(chr, _ordinary()))


@dataclass(frozen=True, slots=True)
class Understood:
    """A text as it is understood. `places` gives for each of its characters the offset in the
    transcription, and behind the last one the length of that; None where both have one length."""

    text: str
    transcription: str
    places: list[int] | None = None

    def start(self, offset: int) -> int:
        """Returns where in the transcription what begins at `offset` here begins."""
        if self.places is None or offset == 0:
            return offset
        return self.places[offset]

    def end(self, offset: int) -> int:
        """Returns where in the transcription what ends at `offset` here ends."""
        if self.places is None or offset == 0:
            return offset
        return self.places[offset - 1] + 1


def understand(transcription: str) -> Understood:
    """Returns the text with ordinary characters, and without those that print nothing."""
    if _PLAIN.fullmatch(transcription):
        return Understood(transcription, transcription)
    text, occurring = transcription, set(transcription)
    if not _look_alike().isdisjoint(occurring):
        text = text.translate(_ordinary())
    if not INVISIBLE.search("".join(occurring)):
        return Understood(text, transcription)
    kept = [at for at, character in enumerate(text) if not INVISIBLE.match(character)]
    return Understood("".join(text[at] for at in kept), transcription, [*kept, len(text)])


def figure_in_transcription(figure: Figure, understood: Understood) -> Figure:
    """Returns the figure with offsets into the transcription."""
    start, number_end = understood.start(figure.start), understood.end(figure.number_end)
    return replace(
        figure,
        start=start,
        number_end=number_end,
        end=understood.end(figure.end),
        number=understood.transcription[start:number_end],
        sentence_start=understood.start(figure.sentence_start),
        sentence_end=understood.start(figure.sentence_end),
    )


def section_in_transcription(section: Section, understood: Understood) -> Section:
    """Returns the section with offsets into the transcription; sections still cover all of it."""
    return replace(
        section,
        start=understood.start(section.start),
        end=understood.start(section.end),
        body_start=understood.start(section.body_start),
    )


def mark_in_transcription(mark: Mark, understood: Understood) -> Mark:
    """Returns the mark with offsets into the transcription."""
    return mark._replace(start=understood.start(mark.start), end=understood.end(mark.end))
