"""Redshifts from spectra, or else light curves."""

import numpy as np

from sklearn_sn.catalog import estimate_redshifts


def test_the_spectrum_comes_before_the_light_curve(objects, models):
    table = estimate_redshifts(objects, models=models)
    own = models["spectrum-redshift"].predict_redshift(objects.iloc[:3][["spectrum"]])
    np.testing.assert_allclose(table["redshift"].iloc[:3], own, rtol=1e-5)
    own = models["light-curve-redshift"].predict(objects.iloc[3:5][["light_curve"]])
    np.testing.assert_allclose(table["redshift"].iloc[3:5], own, rtol=1e-5)
    assert table["redshift_source"].iloc[[2, 3]].tolist() == ["spectrum", "light_curve"]
    assert table.iloc[6].isna().all()
    assert (table["redshift_err"].drop(index=objects.index[6]) == 0.02).all()


def test_without_a_model_of_spectra_the_light_curve_counts(objects, models):
    table = estimate_redshifts(objects, models=models | {"spectrum-redshift": None})
    assert set(table["redshift_source"].dropna()) == {"light_curve"}
    assert np.isnan(table["redshift"].iloc[5])
