import pytest

from catalog.spelling import distance, kept_of, nearest, reach, shortened


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("kettle", "kettle", 0),
        ("ketle", "kettle", 1),
        ("kettel", "kettle", 1),
        ("kattles", "kettle", 2),
        ("", "ab", 2),
    ],
)
def test_words_differ_by_letters_left_out_added_changed_or_exchanged(
    one: str, other: str, apart: int
) -> None:
    assert distance(one, other) == distance(other, one) == apart


def test_longer_words_may_be_wrong_in_more_letters() -> None:
    assert [reach("x" * length) for length in (3, 4, 5, 6)] == [0, 1, 1, 2]
    assert shortened("abc", 1) == ["ab", "abc", "ac", "bc"]


def test_every_word_within_reach_has_something_kept_in_common() -> None:
    letters, word = "abz", "bazaars"
    near = {
        word[:at] + new + word[at + gone :] for at in range(8) for new in ("", *letters) for gone in (0, 1)
    }
    near |= {each[:at] + each[at + 1 :] for each in near for at in range(len(each))}
    within = {each for each in near if reach(each) and distance(each, word) <= reach(each)}
    assert len(within) > 100
    assert [each for each in within if not {*shortened(each, reach(each))} & {*kept_of(word)}] == []


def test_the_nearest_word_is_meant_and_of_several_the_most_frequent() -> None:
    assert nearest("ketle", {"kettle": 1, "settle": 9, "kettles": 9}) == "kettle"
    assert nearest("tabel", {"table": 2, "label": 3}) == "label"
    assert nearest("sofa", {"soap": 5}) is None
