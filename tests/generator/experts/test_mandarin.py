"""Chinese text to phonemes: readings by phrase, tones on their vowels, numbers, Latin words between."""

import pytest

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.experts.speech.mandarin import (
    MandarinPhonemes,
    has_han,
    join_han,
    part_han,
    read_number,
    spell_syllable,
)


@pytest.mark.parametrize(
    ("initial", "final", "phonemes"),
    [
        ("", "uo3", "wo↓"),
        ("sh", "i4", "ʂɨ↘"),
        ("x", "ia4", "ɕja↘"),
        ("h", "ao3", "xau↓"),
        ("zh", "uang1", "ꭧwa→ŋ"),
        ("q", "v4", "ʨʰy↘"),
        ("l", "e5", "lɤ"),
    ],
)
def test_a_syllable_is_spelt_with_its_tone_after_the_vowel(initial, final, phonemes):
    assert spell_syllable(initial, final) == phonemes


@pytest.mark.parametrize(
    ("digits", "read"),
    [
        ("0", "零"),
        ("15", "十五"),
        ("105", "一百零五"),
        ("1010", "一千零一十"),
        ("10005", "一万零五"),
        ("120000", "十二万"),
        ("3.14", "三点一四"),
        ("007", "零零七"),
        ("13912345678", "一三九一二三四五六七八"),
    ],
)
def test_numbers_are_read_by_their_places(digits, read):
    assert read_number(digits) == read


def test_characters_are_parted_for_counting_and_joined_again():
    parted = part_han("我用iPhone打了3个电话")
    assert parted == "我 用 iPhone 打 了 3 个 电 话"
    assert join_han("你 好, 再 见!") == "你好, 再见!" and has_han(parted) and not has_han("iPhone 3!")


def test_a_character_is_read_by_the_phrase_it_stands_in():
    pytest.importorskip("pypinyin")
    read = MandarinPhonemes(lambda words: words.strip().upper())
    assert read("银行") == "i↗n xa↗ŋ" and read("行走") == "ɕi↗ŋ ʦou↓"
    assert read("你好").split()[0] == "ni↗"  # a third tone before another rises
    assert read("我用 phone 打 3 次。").replace(" .", ".").split()[2] == "PHONE"


def test_without_its_package_the_line_that_brings_it_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pypinyin", None)
    with pytest.raises(ModelMissingError, match="pypinyin") as missing:
        MandarinPhonemes(str)
    assert "audiogen[embedded]" in missing.value.hint
