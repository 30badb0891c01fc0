"""Maven and its baseline: the numbers that the paper states."""

import pytest
from sklearn.frozen import FrozenEstimator

from sklearn_sn import papers
from tests.papers.networks import module_of, n_weights


def test_maven_has_the_weights_that_its_paper_states():
    model = papers.maven()
    assert n_weights(module_of(model.light_curve)) == 252_384
    assert n_weights(module_of(model.spectrum)) == 166_304
    assert model.temperature == pytest.approx(1 / 19.5)
    assert (model.optimizer, model.batch_size, model.max_epochs) == ("radam", 32, 1000)
    assert (model.lr, model.weight_decay, model.n_iter_no_change) == (3.7e-5, 5.6e-4, 100)
    assert model.spectrum.n_bins == 220


def test_maven_is_fine_tuned_with_the_rates_of_the_second_stage(supernovae):
    X = supernovae[0][:12]
    small = {"max_epochs": 1, "early_stopping": False, "random_state": 0}
    first = papers.maven(**small).set_params(light_curve__n_layers=1, spectrum__n_layers=1)
    first.fit(X)
    second = papers.maven(pretrained=FrozenEstimator(first), **small)
    second.set_params(light_curve="auto", spectrum="auto").fit(X)
    assert (second.lr, second.weight_decay) == (1.8e-5, 6.3e-5)
    assert second.encoders_["light_curve"].n_layers == 1


def test_the_baseline_of_maven():
    classifier, regressor = papers.maven_baseline(), papers.maven_baseline("regression")
    for model in (classifier, regressor):
        encoder = model.encoder
        assert (encoder.d_model, encoder.n_heads, encoder.n_layers) == (32, 2, 9)
        assert model.lr == 1e-4
    assert (classifier.class_weight, classifier.prior) == ("balanced", "weighted")
    with pytest.raises(ValueError, match="'task' of maven_baseline"):
        papers.maven_baseline("embedding")


@pytest.mark.parametrize("spectrum", ["cnn", None])
def test_metadata_are_a_third_modality_or_replace_the_spectrum(supernovae, spectrum):
    X, y = supernovae
    X = X[:12].assign(**{"class": y[:12]})
    model = papers.maven(
        metadata_columns=("class", "redshift"),
        spectrum=spectrum,
        max_epochs=1,
        early_stopping=False,
        random_state=0,
    )
    model.set_params(light_curve__n_layers=1).fit(X)
    others = ["metadata"] if spectrum is None else ["spectrum", "metadata"]
    assert model.modalities_ == ["light_curve", *others]
    # The light curve alone gives the embedding: neither class nor redshift is read.
    assert model.encode(X[["light_curve"]], "light_curve").shape == (12, 128)
