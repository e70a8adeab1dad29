"""The words of the search index: every word that stands in a text is found, and jieba cuts alike."""

import pytest

from tests.support import reports
from transforms import words

TEXT = "聘请法律顾问3名，协调解决村规民约问题；网格员和法律明白人参与行政复议案件、全面依法治市。"


@pytest.mark.parametrize(
    "word",
    [
        "法律顾问",
        "顾问",
        "法律",
        "调解",
        "协调",
        "村规民约",
        "网格员",
        "网格",
        "法律明白人",
        "明白人",
        "行政复议",
        "复议",
        "法治",
    ],
)
def test_a_word_that_stands_in_a_text_is_in_its_words(word):
    assert words.words_in(TEXT)[word] == TEXT.count(word)


def test_blanks_signs_numbers_and_single_characters_are_no_words():
    assert not {"3", "名", "，", " ", "2023"} & set(words.words_in(TEXT + " 2023"))


def test_jieba_cuts_as_rjieba_does():
    rjieba = pytest.importorskip("rjieba")
    assert rjieba
    jieba = words.jieba_segmenter()
    plain = words.jieba_tagger()
    for number in range(12):
        text = reports.text(number)
        assert words.words_in(text, jieba) == words.words_in(text)
        assert list(plain.cut(text)) == words.cut(text)
    assert plain.tag("强化青山镇法治建设")[0] == words.tag("强化青山镇法治建设")[0] == ("强化", "v")
