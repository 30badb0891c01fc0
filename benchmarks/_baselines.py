"""Classical baselines of the light curves, and the controls that see no flux."""

import sys
from pathlib import Path

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, VotingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
)
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline

from sklearn_sn.metrics import nmad

sys.path.insert(0, str(Path(__file__).parent))
from _light_curve_features import light_curve_features, observing_pattern  # noqa: E402

MAIN_CLASSES = ("SN Ia", "SN II", "SN Ib/c")
Z_MAX = 0.15  # beyond it the sample holds only the brightest classes


def boosting_classifier(random_state=0):
    """LightGBM; whether classes are weighted is chosen by macro-F1 inside the training part."""
    trees = LGBMClassifier(
        n_estimators=150,
        learning_rate=0.06,
        num_leaves=8,
        min_child_samples=8,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.3,
        reg_lambda=1.0,
        n_jobs=1,
        random_state=random_state,
        verbose=-1,
    )
    return GridSearchCV(
        trees,
        {"class_weight": [None, "balanced"]},
        scoring="f1_macro",
        cv=StratifiedKFold(3, shuffle=True, random_state=random_state),
    )


def redshift_regressor(random_state=0):
    """Average of LightGBM and extra trees on ln(1 + z)."""
    boosting = LGBMRegressor(
        n_estimators=300,
        learning_rate=0.04,
        num_leaves=12,
        min_child_samples=6,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.3,
        n_jobs=1,
        random_state=random_state,
        verbose=-1,
    )
    forest = ExtraTreesRegressor(
        400, min_samples_leaf=2, max_features=0.4, n_jobs=1, random_state=random_state
    )
    forest = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), forest)
    average = VotingRegressor([("boosting", boosting), ("forest", forest)])
    return TransformedTargetRegressor(average, func=np.log1p, inverse_func=np.expm1)


def classification_scores(y, probability, classes):
    """Macro-F1, accuracy and macro AUROC (one class against the rest)."""
    answer = np.asarray(classes)[np.argmax(probability, axis=1)]
    return {
        "macro-F1": f1_score(y, answer, average="macro"),
        "accuracy": accuracy_score(y, answer),
        "macro AUROC": roc_auc_score(y, probability, multi_class="ovr", labels=classes),
    }


def redshift_scores(z, estimate):
    """R², mean absolute error and normalised median absolute deviation."""
    return {
        "R2": r2_score(z, estimate),
        "MAE": mean_absolute_error(z, estimate),
        "NMAD": nmad(z, estimate),
    }


def evaluate_baselines(X, y, redshift, folds):
    """Score every baseline on the same folds.

    Parameters
    ----------
    X : DataFrame of n_objects rows
        With a column ``light_curve``; nothing else is looked at.
    y : array of shape (n_objects,)
        Class names.
    redshift : array of shape (n_objects,)
        Redshifts below `Z_MAX` are learned and scored; others, and NaN, are left out.
    folds : iterable of (train, test)
        Row numbers.

    Returns
    -------
    dict of str to dict of str to list of float
        Baseline, then metric, then a value per fold. Metrics end in the task: "(3 classes)",
        trained and scored on the objects of `MAIN_CLASSES`, "(5 classes)", on all objects,
        whatever their number of classes, or "(redshift)".
    """
    y, redshift = np.asarray(y), np.asarray(redshift, dtype=np.float64)
    folds = list(folds)
    # LightGBM forbids some characters in names; an array has none.
    features = light_curve_features(X).to_numpy()
    boosted = {
        "gradient boosting (features C)": features,
        "control K0": observing_pattern(X, "K0").to_numpy(),
        "control K1": observing_pattern(X, "K1").to_numpy(),
    }
    constant = DummyClassifier(strategy="prior"), DummyRegressor(strategy="median")
    results = {"majority class": _score_folds(features, y, redshift, folds, *constant)}
    for name, values in boosted.items():
        models = boosting_classifier(), redshift_regressor()
        results[name] = _score_folds(values, y, redshift, folds, *models)
    return results


def _score_folds(features, y, redshift, folds, classifier, regressor):
    main = np.isin(y, MAIN_CLASSES)
    near = np.isfinite(redshift) & (redshift < Z_MAX)
    scores = {}
    for train, test in folds:
        for task, keep in (("3 classes", main), ("5 classes", np.full(len(y), True))):
            a, b = train[keep[train]], test[keep[test]]
            classifier.fit(features[a], y[a])
            probability = classifier.predict_proba(features[b])
            found = classification_scores(y[b], probability, classifier.classes_)
            _append(scores, found, task)
        a, b = train[near[train]], test[near[test]]
        regressor.fit(features[a], redshift[a])
        found = redshift_scores(redshift[b], regressor.predict(features[b]))
        _append(scores, found, "redshift")
    return scores


def _append(scores, found, task):
    for metric, value in found.items():
        scores.setdefault(f"{metric} ({task})", []).append(float(value))
