import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from sklearn_sn import SpectraNetClassifier
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.preprocessing import NearestSpectrum


def curve(times, flux):
    return {"time": times, "band": ["ztfg"] * len(times), "flux": flux, "flux_err": [1.0] * 3}


def spectra(*times):
    """Spectra whose fluxes are 1, 2, 3 … in the order given."""
    parts = {"wavelength": [], "flux": [], "time": []}
    for number, time in enumerate(times, start=1):
        parts["wavelength"] += [5000.0, 5010.0, 5020.0]
        parts["flux"] += [float(number)] * 3
        parts["time"] += [np.nan if time is None else time] * 3
    return parts


def kept(curves, cells, **parameters):
    """First flux of the spectrum that each object keeps, NaN without any."""
    X = pd.DataFrame({"light_curve": curves, "spectrum": cells})
    out = as_ragged(NearestSpectrum(**parameters).fit_transform(X)["spectrum"])
    assert set(out.lengths) <= {0, 3}
    return out.reduce("first", "flux").tolist()


LATE = curve([59000.0, 59010.0, 59020.0], [4.0, 9.0, 9.0])  # detected at 59010


def test_nearest_to_the_first_detection():
    cells = [spectra(59001.0, 59012.0, 59040.0), spectra(59040.0, 59012.0)]
    assert kept([LATE, LATE], cells) == [2, 2]
    assert kept([LATE, LATE], cells, origin="first") == [1, 2]


def test_a_spectrum_before_the_detection_may_be_nearest():
    assert kept([LATE], [spectra(59009.0, 59013.0)]) == [1]


def test_of_equal_distances_the_earlier_one():
    assert kept([LATE], [spectra(59012.0, 59008.0)]) == [2]


def test_undated_spectra_come_last():
    assert kept([LATE, LATE], [spectra(None, 59900.0), spectra(None)]) == [2, 1]


def test_without_a_light_curve_the_earliest():
    cells = [spectra(59030.0, 59001.0), None]
    assert kept([None, LATE], cells)[0] == 2
    X = pd.DataFrame({"spectrum": cells[:1]})
    out = as_ragged(NearestSpectrum().fit_transform(X)["spectrum"])
    assert out["flux"].tolist() == [2.0] * 3


def test_without_a_detection_the_first_point():
    faint = curve([59000.0, 59010.0, 59020.0], [1.0, 1.0, 1.0])
    assert kept([faint], [spectra(59018.0, 59002.0)]) == [2]


def test_an_object_without_spectra_stays():
    assert np.isnan(kept([LATE, LATE], [None, spectra(59000.0)])[0])


def test_other_fields_stay_with_their_pixels():
    cell = spectra(59001.0, 59012.0) | {"mask": [0, 1, 2, 3, 4, 5]}
    X = pd.DataFrame({"light_curve": [LATE], "spectrum": [cell]})
    assert as_ragged(NearestSpectrum().fit_transform(X)["spectrum"])["mask"].tolist() == [3, 4, 5]


def test_in_a_pipeline_the_classifier_sees_one_spectrum():
    X, y = make_supernovae(24, classes=("SN Ia", "SN II"), random_state=0)
    model = make_pipeline(
        NearestSpectrum(), SpectraNetClassifier(encoder="cnn", max_epochs=1, random_state=0)
    ).fit(X, y)
    one = NearestSpectrum().fit_transform(X)
    np.testing.assert_array_equal(model.predict_proba(X), model[-1].predict_proba(one))


def test_requires_spectra():
    with pytest.raises(ValueError, match="NearestSpectrum needs the column 'spectrum'"):
        NearestSpectrum().fit(pd.DataFrame({"light_curve": [LATE]}))
