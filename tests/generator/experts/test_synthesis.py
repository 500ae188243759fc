"""The effects' workbench: its curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve


@given(
    inner=st.lists(st.integers(1, 99), unique=True, max_size=6),
    values=st.lists(st.floats(-10, 10, allow_subnormal=False), min_size=8, max_size=8),
)
def test_a_curve_is_the_monotone_cubic_through_its_points(inner, values):
    at = [0.0, *(share / 100 for share in sorted(inner)), 1.0]
    theirs = PchipInterpolator(at, values[: len(at)])(np.linspace(0, 1, 301))
    assert curve(301, list(zip(at, values))) == pytest.approx(theirs, abs=1e-9)
