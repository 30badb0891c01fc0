"""What the embedder refuses, before it spends time on training."""

import re
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning
from sklearn.frozen import FrozenEstimator

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import LightCurveTransceiver, LightCurveTransformer, SpectrumCNN
from tests.conftest import SMALL


def make(**params):
    return ContrastiveEmbedder(**{**SMALL, "max_epochs": 1, **params})


def refused(model, X, y=None, *, says):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        with pytest.raises(ValueError, match=says):
            model.fit(X, y)
    assert not hasattr(model, "net_") or model.warm_start


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"output": "light_curves"}, r"'output' parameter .* Got 'light_curves'"),
        ({"spectrum": "lstm"}, r"'spectrum' parameter .* \['cnn', .* Got 'lstm' instead"),
        ({"output": []}, r"'output' parameter .* Got \[\]"),
        ({"output": ["spectrum", "spectrum"]}, "one or more different modalities"),
        ({"output": ("mean", "spectrum")}, "'output' parameter"),
        ({"metadata": "transceiver"}, "'metadata_columns' names no column"),
        ({"metadata_columns": ("light_curve",)}, "'light_curve' is a modality"),
        ({"metadata_columns": "redshift"}, "'metadata_columns' parameter .* must be an array-like"),
        ({"aux_weight": 1.0, "aux_columns": ("survey",)}, "column 'survey', which does not hold"),
        ({"aux_weight": 1.0}, "nothing for them to learn"),
        ({"trainable": "none"}, "nothing is 'pretrained'"),
        ({"device": "gpu"}, r"'device' parameter .* Got 'gpu' instead"),
        ({"temperature": 0.005}, r"'temperature' parameter .* at least 0.01 .* Got 0.005"),
        (
            {"light_curve": LightCurveTransformer(time_window=("a", 3))},
            r"'time_window' parameter of LightCurveTransformer .* Got \('a', 3\)",
        ),
        (
            {"light_curve": LightCurveTransceiver(n_heads=3)},
            "'d_model' parameter of LightCurveTransceiver must be a multiple of 'n_heads'",
        ),
        (
            {"spectrum": SpectrumCNN(wavelength_range=(1, 2, 3))},
            r"'wavelength_range' parameter of SpectrumCNN .* Got \(1, 2, 3\)",
        ),
        ({"callbacks": [1]}, r"'callbacks' parameter .* Got 1 instead"),
    ],
    ids=str,
)
def test_parameters(params, says, supernovae):
    refused(make(**params), supernovae[0], says=says)


def test_unknown_labels_teach_nothing(supernovae):
    X, _ = supernovae
    refused(make(aux_weight=1.0), X, np.full(len(X), None), says="nothing for them to learn")


def test_a_column_of_targets_is_one_target(supernovae):
    X, _ = supernovae
    flat = make(aux_weight=5.0).fit(X, X["redshift"].to_numpy())
    with pytest.warns(DataConversionWarning):
        column = make(aux_weight=5.0).fit(X, X[["redshift"]].to_numpy())
    assert column.history_[0]["train_loss"] == flat.history_[0]["train_loss"]
    refused(make(aux_weight=1.0), X, X[["redshift", "ebv"]].to_numpy(), says="1d array")
    make().fit(X, X[["redshift", "ebv"]].to_numpy())  # ignored


def test_labels_as_bytes(supernovae):
    X, y = supernovae
    text = make(aux_weight=1.0).fit(X, y)
    model = make(aux_weight=1.0).fit(X, y.astype("S"))
    assert model.targets_.classes_.tolist() == text.targets_.classes_.tolist()
    assert model.history_[0]["train_loss"] == text.history_[0]["train_loss"]
    with pytest.raises(ValueError, match="y mixes kinds of labels"):
        make(aux_weight=1.0).fit(X, np.array([1, "a"] * 30, dtype=object))


def test_the_cause_of_an_unusable_modality_is_told(supernovae):
    X = supernovae[0][["light_curve", "spectrum"]]
    strange = [cell.assign(band="zebra") for cell in X["light_curve"]]
    says = r"light_curve has nothing usable in any of 60 objects \(\d+ given, none left"
    refused(make(), X.assign(light_curve=strange), says=says)
    infrared = [cell.assign(wavelength=cell["wavelength"] + 15000.0) for cell in X["spectrum"]]
    says = re.escape("No spectrum lies within wavelength_range, 3500–9000 Å")
    refused(make(), X.assign(spectrum=infrared), says=says)
    refused(make(aux_weight=1.0), X.assign(spectrum=infrared), supernovae[1], says=says)
    misspelt = X.rename(columns={"spectrum": "spectra"})
    refused(make(spectrum="auto"), misspelt, says=r"columns: light_curve, spectra\)")
    refused(make(), misspelt, says="'spectrum'")


def test_argument_of_encode(fitted, supernovae):
    with pytest.raises(ValueError, match=r"modality must be one of \['light_curve', 'spectrum'\]"):
        fitted.encode(supernovae[0], "image")


# Pretrained encoders ---------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"trainable": {"spectra": "none"}}, "'trainable' parameter must hold names"),
        (
            {"spectrum": "transformer"},
            r"'spectrum' parameter is SpectrumTransformer\(\), but .* is SpectrumCNN\(",
        ),
        (
            {"light_curve": LightCurveTransformer(band_encoding="embedding")},
            "'light_curve__band_encoding' parameter is 'embedding', but",
        ),
        (
            {"light_curve": LightCurveTransformer(d_model=32)},
            "'light_curve__d_model' parameter is 32, but the pretrained encoder has 16",
        ),
    ],
    ids=str,
)
def test_contradictions_to_the_pretrained_encoder(params, says, fitted, supernovae):
    model = make(**{"pretrained": FrozenEstimator(fitted), **params})
    refused(model, supernovae[0], says=says)


def test_a_new_projection_trains_in_any_case(fitted, supernovae):
    frozen = make(pretrained=FrozenEstimator(fitted), trainable="none", embedding_dim=6)
    module = frozen.fit(supernovae[0]).net_.module_
    assert all(p.requires_grad for p in module.projections.parameters())
    assert not any(p.requires_grad for p in module.encoders.parameters())
    with pytest.raises(ValueError, match="Nothing is left to train"):
        make(pretrained=FrozenEstimator(fitted), trainable="none", learn_temperature=False).fit(
            supernovae[0]
        )
    same = make(pretrained=FrozenEstimator(fitted), trainable="none").fit(supernovae[0])
    assert not any(p.requires_grad for p in same.net_.module_.projections.parameters())


# Warm start ------------------------------------------------------------------


def test_warm_start_refuses_what_it_cannot_go_on_with(supernovae):
    X, _ = supernovae
    model = make(light_curve="auto", spectrum="auto", warm_start=True).fit(X)
    refused(model, X[["light_curve"]], says=r"modalities \['light_curve', 'spectrum'\]")
    refused(model.set_params(spectrum="cnn"), X, says=r"parameters \['spectrum'\] have changed")
    model = make(warm_start=True).fit(X)
    refused(model, X[["light_curve"]], says="lacks the column 'spectrum'")
    model.set_params(embedding_dim=4)
    refused(model, X, says=r"parameters \['embedding_dim'\] have changed")
    model.set_params(embedding_dim=8, max_epochs=2, lr=1e-4, batch_size=16)
    assert model.fit(X).n_iter_ == 3
    # A nested parameter changes the encoder in place, and is noticed all the same.
    model = clone(make(warm_start=True)).fit(X).set_params(light_curve__d_model=32)
    refused(model, X, says=r"parameters \['light_curve'\] have changed")


def test_warm_start_refuses_new_classes(supernovae):
    X, y = supernovae
    known = y != "SN IIn"
    model = make(warm_start=True, aux_weight=1.0).fit(X[known], y[known])
    refused(model, X, y, says="'SN IIn', which the first fit did not have")


# Images ----------------------------------------------------------------------


def test_images_of_other_channels_are_refused(supernovae):
    rng = np.random.default_rng(0)
    X = supernovae[0][["light_curve"]].iloc[:8].copy()
    X["image"] = [rng.normal(size=(3, 9, 9)) for _ in range(8)]
    model = make(spectrum=None).fit(X)
    X.at[X.index[2], "image"] = rng.normal(size=(5, 9, 9))
    says = f"Object {X.index[2]!r}: the image has 5 channels, but 3 are needed"
    with pytest.raises(ValueError, match=says):
        model.encode(X, "image")
    X.at[X.index[2], "image"] = rng.normal(size=(1, 9, 9))
    refused(make(spectrum=None), X, says="the image has 1 channels, but 3")


# Bands of the user's own -----------------------------------------------------


def test_registered_bands_travel_with_the_estimator(tmp_path, supernovae):
    import pickle
    import subprocess
    import sys

    from sklearn_sn.data import register_band
    from sklearn_sn.data._bands import temporary_bands

    X = supernovae[0][["light_curve", "spectrum"]]
    X = X.assign(light_curve=[c.assign(band="mytelg") for c in X["light_curve"]])
    with temporary_bands():
        register_band("mytelg", 4800.0, survey="mytel")
        model = make().fit(X)
        expected = model.transform(X)
        (tmp_path / "model.pkl").write_bytes(pickle.dumps((model, X, expected)))
    code = (
        "import pickle, sys, numpy as np\n"
        "model, X, expected = pickle.load(open(sys.argv[1], 'rb'))\n"
        "np.testing.assert_allclose(model.transform(X), expected, atol=1e-6)\n"
    )
    path = str(tmp_path / "model.pkl")
    subprocess.run([sys.executable, "-W", "error", "-c", code, path], check=True)


def test_bands_that_mean_another_thing_here_stay():
    from sklearn_sn.data import band_wavelength, register_band, restore_bands
    from sklearn_sn.data._bands import temporary_bands

    with temporary_bands():
        there = register_band("mytelg", 4800.0, survey="mytel")
    with temporary_bands():
        register_band("mytelg", 4900.0, survey="mytel")
        with pytest.warns(DataQualityWarning, match="in this process, which is kept"):
            restore_bands([there])
        assert band_wavelength(["mytelg"]).tolist() == [4900.0]
    with temporary_bands():
        restore_bands([there])
        restore_bands([there])
        assert band_wavelength(["mytelg"]).tolist() == [4800.0]
