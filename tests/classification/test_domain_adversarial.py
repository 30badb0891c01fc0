"""The domain-adversarial classifier."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.classification import DomainAdversarialClassifier
from sklearn_sn.datasets import make_supernovae
from tests.classification import test_light_curve_classifiers as shared


def make(**params):
    return shared.make(DomainAdversarialClassifier, **params)


def test_the_latent_hides_the_survey():
    X, y = make_supernovae(240, modalities=["light_curve"], random_state=0)

    def guessed(weight):
        model = make(adversarial_weight=weight, max_epochs=12, lr=3e-3, augmentation=False)
        probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300, C=0.1))
        return cross_val_score(probe, model.fit(X, y).transform(X), X["survey"], cv=4).mean()

    assert guessed(3.0) < guessed(0.0) - 0.05


def test_weights_change_from_epoch_to_epoch(supernovae):
    model = make(max_epochs=5, adversarial_weight=(0.0, 2.0)).fit(*supernovae)
    net, weights = model.net_, []
    history = net.history
    for n in range(1, 7):
        net.history = [None] * n
        weights.append(net.current_weight())
    net.history = history
    np.testing.assert_allclose(weights, [0.0, 0.5, 1.0, 1.5, 2.0, 2.0])


@pytest.mark.parametrize("weight", [(1.0,), (0.0, -1.0), ("a", "b")])
def test_weights_that_are_refused(supernovae, weight):
    with pytest.raises(ValueError, match="'adversarial_weight' parameter"):
        make(adversarial_weight=weight).fit(*supernovae)


def test_unknown_domains_count_for_classes_alone(supernovae):
    X, y = supernovae
    known = make().fit(X.assign(survey=X["survey"].where(np.arange(60) > 20, None)), y)
    assert known.domains_.tolist() == ["lsst", "ztf"]
    assert np.isfinite(known.transform(X)).all()


def test_one_domain_is_said(supernovae):
    X, y = supernovae
    with pytest.warns(UserWarning, match="there is nothing to hide"):
        make().fit(X.assign(survey="ztf"), y)


def test_domains_are_not_looked_at_afterwards(supernovae):
    X, y = supernovae
    model = make(warm_start=True).fit(X, y)
    np.testing.assert_array_equal(model.transform(X[["light_curve"]]), model.transform(X))
    with pytest.raises(ValueError, match="the first fit had"):
        model.fit(X.assign(survey="des"), y)


def test_early_stopping_looks_at_the_classes(supernovae):
    model = make(early_stopping=True, max_epochs=8, n_iter_no_change=2).fit(*supernovae)
    assert all(0 < row["valid_loss"] < 3 for row in model.history_)


@pytest.mark.parametrize("column", ["redshift", "light_curve"])
def test_a_column_that_names_nothing_is_no_domain(supernovae, column):
    X, y = supernovae
    with pytest.raises(ValueError, match=f"'{column}'.*must hold the domain of each"):
        DomainAdversarialClassifier(max_epochs=1, domain=column).fit(X, y)


def test_what_hiding_gains_ends_at_the_entropy_of_the_shares(supernovae):
    X, y = supernovae
    X = X.assign(survey=np.where(np.arange(len(X)) % 10 == 0, "rare", "often"))
    model = make(max_epochs=1).fit(X, y)
    assert model.net_.guessing == pytest.approx(-0.1 * np.log(0.1) - 0.9 * np.log(0.9))
    assert make(max_epochs=1, batch_balance="domain").fit(X, y).net_.guessing is None
