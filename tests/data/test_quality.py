import linecache
import threading
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.data._quality import QualityLog
from sklearn_sn.preprocessing import FluxNormalizer


@pytest.fixture
def log():
    return QualityLog(pd.Index(["a", "b", "c"], name="object"))


def test_nothing_found_says_nothing(log):
    log.repaired("points dropped", np.array([], dtype=int))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log.warn()
    assert log.report()["flag"].tolist() == ["", "", ""]


def test_all_is_said_in_one_warning(log):
    log.repaired("points dropped", np.array([2, 1, 2]))
    log.suspect("times are odd", "look at them")
    with pytest.warns(DataQualityWarning) as caught:
        log.warn()
    assert len(caught) == 1
    text = str(caught[0].message)
    assert "points dropped (3 in 2 objects, first 'b')" in text
    assert text.startswith("Input was repaired: points dropped")
    assert "Input looks wrong and was left unchanged: times are odd; look at them." in text
    assert "quality_report" in text
    assert issubclass(DataQualityWarning, UserWarning)


def test_the_warning_points_at_the_caller(log):
    log.suspect("something", "do this")
    with pytest.warns(DataQualityWarning) as caught:
        log.warn()
    assert caught[0].filename == __file__
    assert "repaired" not in str(caught[0].message)


def test_the_warning_points_at_the_user_behind_a_pipeline():
    cell = {"time": [2.0, 1.0], "band": ["g", "g"], "flux": [1.0, 2.0]}
    X = pd.DataFrame({"light_curve": [cell]})
    pipeline = make_pipeline(FluxNormalizer())
    with pytest.warns(DataQualityWarning) as caught:
        pipeline.fit_transform(X)
    assert [warning.filename for warning in caught] == [__file__]
    assert "fit_transform(X)" in linecache.getline(__file__, caught[0].lineno)


def test_a_worker_without_a_line_of_the_user_warns_all_the_same(log):
    log.suspect("something", "do this")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        thread = threading.Thread(target=log.warn)
        thread.start()
        thread.join()
    assert [warning.category for warning in caught] == [DataQualityWarning]


def test_refusal_names_object_column_value_and_remedy(log):
    with pytest.raises(ValueError, match=r"^Object 'b': flux_err is -1; drop the point\.$"):
        log.reject(1, "flux_err", "is -1", "drop the point")


def test_report_joins_flags_by_commas(log):
    log.count("points", np.array([0, 2, 5]))
    log.flag("EMPTY", np.array([True, False, False]))
    log.flag("LOWDATA", np.array([0, 1]))
    log.flag("LOWDATA", np.array([1]))
    report = log.report()
    assert report["flag"].tolist() == ["EMPTY,LOWDATA", "LOWDATA", ""]
    assert report["points"].tolist() == [0, 2, 5]
    assert list(report.columns) == ["points", "flag"]
    assert report.index.name == "object"


def test_report_of_no_objects():
    log = QualityLog(pd.Index([]))
    log.flag("EMPTY", np.array([], dtype=bool))
    assert log.report().shape == (0, 1)
