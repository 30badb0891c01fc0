"""Transfer of classifiers trained on simulated supernovae to real ones."""

import numpy as np
import pandas as pd
from _baselines import MAIN_CLASSES
from _evaluation import classification_figures
from _real_data import CLASSES, load_curves, load_pairs
from pretrain_simulated import simulate
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

N_SIMULATED = 6000
SEED = 2000  # seed of objects that are not in the training set of the embedder
WHOLE = {"SN Ia-91bg": "SN Ia", "SN Iax": "SN Ia"}


def head():
    """Return a standardised, class-balanced logistic regression."""
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=0.1, max_iter=3000, class_weight="balanced")
    )


def transfer_scores(embedder):
    """Score linear heads on an embedder trained on simulations only.

    Parameters
    ----------
    embedder : ContrastiveEmbedder
        Fitted.

    Returns
    -------
    pandas.DataFrame
        One row per modality, sample and number of classes. Macro-F1 and AUROC of a head trained on
        simulated objects, on held-out simulated and on real objects; and of a head trained on real
        objects, by five-fold cross-validation.
    """
    simulated, names = simulate(N_SIMULATED, seed=SEED)
    names = np.array([WHOLE.get(name, name) for name in names])
    pairs, pair_names = load_pairs()
    curves, curve_names = load_curves()
    other = ~curves.index.isin(pairs.index)
    samples = {
        ("light_curve", "pairs"): (pairs, pair_names),
        ("light_curve", "other curves"): (curves[other], curve_names[other]),
        ("spectrum", "pairs"): (pairs, pair_names),
    }
    rows = []
    for (modality, sample), (real, real_names) in samples.items():
        Z, Z_real = (embedder.encode(X[[modality]], modality) for X in (simulated, real))
        for classes in (MAIN_CLASSES, CLASSES):
            a, b = np.isin(names, classes), np.isin(real_names, classes)
            half = np.arange(a.sum()) % 2 == 0
            y, y_real = names[a], real_names[b]
            trained = head().fit(Z[a][half], y[half])
            scores = {
                "simulated": _figures(y[~half], trained.predict_proba(Z[a][~half]), trained),
                "real": _figures(y_real, trained.predict_proba(Z_real[b]), trained),
            }
            folds = StratifiedKFold(5, shuffle=True, random_state=0)
            proba = cross_val_predict(head(), Z_real[b], y_real, cv=folds, method="predict_proba")
            scores["real, trained on real"] = _figures(y_real, proba, trained)
            rows.append(
                {"modality": modality, "sample": sample, "classes": len(classes)}
                | {f"{key}: {what}": v for what, f in scores.items() for key, v in f.items()}
            )
    return pd.DataFrame(rows)


def _figures(truth, proba, model):
    predicted = model.classes_[proba.argmax(axis=1)]
    scores = classification_figures(truth, predicted, proba, model.classes_)
    return {key: scores[key] for key in ("macro-F1", "AUROC")}


def transfer_section(embedder):
    """Return the scores as lines of Markdown."""
    whats = ("simulated", "real", "real, trained on real")
    lines = [
        "## Transfer from simulated to real objects",
        "",
        "Linear heads on the packaged model, which is trained on simulations only. Macro-F1 /",
        "AUROC of a head trained on simulated objects, on held-out simulated and on real objects;",
        "and of a head trained on real objects, by five-fold cross-validation.",
        "",
        f"| input | real sample | classes | {' | '.join(whats)} |",
        "|---" * 6 + "|",
    ]
    for _, row in transfer_scores(embedder).iterrows():
        cells = [f"{row[f'macro-F1: {w}']:.3f} / {row[f'AUROC: {w}']:.3f}" for w in whats]
        name = row["modality"].replace("_", " ")
        lines.append(f"| {name} | {row['sample']} | {row['classes']} | {' | '.join(cells)} |")
    return lines
