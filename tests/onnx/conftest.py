"""Small fitted models of every encoder that is exported."""

import pytest

from sklearn_sn import (
    ContrastiveEmbedder,
    LightCurveClassifier,
    LightCurveRegressor,
    SpectraNetClassifier,
)
from sklearn_sn.encoders import (
    GRU,
    DeepSets,
    LightCurveTransformer,
    MetadataMLP,
    SpectraNet,
    SpectrumCNN,
)

ONCE = {"max_epochs": 1, "random_state": 0}
SMALL_SPECTRANET = SpectraNet(n_bins=64, widths=(4, 8), kernels=((3, 5), (3, 41)), latent_dim=8)


def contrastive():
    return ContrastiveEmbedder(
        light_curve=LightCurveTransformer(d_model=8, n_heads=2, n_layers=2, pooling="attention"),
        spectrum=SpectrumCNN(d_model=4, n_layers=2, n_bins=50),
        metadata=MetadataMLP(d_model=8),
        metadata_columns=["redshift", "ebv"],
        embedding_dim=6,
        **ONCE,
    )


# Estimator, modality to export, and method that gives the last output.
MODELS = {
    "gru": (
        LightCurveClassifier(encoder=GRU(d_model=8, n_layers=2), **ONCE),
        "light_curve",
        "predict_proba",
    ),
    "deep_sets": (
        LightCurveRegressor(encoder=DeepSets(d_model=8), loss="gaussian", **ONCE),
        "light_curve",
        "predict",
    ),
    "spectranet": (
        SpectraNetClassifier(encoder=SMALL_SPECTRANET, **ONCE),
        "spectrum",
        "predict_proba",
    ),
    "transformer": (contrastive(), "light_curve", "transform"),
    "cnn": (contrastive(), "spectrum", "transform"),
    "sequence": (contrastive().set_params(embedding_dim=(2, 3)), "spectrum", "transform"),
    "mlp": (contrastive(), "metadata", "transform"),
}


@pytest.fixture(scope="session")
def fitted_models(supernovae):
    """Fitted models by name, each trained once."""
    X, y = supernovae
    embedder = contrastive().fit(X)
    models = {}
    for name, (model, _, method) in MODELS.items():
        if method == "transform":
            models[name] = embedder
        else:
            models[name] = model.fit(X, X["redshift"] if method == "predict" else y)
    return models
