"""
========================
Search with Optuna
========================

Optuna proposes each candidate from the scores of the previous ones. Requires the extra ``tune``:
``pip install "sklearn-sn[tune]"``.
"""

# %%
# Tune embedder and classifier together by macro-F1.
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna_integration import OptunaSearchCV
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectrumCNN

X, y = make_supernovae(240, redshift_range=(0.01, 0.1), random_state=0)
embedder = ContrastiveEmbedder(
    spectrum=SpectrumCNN(n_bins=64), batch_size=32, max_epochs=4, random_state=0
)
search = OptunaSearchCV(
    Pipeline([("emb", embedder), ("knn", KNeighborsClassifier())]),
    {
        "emb__light_curve__d_model": CategoricalDistribution([16, 32, 64]),
        "emb__light_curve__n_layers": IntDistribution(1, 3),
        "emb__lr": FloatDistribution(3e-4, 3e-3, log=True),
        "knn__n_neighbors": IntDistribution(3, 15, step=2),
    },
    cv=StratifiedKFold(3, shuffle=True, random_state=0),
    n_trials=5,
    scoring="f1_macro",
    random_state=0,
).fit(X, y)
print(search.best_params_, round(search.best_score_, 3))
