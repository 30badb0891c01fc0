"""Base of embedders of one modality that are trained without labels."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.embedding import ImageEmbedder, MaskedEventEmbedder, MaskedSpectrumEmbedder
from sklearn_sn.embedding._self_supervised import SelfSupervisedEmbedder
from tests.discovery import public_classes, small

CLASSES = {
    MaskedEventEmbedder: "light_curve",
    MaskedSpectrumEmbedder: "spectrum",
    ImageEmbedder: "image",
}


@pytest.mark.parametrize(("cls", "modality"), CLASSES.items(), ids=lambda value: str(value))
def test_modalities_and_names_of_columns(cls, modality):
    model = small(cls)
    assert model.modalities_ == (modality,)
    model.net_, model.missing_embedding_ = None, np.zeros(2)
    name = cls.__name__.lower()
    assert model.get_feature_names_out().tolist() == [f"{name}0", f"{name}1"]


def test_these_are_all_subclasses():
    found = [c for c in public_classes("embedding") if issubclass(c, SelfSupervisedEmbedder)]
    assert set(found) == set(CLASSES)


def test_spectra_unlike_those_of_training_are_flagged(supernovae):
    X = supernovae[0][["spectrum"]]
    model = small(MaskedSpectrumEmbedder).fit(X)
    spectra = as_ragged(X["spectrum"].iloc[:3], kind="spectrum")
    spectra = spectra.with_fields(wavelength=spectra["wavelength"] + 2500.0)
    infrared = pd.DataFrame({"spectrum": spectra.to_nested(X.index[:3])})
    with pytest.warns(DataQualityWarning, match="unlike the training data"):
        model.transform(infrared)
