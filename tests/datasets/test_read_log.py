"""What a reader leaves out is counted, and reported in one warning."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets._dialects import Dialect
from sklearn_sn.datasets._long_numbers import LongTable
from sklearn_sn.datasets._read_log import ReadLog

MASK = np.array([False, True, True])


def points(**parameters):
    columns = {"flux_err": np.array([1.0, -9.0, -9.0]), "mag": [">19", "18", "17"]}
    names = {"flux_err": "dflux", "mag": "m"}
    return LongTable("light_curves", columns, names, ["a", "b"], np.array([0, 1, 1]), **parameters)


def test_one_warning_of_everything():
    log = ReadLog()
    log.unmeasured(points(), MASK)
    log.written_limits(points(), ~MASK, "mag")
    log.unknown_errors(points(), "flux_err", MASK)
    with pytest.warns(DataQualityWarning) as caught:
        log.warn()
    (warning,) = caught
    message = str(warning.message)
    assert message.startswith("Rows were left out: 2 points of 1 objects that are not measured")
    assert "first 'b'); 1 upper limits of 1 objects, written as text in column 'm'" in message
    assert "2 values of light_curves, column 'dflux', that are no errors" in message
    assert "(first -9.0 of object 'b')" in message
    assert log.record["counts"] == {"not_measured": 2, "unknown_errors": 2}


def test_what_a_dialect_says_itself_is_only_counted():
    log = ReadLog()
    log.unmeasured(points(dialect=Dialect("x", ())), MASK)
    log.unknown_errors(points(dialect=Dialect("x", ())), "flux_err", MASK)
    log.count("not_measured", [True])
    log.count("other", [False])
    log.warn()  # warnings are errors
    assert log.record["counts"] == {"not_measured": 3, "unknown_errors": 2}
    # Errors that repeat the values are doubtful in any format.
    log.copied_errors(points(dialect=Dialect("x", ())), "flux_err", MASK)
    with pytest.warns(DataQualityWarning, match=r"'dflux', repeats the values of 1 objects"):
        log.warn()


def test_unknown_bands_are_listed():
    log = ReadLog()
    bands = pd.Series(pd.Categorical(["x", "y", "y", None]))
    mask, rows = np.array([True, True, True, True]), np.array([1, 0, 0, 0])
    log.unreadable(points(), bands, mask, rows, pd.Index(["a", "b"]))
    log.unreadable(points(), bands, ~mask, rows, pd.Index(["a", "b"]))
    (remark,) = log.remarks
    assert remark.startswith("4 points of 2 objects in 3 unknown or ambiguous bands (y, x, points ")
    assert "first object 'b'" in remark and log.record["counts"] == {"unknown_band": 4}


def test_text_of_the_record():
    log = ReadLog()
    assert log.text() == "left out: nothing"
    log.add_table(kind="objects", file=None, columns={"object_id": "sn"}, dialect="x")
    log.count("same_exposure", [True])
    assert log.text().split("\n") == [
        "objects of memory: object_id from 'sn'",
        "  dialect: x",
        "left out: {'same_exposure': 1}",
    ]
    log.count("bad_quality", [True, True])
    assert log.text(quality_cut=True).endswith("left out: {'same_exposure': 1, 'bad_quality': 2}")
    assert log.text().split("\n")[2:] == [
        "left out: {'same_exposure': 1}",
        "kept, but unusable as the survey says: 2 (see quality_cut)",
    ]
