"""Domains of objects."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.base._domains import balance_groups, domain_codes

X = pd.DataFrame({"survey": ["ztf", "lsst", None, "ztf"], "field": [7, 3, 7, 3]})


def test_domains_are_numbered_in_order_of_their_names():
    codes, names = domain_codes(X, "survey", 4)
    assert codes.tolist() == [1, 0, -1, 1] and codes.dtype == np.int64
    assert names.tolist() == ["lsst", "ztf"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7, 3, 7, 3], ["3", "7"]),
        ([7.0, 3.0, np.nan, 3.0], ["3.0", "7.0"]),
        (pd.Categorical(["b", "a", None, "b"]), ["a", "b"]),
        (pd.array(["b", pd.NA, "a", "b"], dtype="string"), ["a", "b"]),
        ([True, False, True, True], ["False", "True"]),
    ],
)
def test_domains_of_any_plain_type(values, expected):
    codes, names = domain_codes(pd.DataFrame({"survey": values}), "survey", 4)
    assert names.tolist() == expected
    missing = pd.isna(pd.Series(values)).to_numpy()
    np.testing.assert_array_equal(codes == -1, missing)
    assert [str(v) for v in pd.Series(values)[~missing]] == names[codes[~missing]].tolist()


def test_an_array_has_one_domain():
    codes, names = domain_codes(None, "survey", 3)
    assert codes.tolist() == [0, 0, 0] and names.tolist() == [""]


def test_all_unknown_is_no_domain():
    codes, names = domain_codes(pd.DataFrame({"survey": [None, None]}), "survey", 2)
    assert codes.tolist() == [-1, -1] and len(names) == 0


def test_a_column_that_is_missing():
    with pytest.raises(ValueError, match=r"lacks the column 'telescope'.*\['survey', 'field'\]"):
        domain_codes(X, "telescope", 4)


@pytest.mark.parametrize(
    ("values", "message"), [([0.1, 0.25], "holds measurements"), ([[1], [2]], "holds no names")]
)
def test_columns_that_name_no_domain(values, message):
    with pytest.raises(ValueError, match=f"column 'redshift'.*{message}"):
        domain_codes(pd.DataFrame({"redshift": values}), "redshift", 2)


CLASSES = np.array([0, 1, 0, 1, 2, 0])
DOMAINS = np.array([0, 0, 1, -1, 1, 0])


def test_groups_by_class_or_domain():
    assert balance_groups("class", CLASSES, None) is CLASSES
    # Unknown is a group of its own.
    assert balance_groups("domain", CLASSES, DOMAINS).tolist() == [1, 1, 2, 0, 2, 1]


def test_groups_of_each_class_in_each_domain():
    groups = balance_groups("both", CLASSES, DOMAINS)
    pairs = list(zip(CLASSES, DOMAINS, strict=True))
    for i in range(6):
        for j in range(6):
            assert (groups[i] == groups[j]) == (pairs[i] == pairs[j])
    assert set(groups) == set(range(5))
