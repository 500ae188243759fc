"""Digits, money, times, units and abbreviations become the words a voice says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.caption.spelling import number_in_words, ordinal_in_words, spell_out, year_in_words


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("3 men and 42 dogs.", "Three men and forty-two dogs."),
        ("1,234,567 ants", "One million two hundred and thirty-four thousand five hundred and sixty-seven ants"),
        ("I have 0 left and -5 to go.", "I have zero left and minus five to go."),
        ("pi is 3.14", "pi is three point one four"),
        ("agent 007", "agent zero zero seven"),
        ("the 1st, 22nd, 13th and 40th", "the first, twenty-second, thirteenth and fortieth"),
        ("July 4, 2024", "July fourth, twenty twenty-four"),
        ("on 2024-05-10", "on May tenth, twenty twenty-four"),
        ("in 1905, 1999 and 2000", "in nineteen oh five, nineteen ninety-nine and two thousand"),
        ("in 2005", "in two thousand five"),
        ("the 1980s and the '90s", "the nineteen eighties and the nineties"),
        ("at 7:30, 7:05 pm or 12:00", "at seven thirty, seven oh five PM or twelve o'clock"),
        ("at 5pm or 6 a.m. sharp", "at five PM or six AM sharp"),
        ("midnight is 00:00", "midnight is midnight"),
        ("$1, $3.50 and $0.99", "one dollar, three dollars and fifty cents and ninety-nine cents"),
        ("£2 million", "two million pounds"),
        ("5€ or ¥100", "five euros or one hundred yen"),
        ("50% off", "Fifty percent off"),
        ("20°C at 5km/h for 1 ft, 6 ft", "Twenty degrees Celsius at five kilometers per hour for one foot, six feet"),
        ("½ cup, 3/4 and 10/10", "one half cup, three quarters and ten out of ten"),
        ("5-10 minutes", "Five to ten minutes"),
        ("open 24/7", "open twenty-four seven"),
        ("call 911 or 555-123-4567", "call nine one one or five five five one two three four five six seven"),
        ("B2, 4K and T-800", "B two, four K and T-eight hundred"),
        ("Dr. Lee met Mr. Smith on Main St. today", "Doctor Lee met Mister Smith on Main Street today"),
        ("St. John vs. Mt. Doom, etc.", "Saint John versus Mount Doom, et cetera."),
        ("cats, dogs, etc. We ran.", "cats, dogs, et cetera. We ran."),
        ("you & me @ home, #1", "you and me at home, number one"),
        ("coffee w/ milk w/o sugar", "coffee with milk without sugar"),
        ("No. 5 please", "Number five please"),
        ("room ７", "room seven"),
        ("I'm 5'10\"!", "I'm five foot ten!"),
    ],
)  # fmt: skip
def test_it_is_written_as_it_is_said(written, spoken):
    assert spell_out(written) == spoken or spell_out(written) == spoken[0].upper() + spoken[1:]


@pytest.mark.parametrize(
    "text", ["Hello there.", "OK, fine!", "Well-known rock 'n' roll.", "It's ten o'clock.", "Washington D.C. is far."]
)
def test_plain_english_is_left_alone(text):
    assert spell_out(text) == text


def test_numbers_by_themselves():
    assert number_in_words(1_000_000) == "one million"
    assert number_in_words(115) == "one hundred and fifteen"
    assert number_in_words(-21) == "minus twenty-one"
    assert ordinal_in_words(101) == "one hundred and first"
    assert ordinal_in_words(20) == "twentieth"
    assert year_in_words(1066) == "one thousand and sixty-six"
    assert year_in_words(1900) == "nineteen hundred"


@given(st.integers(min_value=0, max_value=10**18))
def test_any_number_is_words_alone(number):
    assert all(char.isalpha() or char in " -" for char in number_in_words(number))


@given(st.text(alphabet=st.sampled_from("0123456789 .,:/-$€%#&°'\"apmthsnrdKkCab½²"), max_size=40))
def test_no_digit_is_left_and_a_second_pass_changes_nothing(text):
    spelled = spell_out(text)
    assert not any(char.isdigit() and char.isascii() for char in spelled)
    assert spell_out(spelled) == spelled
