"""Parameters of estimators that hold encoders: names, objects, nested parameters, searches."""

import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from torch import nn

from sklearn_sn import (
    ContrastiveEmbedder,
    LightCurveClassifier,
    MMVAEEmbedder,
    SpectraNetClassifier,
    SupConClassifier,
)
from sklearn_sn.encoders import (
    GRU,
    LightCurveTransformer,
    SpectraNet,
    SpectrumTransformer,
    TransceiverDecoder,
)


def test_a_nested_parameter_replaces_auto_by_the_encoder():
    model = ContrastiveEmbedder()
    assert model.get_params()["light_curve"] == "auto"
    model.set_params(light_curve__d_model=32, spectrum__n_bins=64)
    assert isinstance(model.light_curve, LightCurveTransformer)
    assert model.light_curve.d_model == 32
    assert model.spectrum.n_bins == 64
    assert model.image == "auto"
    assert model.get_params()["light_curve__d_model"] == 32


def test_a_nested_parameter_replaces_a_name_given_in_the_same_call():
    model = ContrastiveEmbedder(spectrum="cnn")
    model.set_params(spectrum="transformer", spectrum__patch=2)
    assert isinstance(model.spectrum, SpectrumTransformer)
    assert model.spectrum.patch == 2
    assert SupConClassifier().set_params(encoder__latent_dim=8).encoder.latent_dim == 8
    assert isinstance(SupConClassifier().set_params(encoder__latent_dim=8).encoder, GRU)
    model = SpectraNetClassifier().set_params(encoder__size="base")
    assert isinstance(model.encoder, SpectraNet)
    decoder = MMVAEEmbedder().set_params(decoder__n_layers=2).decoder
    assert isinstance(decoder, TransceiverDecoder)
    assert decoder.n_layers == 2


def test_clones_do_not_share_an_encoder():
    model = ContrastiveEmbedder().set_params(light_curve__d_model=32)
    other = clone(model).set_params(light_curve__d_model=16)
    assert model.light_curve.d_model == 32
    assert other.light_curve.d_model == 16


def test_nested_parameters_of_a_modality_that_is_left_out_are_rejected():
    with pytest.raises(ValueError, match="'light_curve' parameter of ContrastiveEmbedder is None"):
        ContrastiveEmbedder(light_curve=None).set_params(light_curve__d_model=32)
    with pytest.raises(ValueError, match="no_such"):
        ContrastiveEmbedder().set_params(light_curve__no_such=1)
    with pytest.raises(ValueError, match="no_such"):
        ContrastiveEmbedder().set_params(no_such=1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"light_curve": "lstm"}, "'light_curve' parameter of ContrastiveEmbedder must be 'auto'"),
        ({"light_curve": SpectrumTransformer()}, "encoder of the modality 'light_curve'"),
        ({"light_curve": LightCurveTransformer}, "encoder of the modality 'light_curve'"),
        ({"light_curve": 3}, "Got 3 instead"),
        ({"light_curve": LightCurveTransformer(d_model=18)}, "even and a multiple of 'n_heads'"),
        ({"spectrum": SpectrumTransformer(dropout=2.0)}, "'dropout' parameter of SpectrumTrans"),
    ],
)
def test_what_is_no_encoder_is_rejected_by_name(params, message, supernovae):
    with pytest.raises(ValueError, match=message):
        ContrastiveEmbedder(**params, max_epochs=1).fit(*supernovae)


def test_estimators_reject_encoders_of_other_modalities(supernovae):
    for model in (
        LightCurveClassifier(encoder=SpectraNet()),
        SpectraNetClassifier(encoder=GRU()),
    ):
        with pytest.raises(ValueError, match="'encoder' parameter of"):
            model.fit(*supernovae)


class Flat(nn.Module):
    """A module of the user's own with an odd width."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 7)

    def forward(self, values, time, pad_mask, log_wavelength):
        return self.linear(values.new_ones(len(values), 4) * values.mean((1, 2))[:, None])


def test_no_rule_of_a_built_in_encoder_applies_to_a_module_of_the_users_own(supernovae):
    X, y = supernovae
    model = LightCurveClassifier(encoder=Flat(), max_epochs=1, random_state=0).fit(X, y)
    assert model.transform(X).shape == (60, 7)
    assert model.encoder_.module is model.encoder
    model = ContrastiveEmbedder(light_curve=Flat, max_epochs=1, random_state=0).fit(X)
    assert model.encode(X, "light_curve").shape == (60, 128)


def test_the_search_of_the_readme_works_on_defaults(supernovae):
    X, y = supernovae
    pipe = Pipeline([("emb", ContrastiveEmbedder()), ("knn", KNeighborsClassifier())])
    pipe.set_params(emb__max_epochs=1, emb__light_curve__n_layers=1, emb__random_state=0)
    grid = {"emb__light_curve__d_model": [8, 16], "emb__spectrum": ["cnn", "transformer"]}
    search = GridSearchCV(pipe, grid, cv=2, n_jobs=2, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_estimator_["emb"].encoders_["light_curve"].d_model in (8, 16)
