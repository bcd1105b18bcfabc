"""The invented words: as many as asked for, always the same, and used unevenly."""

from collections import Counter

from bench.words import VOCABULARY, Writer, vocabulary


def test_the_words_differ_and_are_always_the_same() -> None:
    words = vocabulary()
    assert len(set(words)) == VOCABULARY
    assert words == vocabulary()


def test_a_frequent_word_is_drawn_as_often_as_its_rank_says() -> None:
    drawn = Counter(Writer("test", ["first", "second", "third"]).draw(100_000))
    # 1 / 3.7, 1 / 4.7 and 1 / 5.7, of their sum.
    assert [round(drawn[word] / 100_000, 2) for word in ("first", "second", "third")] == [0.41, 0.32, 0.27]


def test_a_title_repeats_no_word() -> None:
    writer = Writer("test", vocabulary(6))
    titles = [writer.title(4, 6).split() for _ in range(50)]
    assert {len(words) for words in titles} == {4, 5, 6}
    assert [words for words in titles if len(set(words)) < len(words)] == []
