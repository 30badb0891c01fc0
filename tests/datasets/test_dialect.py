"""A dialect is recognised by the names of its columns."""

from sklearn_sn.datasets._dialect import Dialect


def test_all_columns_one_of_two_and_none_of_others():
    dialect = Dialect("x", ("mjd|jd", "mag"), without=("flux",))
    assert dialect.matches({"mjd", "mag", "other"}) and dialect.matches({"jd", "mag"})
    assert not dialect.matches({"mag"}) and not dialect.matches({"mjd", "jd"})
    assert not dialect.matches({"mjd", "mag", "flux"})
