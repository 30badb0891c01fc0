import threading
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import DataQualityWarning, Ragged, as_ragged, check_table, warn_quality
from sklearn_sn.data._reported import digest_points, kind_of
from sklearn_sn.datasets import make_supernovae, read_tables
from sklearn_sn.preprocessing import FluxNormalizer


def flawed(n=6, seed=0, names=None):
    """Return a table with a point without a flux, and one without an error, in each object."""
    rng = np.random.default_rng(seed)
    cells = []
    for _ in range(n):
        flux = rng.uniform(100.0, 200.0, 5)
        flux[2] = np.nan
        errors = [5.0, 5.0, 5.0, 0.0, 5.0]
        time = 60000.0 + np.arange(5)
        cells.append({"time": time, "band": list("grgrg"), "flux": flux, "flux_err": errors})
    return pd.DataFrame({"light_curve": cells}, index=names)


def count(function, *args):
    """Return the warnings that a function gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(*args)
    return [str(warning.message) for warning in caught]


def test_ten_lines_of_a_user_give_one_warning_per_kind(embedder):
    X, y = make_supernovae(30, random_state=0)
    long = []
    for name, kind in (("light_curve", "light_curve"), ("spectrum", "spectrum")):
        points = as_ragged(X[name], kind=kind)
        frame = pd.DataFrame({key: np.asarray(points[key]) for key in points.fields})
        frame.insert(0, "object_id", np.asarray(X.index)[points.rows])
        rng = np.random.default_rng(0)
        rows = rng.choice(len(frame), 80, replace=False)
        frame.loc[rows[:40], "flux"] = np.nan
        frame.loc[rows[40:80], "flux_err"] = -1.0 if kind == "spectrum" else 0.0
        long.append(frame)
    long[0].loc[[3, 300], "band"] = "unknown"

    def user():
        X = read_tables(None, *long)
        pipeline = make_pipeline(FluxNormalizer(), embedder, KNeighborsClassifier(3))
        pipeline.fit(X, y)
        cross_val_score(pipeline, X, y, cv=2)
        grid = {"kneighborsclassifier__n_neighbors": [1, 3]}
        search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
        search.predict(X)
        pipeline.predict(X.iloc[:10])
        pipeline.predict(X.iloc[[4]])

    texts = count(user)
    for kind in (
        "unknown or ambiguous bands",
        "points with non-finite time or flux dropped",
        "points without a usable flux_err dropped",
        "pixels without a usable wavelength, flux or error dropped",
    ):
        assert sum(kind in text for text in texts) == 1
    assert len(texts) == 3  # of reading, of light curves and of spectra


def test_a_cross_validation_alone_warns_once(embedder):
    X, y = make_supernovae(24, random_state=0)
    table = X.assign(light_curve=[flip(cell) for cell in X["light_curve"]])
    pipeline = make_pipeline(embedder, KNeighborsClassifier(3))
    texts = count(lambda: cross_val_score(pipeline, table, y, cv=3))
    assert len(texts) == 1 and "unsorted points" in texts[0]


def flip(cell):
    return {name: np.asarray(cell[name])[::-1] for name in ("time", "band", "flux", "flux_err")}


def test_other_data_of_the_same_names_are_reported():
    texts = count(lambda: [check_table(flawed(seed=seed)) for seed in (0, 1, 0)])
    assert len(texts) == 2  # the third table is the first one


@pytest.mark.parametrize("field", ["time", "band", "flux", "flux_err"])
def test_changed_data_are_reported(field):
    table = flawed(2)
    changed = flawed(2)
    values = np.array(changed["light_curve"].iloc[1][field])
    values[0] = "i" if field == "band" else values[0] + 0.25
    changed["light_curve"].iloc[1][field] = values
    texts = count(lambda: [check_table(X) for X in (table, changed, table)])
    assert len(texts) == 2


def test_the_same_data_under_other_names_are_reported():
    texts = count(
        lambda: [check_table(flawed(2, names=names)) for names in (["a", "b"], ["c", "d"])]
    )
    assert len(texts) == 2 and "first 'c'" in texts[1]


def test_part_of_a_table_and_another_order_are_not_reported_again():
    X = flawed(6)
    parts = (X, X.iloc[:2], X.iloc[[5, 0]], X)
    assert len(count(lambda: [check_table(part) for part in parts])) == 1


def test_one_new_object_among_old_ones_is_reported():
    X = flawed(6)
    assert len(count(lambda: [check_table(part) for part in (X.iloc[:5], X)])) == 2


def test_another_kind_of_the_same_objects_is_reported_alone():
    X = flawed(3)
    worse = X.assign(light_curve=[flip(cell) for cell in X["light_curve"]])
    first, second = count(lambda: [check_table(table) for table in (X, worse)])
    assert "unsorted" not in first and "unsorted" in second


def test_who_catches_warnings_anew_sees_all():
    X = flawed(2)
    assert [len(count(check_table, X)) for _ in range(3)] == [1, 1, 1]


def test_a_warning_turned_into_an_error_is_not_lost():
    X = flawed(2)
    for _ in range(2):
        with pytest.raises(DataQualityWarning):
            check_table(X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_table(X)
        warnings.simplefilter("error")
        with pytest.raises(DataQualityWarning):
            check_table(X)


def test_the_table_is_not_marked():
    X = flawed(2)
    count(check_table, X)
    assert X.attrs == {} and list(X.columns) == ["light_curve"]


def test_threads_lose_no_warning():
    tables = [flawed(3, seed) for seed in range(16)]

    def run():
        threads = [threading.Thread(target=check_table, args=(table,)) for table in tables]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(count(run)) == 16


def test_messages_differ_in_more_than_numbers():
    texts = count(lambda: [warn_quality(f"{n} objects (first 'x{n}') are odd.") for n in (1, 2)])
    assert len(texts) == 2  # two calls
    assert kind_of("1 objects (first 'a') are odd") == kind_of("20 objects (first 'b') are odd")
    assert kind_of("X lacks 'a'") != kind_of("X lacks 'b'")


def test_digests_depend_on_values_and_order_and_not_on_neighbours():
    flux = np.array([1.0, 2.0, 2.0, 1.0, np.nan, 1.0, 2.0])
    points = Ragged({"flux": flux}, np.array([0, 2, 4, 5, 5, 7]))
    digest = digest_points(points)
    assert digest[0] == digest[4]
    assert len(set(digest.tolist())) == 4
    assert (digest_points(points.take([4, 2])) == digest[[4, 2]]).all()
