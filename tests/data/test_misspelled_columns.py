"""Columns of modalities under names that are nearly right."""

import warnings

import pytest

from sklearn_sn import ContrastiveEmbedder, MultimodalRegressor
from sklearn_sn.data import DataQualityWarning, check_table
from sklearn_sn.data._misspelled_columns import misspelling_remedy, warn_misspelled


@pytest.mark.parametrize(
    "name, modality",
    [
        *(("lightcurve", "light_curve"), ("Light Curves", "light_curve"), ("LC", "light_curve")),
        *(("spectra", "spectrum"), ("Spec", "spectrum"), ("cutouts", "image")),
    ],
)
def test_names_that_are_nearly_right(name, modality):
    with pytest.warns(DataQualityWarning, match=f"no column '{modality}', but '{name}'"):
        warn_misspelled(["redshift", name])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_misspelled([modality, name])  # a second one is the user's own
        warn_misspelled(["special", "lcd", "imaging", "spectral_type"])


def test_fit_says_what_it_does_not_use(supernovae):
    X = supernovae[0].rename(columns={"light_curve": "lightcurve"})
    with pytest.warns(DataQualityWarning, match="'lightcurve', which fit does not use"):
        MultimodalRegressor(max_epochs=1).fit(X, range(len(X)))
    with (
        pytest.warns(DataQualityWarning, match="'lightcurve', which fit does not use"),
        pytest.raises(ValueError, match="needs two modalities"),
    ):
        ContrastiveEmbedder(max_epochs=1).fit(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_table(X)  # predictions of a model of spectra


def test_remedy():
    assert misspelling_remedy("redshift", ["Redshifts"]) == (
        " Rename 'Redshifts' if it is this column."
    )
    assert misspelling_remedy("redshift", ["ra"]) == ""
