"""Every encoder under every objective, by fitting."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier, is_regressor

from sklearn_sn import (
    AstroMiNNClassifier,
    ContrastiveEmbedder,
    DomainAdversarialClassifier,
    LightCurveClassifier,
    LightCurveRegressor,
    MMVAEEmbedder,
    MultimodalRegressor,
    SpectraNetClassifier,
    SpectraNetRegressor,
    SupConClassifier,
)
from sklearn_sn.datasets import make_supernovae
from tests.discovery import all_encoders, small_decoder

TRAINING = {"max_epochs": 1, "batch_size": 16, "random_state": 0}
COLUMNS = ["ra", "dec"]
ENCODERS = all_encoders()


@pytest.fixture(scope="module")
def supernovae():
    X, y, truth = make_supernovae(40, return_truth=True, random_state=0)
    rng = np.random.default_rng(0)
    images = [rng.normal(size=(2, 10, 10)).astype(np.float32) for _ in y]
    X = X.assign(t_peak=truth["t_peak"], image=pd.Series(images, index=X.index))
    return X, y


def embedder_of(cls, encoder, **params):
    """An estimator of the encoder's modality and one more."""
    other = "spectrum" if encoder.modality == "light_curve" else "light_curve"
    modalities = dict.fromkeys(("light_curve", "spectrum", "image", "metadata"))
    modalities |= {encoder.modality: encoder, other: "auto"}
    columns = COLUMNS if encoder.modality == "metadata" else ()
    return cls(**modalities, metadata_columns=columns, **params, **TRAINING)


def mixtures(encoder):
    """Classifiers by a mixture of experts, with the encoder alone and beside another one."""
    other = "metadata" if encoder.modality == "image" else "image"
    params = {"metadata_columns": COLUMNS, "expert_width": 16, **TRAINING}
    alone = AstroMiNNClassifier(**{encoder.modality: encoder, other: None}, **params)
    both = AstroMiNNClassifier(**{encoder.modality: encoder}, loss="balanced_focal", **params)
    return {"mixture of experts alone": alone, "mixture of experts": both}


def supervised(encoder):
    """Estimators of every supervised objective for an encoder."""
    if encoder.modality == "metadata":
        return mixtures(encoder)
    of_modality = {
        "light_curve": (LightCurveClassifier, LightCurveRegressor),
        "spectrum": (SpectraNetClassifier, SpectraNetRegressor),
    }
    objectives = {
        "supervised contrastive": SupConClassifier(encoder=encoder, **TRAINING),
        "adversarial": DomainAdversarialClassifier(encoder=encoder, **TRAINING),
        "adversarial and contrastive": DomainAdversarialClassifier(
            encoder=encoder, contrastive_weight=1.0, **TRAINING
        ),
    }
    if encoder.modality == "image":
        objectives |= mixtures(encoder)
    if encoder.modality in of_modality:
        classifier, regressor = of_modality[encoder.modality]
        for loss in ("cross_entropy", "focal", "balanced_focal"):
            objectives[loss] = classifier(encoder=encoder, loss=loss, **TRAINING)
        for loss in ("squared_error", "gaussian"):
            objectives[loss] = regressor(encoder=encoder, loss=loss, **TRAINING)
    return objectives


def cases():
    for encoder in ENCODERS:
        name = type(encoder).__name__
        for objective, estimator in supervised(encoder).items():
            yield pytest.param(estimator, id=f"{name}-{objective}")
        regressor = embedder_of(MultimodalRegressor, encoder)
        yield pytest.param(regressor, id=f"{name}-regression")
        info_nce = embedder_of(ContrastiveEmbedder, encoder)
        yield pytest.param(info_nce, id=f"{name}-InfoNCE")
        for objective in ("iwae", "elbo"):
            vae = embedder_of(MMVAEEmbedder, encoder, decoder=small_decoder(), objective=objective)
            yield pytest.param(vae, id=f"{name}-{objective}")


@pytest.mark.parametrize("estimator", list(cases()))
def test_every_encoder_works_under_every_objective(estimator, supernovae):
    X, y = supernovae
    target = X["redshift"].to_numpy() if is_regressor(estimator) else y
    before = type(estimator)
    model = estimator.fit(X, target)
    assert isinstance(model, before)
    assert model.fit_status_ == "completed"
    assert np.isfinite(model.history_[0]["train_loss"])
    embedding = model.transform(X)
    assert len(embedding) == len(X)
    assert np.isfinite(embedding).all()
    assert embedding.std(axis=0).max() > 0
    if is_classifier(model):
        np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)
    elif is_regressor(model):
        assert np.isfinite(model.predict(X)).all()
    elif isinstance(model, MMVAEEmbedder):
        to = next(name for name in model.modalities_ if name in ("light_curve", "spectrum"))
        assert np.isfinite(model.predict(X.head(2), to=to, n_samples=2)).all()
