from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import Ragged, as_ragged

LENGTHS = [3, 0, 5, 1, 0, 0, 4]


@pytest.fixture
def ragged():
    """Seven rows, three of them empty."""
    rng = np.random.default_rng(0)
    offsets = np.concatenate([[0], np.cumsum(LENGTHS)])
    n = offsets[-1]
    return Ragged(
        {"time": rng.permutation(n) / 4, "band": rng.choice(["g", "r"], n), "count": np.arange(n)},
        offsets,
    )


def rows_of(ragged, name):
    """The rows of a field as lists."""
    values = np.asarray(ragged[name])
    return [values[a:b].tolist() for a, b in pairwise(ragged.offsets)]


def test_shape(ragged):
    assert len(ragged) == ragged.n_rows == 7
    assert ragged.n_points == 13
    assert ragged.lengths.tolist() == LENGTHS
    assert ragged.rows.tolist() == np.repeat(np.arange(7), LENGTHS).tolist()
    assert ragged.rank().tolist() == [i for length in LENGTHS for i in range(length)]
    assert "band" in ragged and "flux" not in ragged
    assert repr(ragged) == "Ragged(7 rows, 13 points, fields ['time', 'band', 'count'])"


def test_text_becomes_categorical(ragged):
    assert isinstance(ragged["band"], pd.Categorical)
    assert isinstance(Ragged({"b": pd.Series(["x"])}, [0, 1])["b"], pd.Categorical)


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ([1, 2], "starts at 0"),
        ([], "starts at 0"),
        ([[0, 2]], "starts at 0"),
        ([0, 2, 1, 2], "must not decrease"),
        ([0, 3], "has 2 points, but the offsets end at 3"),
    ],
)
def test_wrong_offsets_are_refused(offsets, message):
    with pytest.raises(ValueError, match=message):
        Ragged({"a": np.arange(2)}, offsets)


def test_field_of_two_dimensions_is_refused():
    with pytest.raises(ValueError, match="1-D"):
        Ragged({"a": np.zeros((2, 2))}, [0, 2])


@pytest.mark.parametrize(
    "rows",
    [
        [2, 0, 6],
        [-1, 3],
        [2, 2, 2],
        [1, 4],
        [],
        3,
        np.int64(-1),
        slice(None),
        slice(2, 5),
        slice(None, None, -1),
        slice(5, 1, -2),
        slice(4, 4),
        np.array([True, False, True, False, True, False, True]),
        np.zeros(7, dtype=bool),
        np.arange(1, 4),
    ],
    ids=str,
)
def test_take_is_numpy_indexing(ragged, rows):
    expected = np.atleast_1d(np.arange(7)[rows])
    taken = ragged.take(rows)
    for name in ragged.fields:
        whole = rows_of(ragged, name)
        assert rows_of(taken, name) == [whole[i] for i in expected]


@pytest.mark.parametrize("rows", [[7], np.zeros(6, dtype=bool), [0.5]], ids=str)
def test_take_refuses_what_numpy_refuses(ragged, rows):
    with pytest.raises(IndexError):
        ragged.take(rows)


def test_filter_keeps_rows(ragged):
    kept = ragged.filter(ragged["count"] % 2 == 0)
    assert rows_of(kept, "count") == [
        [v for v in row if v % 2 == 0] for row in rows_of(ragged, "count")
    ]
    assert len(kept.filter(np.zeros(kept.n_points, dtype=bool))) == 7
    assert ragged.filter(np.ones(13, dtype=bool)) is ragged


def test_sort_within_rows(ragged):
    assert not ragged.is_sorted("time")
    done = ragged.sort("time")
    assert rows_of(done, "time") == [sorted(row) for row in rows_of(ragged, "time")]
    assert done.is_sorted("time")
    assert done.sort("time") is done


def test_sort_is_stable_and_takes_several_keys():
    ragged = Ragged({"t": [2, 1, 1, 1], "band": ["a", "b", "a", "b"], "n": np.arange(4)}, [0, 4])
    assert ragged.sort("t")["n"].tolist() == [1, 2, 3, 0]
    assert ragged.sort("t", "band")["n"].tolist() == [2, 1, 3, 0]


def test_sort_some_rows(ragged):
    done = ragged.sort("time", rows=[6, 0])
    before, after = rows_of(ragged, "time"), rows_of(done, "time")
    for row in range(7):
        assert after[row] == (sorted(before[row]) if row in (0, 6) else before[row])


def test_is_sorted_looks_within_rows_only():
    assert Ragged({"t": [5, 6, 1, 2]}, [0, 0, 2, 2, 4, 4]).is_sorted("t")
    assert not Ragged({"t": [5, 4]}, [0, 2]).is_sorted("t")
    assert Ragged({"t": np.empty(0)}, [0, 0, 0]).is_sorted("t")


@pytest.mark.parametrize(
    ("how", "function", "empty"),
    [
        ("sum", sum, 0),
        ("min", min, np.nan),
        ("max", max, np.nan),
        ("mean", np.mean, np.nan),
        ("first", lambda row: row[0], np.nan),
        ("last", lambda row: row[-1], np.nan),
        ("count", len, 0),
        ("any", any, False),
        ("all", all, True),
    ],
)
@pytest.mark.parametrize("lengths", [LENGTHS, [2, 3], [0, 0], [0, 1, 0], []], ids=str)
def test_reduce_is_a_loop_over_rows(how, function, empty, lengths):
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(int)
    values = np.random.default_rng(1).integers(-2, 3, offsets[-1])
    values = values > 0 if how in ("any", "all") else values.astype(float)
    result = Ragged({"a": values}, offsets).reduce(how, "a")
    expected = [function(values[a:b].tolist()) if b > a else empty for a, b in pairwise(offsets)]
    np.testing.assert_array_equal(result, np.array(expected, dtype=float))
    assert result.shape == (len(lengths),)


def test_reduce_flat_values_and_names(ragged):
    assert ragged.reduce("sum", np.ones(13, dtype=bool)).tolist() == LENGTHS
    assert ragged.reduce("max", "count", empty=-1)[1] == -1
    band = np.asarray(ragged["band"])
    assert ragged.reduce("first", "band")[[0, 2, 3]].tolist() == band[[0, 3, 8]].tolist()
    assert pd.isna(ragged.reduce("last", "band")[1])
    with pytest.raises(ValueError, match="'median'"):
        ragged.reduce("median", "count")


def test_from_groups_in_any_order():
    ragged = Ragged.from_groups([2, 0, 2, 0, 3], 5, {"t": [1, 2, 3, 4, 5], "b": list("abcde")})
    assert rows_of(ragged, "t") == [[2, 4], [], [1, 3], [5], []]
    assert rows_of(ragged, "b") == [["b", "d"], [], ["a", "c"], ["e"], []]


def test_from_groups_of_nothing():
    assert Ragged.from_groups([], 3, {"t": []}).lengths.tolist() == [0, 0, 0]
    assert len(Ragged.from_groups([], 0, {})) == 0


@pytest.mark.parametrize("rows", [[0, 3], [-1, 0]])
def test_from_groups_refuses_rows_outside(rows):
    with pytest.raises(ValueError, match=r"\[0, 3\)"):
        Ragged.from_groups(rows, 3, {"t": [1.0, 2.0]})


def test_concatenate(ragged):
    both = Ragged.concatenate([ragged, ragged.take([2, 1]), ragged.take([])])
    for name in ragged.fields:
        rows = rows_of(ragged, name)
        assert rows_of(both, name) == [*rows, rows[2], rows[1]]


def test_concatenate_unites_categories_of_any_dtype():
    parts = [
        Ragged({"b": np.array(["x"])}, [0, 1]),
        Ragged(
            {"b": pd.Categorical.from_codes([1, -1], pd.Index(["x", "y"], dtype=object))}, [0, 2]
        ),
        Ragged.empty(2, ["b"]),
    ]
    whole = Ragged.concatenate(parts)
    assert whole["b"].codes.tolist() == [0, 1, -1]
    assert len(whole) == 4


def test_concatenate_refuses_unlike_parts(ragged):
    with pytest.raises(ValueError, match="equal fields"):
        Ragged.concatenate([ragged, ragged.select("time")])
    with pytest.raises(ValueError, match="at least one"):
        Ragged.concatenate([])


def test_with_fields_rejects_another_number_of_points(ragged):
    with pytest.raises(ValueError, match="'time' has 12 points, but the offsets end at 13"):
        ragged.with_fields(time=np.ones(12))


def test_with_fields_and_select_leave_the_original(ragged):
    more = ragged.with_fields(flux=np.zeros(13), time=np.ones(13))
    assert list(more.fields) == ["time", "band", "count", "flux"]
    assert list(more.select("flux", "band").fields) == ["flux", "band"]
    assert list(ragged.fields) == ["time", "band", "count"]
    assert ragged["time"].max() == 3.0


def test_nested_round_trip(ragged):
    index = pd.Index(list("abcdefg"), name="object")
    column = ragged.to_nested(index=index, name="light_curve")
    assert column.index.equals(index) and column.name == "light_curve"
    back = as_ragged(column)
    assert back.offsets.tolist() == ragged.offsets.tolist()
    for name in ragged.fields:
        assert rows_of(back, name) == rows_of(ragged, name)


def test_nested_column_of_odd_types():
    values = np.array([1.5, 2.5])
    ragged = Ragged(
        {
            "big": values.astype(">f8"),
            "half": values.astype(np.float16),
            "long": values.astype(np.longdouble),
            "strided": np.array([1.5, 0.0, 2.5])[::2],
            "null": pd.Categorical.from_codes([0, -1], ["g"]),
            "codes": pd.Categorical([1, 2]),
        },
        [0, 1, 2],
    )
    back = as_ragged(ragged.to_nested())
    for name in ("big", "half", "long", "strided"):
        assert back[name].tolist() == [1.5, 2.5]
    assert back["null"].codes.tolist() == [0, -1]
    assert list(back["codes"]) == ["1", "2"]


def test_methods_do_not_change_their_input(ragged):
    before = {name: np.array(values) for name, values in ragged.fields.items()}
    for values in ragged.fields.values():
        if isinstance(values, np.ndarray):
            values.flags.writeable = False
    ragged.sort("time").take([2, 0]).filter(np.ones(8, dtype=bool)).reduce("max", "time")
    ragged.sort("band", "time")
    for name, values in before.items():
        np.testing.assert_array_equal(np.asarray(ragged[name]), values)
