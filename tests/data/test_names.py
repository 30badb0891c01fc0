"""Names as text, and their codes: the result for a name is independent of the others."""

import itertools
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import (
    Ragged,
    as_python,
    as_ragged,
    as_text,
    canonical_bands,
    check_table,
    factorize_names,
)

# Names of every type, among them many that Python takes for equal: True == 1 == 1.0 == 1 + 0j.
NAMES = [
    *(True, False, np.True_, 0, 1, 2, 1.0, 2.0, 1.5, np.int8(1), np.float32(2.0), 1 + 0j),
    *(Decimal(1), Decimal("1.0"), Fraction(2), "1", "True", "g", b"g", "ztfg", b"1", (1,), (True,)),
    *(["g"], "", " ", None, np.nan, pd.NA, pd.NaT),
]
EXPECTED = {
    **dict.fromkeys([repr(n) for n in NAMES], None),
    **dict.fromkeys(
        [repr(n) for n in (1, 1.0, np.int8(1), 1 + 0j, Decimal(1), Decimal("1.0"), "1", b"1")],
        "ztfg",
    ),
    **dict.fromkeys([repr(n) for n in (2, 2.0, np.float32(2.0), Fraction(2))], "ztfr"),
    **dict.fromkeys([repr("g"), repr(b"g")], "sdssg"),
    repr("ztfg"): "ztfg",
}


def objects(*names):
    array = np.empty(len(names), dtype=object)
    for i, name in enumerate(names):
        array[i] = name
    return array


def draws(n_draws=60):
    rng = np.random.default_rng(0)
    for _ in range(n_draws):
        yield [NAMES[i] for i in rng.integers(0, len(NAMES), rng.integers(1, 9))]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_alone(name):
    assert canonical_bands(objects(name), ambiguous="unknown").tolist() == [EXPECTED[repr(name)]]


@pytest.mark.parametrize("container", [objects, lambda *names: pd.Series(objects(*names))])
def test_bands_of_mixed_types_are_independent_of_each_other(container):
    pairs = [list(pair) for pair in itertools.permutations(NAMES, 2)]
    for names in [*pairs, *draws()]:
        canonical = canonical_bands(container(*names), ambiguous="unknown")
        assert canonical.tolist() == [EXPECTED[repr(name)] for name in names], names


def test_points_of_a_table_are_independent_of_the_names_of_others():
    for names in draws():
        # The code 0 contradicts 1 and 2, by a rule of its own; cells must be 1-D.
        names = [n for n in names if as_text(n) != "0" and not isinstance(n, list | tuple)]
        n = len(names)
        curve = {"time": np.arange(n) + 1.0, "band": names, "flux": np.arange(n) + 1e3}
        kept = [
            time for time, name in zip(curve["time"], names, strict=True) if EXPECTED[repr(name)]
        ]
        apart = [{k: list(v[i : i + 1]) for k, v in curve.items()} for i in range(n)]
        for cells in ([curve], apart, [pd.DataFrame({**curve, "band": objects(*names)})]):
            X = pd.DataFrame({"light_curve": objects(*cells)})
            table = check_table(X, warn=False).light_curve
            assert table["time"].tolist() == kept, names
            expected = [EXPECTED[repr(names[int(time) - 1])] for time in kept]
            assert list(table["band"]) == expected


def test_numbers_equal_to_an_integer_have_its_text():
    for number in (1, 1.0, np.float32(1), np.uint8(1), Decimal("1.00"), Fraction(1), 1 + 0j):
        assert as_text(number) == "1"
    assert [as_text(number) for number in (1.5, True, np.True_, np.inf, 1j)] == [
        *("1.5", "True", "True", "inf", "1j")
    ]
    assert as_text(np.float32("nan")) is as_text(Decimal("nan")) is as_text(pd.NaT) is None


def test_codes_and_shape():
    distinct, codes, shape = factorize_names(objects(True, 1, None, "a", 1.0, True))
    assert [distinct[code] for code in codes if code >= 0] == [True, 1, "a", 1.0, True]
    assert len(distinct) == 3
    assert codes[2] == -1 and codes[0] == codes[5] != codes[1] == codes[4]
    assert shape == (6,)
    assert factorize_names(np.array([["a", "b"]]))[2] == (1, 2)


def test_masked_names_are_missing():
    names = np.ma.array(["g", "r", "?"], mask=[False, True, False])
    distinct, codes, _ = factorize_names(names)
    assert distinct == ["g", "?"] and codes.tolist() == [0, -1, 1]


def test_a_ragged_keeps_booleans_and_numbers_apart():
    mixed = Ragged({"band": objects(True, 1, "g")}, [0, 3])
    assert list(mixed["band"]) == ["True", "1", "g"]
    parts = [Ragged({"band": objects(*names)}, [0, 2]) for names in ((True, "a"), (1, "b"))]
    assert list(Ragged.concatenate(parts)["band"]) == ["True", "a", "1", "b"]
    parts = [Ragged({"band": pd.Categorical(c)}, [0, 1]) for c in ([True], [1])]
    assert list(Ragged.concatenate(parts)["band"]) == ["True", "1"]


def test_systems_of_zero_points_keep_their_types_too():
    cell = {"time": [1.0], "band": ["g"], "flux": [1.0], "zp": [23.9]}
    ragged = as_ragged([{**cell, "zpsys": ["ab"]}, cell], kind="light_curve")
    assert ragged["flux"].tolist() == [1.0, 1.0]


def test_scalars_of_numpy_print_as_numbers():
    values = [np.int64(7), np.str_("a"), np.bool_(True), 7, "a", None]
    assert [repr(as_python(value)) for value in values] == ["7", "'a'", "True", "7", "'a'", "None"]


@pytest.mark.parametrize("categories", [["b", "a", "c"], [3, 1, 2], ["a"], []])
@pytest.mark.parametrize("lowest", [-1, 0])
def test_categories_without_a_row_are_left_out(categories, lowest):
    """The last category has no row; code -1 is a missing name."""
    n_used = len(categories) - 1
    codes = np.random.default_rng(0).integers(lowest, max(n_used, lowest + 1), 20)
    codes = np.where(codes < n_used, codes, -1)
    values = pd.Categorical.from_codes(codes, categories)
    distinct, found, shape = factorize_names(values)
    assert shape == (20,) and found.dtype == np.int64
    assert distinct == [name for i, name in enumerate(categories) if i in codes]
    expected = [distinct.index(categories[code]) if code >= 0 else -1 for code in codes]
    assert found.tolist() == expected
    assert values.codes.tolist() == codes.tolist()
