"""Classical baselines for light curves, and controls without flux information."""

import numpy as np
from _evaluation import classification_figures, redshift_figures
from _light_curve_features import light_curve_features, observing_pattern
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, VotingRegressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline

MAIN_CLASSES = ("SN Ia", "SN II", "SN Ib/c")
Z_MAX = 0.15  # above it the sample contains only the most luminous classes


def boosting_classifier(random_state=0):
    """Return LightGBM with the class weights chosen by macro-F1 inside the training set."""
    trees = LGBMClassifier(
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=12,
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
        cv=StratifiedKFold(5, shuffle=True, random_state=random_state),
    )


def redshift_regressor(random_state=0):
    """Return the average of LightGBM and extra trees, fitted to ln(1 + z)."""
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


def evaluate_baselines(X, y, redshift, folds):
    """Score every baseline on the same folds.

    Parameters
    ----------
    X : DataFrame of n_objects rows
        With a column ``light_curve``; other columns are ignored.
    y : array of shape (n_objects,)
        Class names.
    redshift : array of shape (n_objects,)
        Objects with redshifts of NaN or above `Z_MAX` are excluded from regression.
    folds : iterable of (train, test)
        Row numbers.

    Returns
    -------
    dict of str to list of dict
        Baseline, then fold, then task ("three": trained and scored on the objects of
        `MAIN_CLASSES`; "five": on all objects; "redshift"), then metric.
    """
    y, redshift = np.asarray(y), np.asarray(redshift, dtype=np.float64)
    folds = list(folds)
    # LightGBM renames columns with spaces and warns: pass arrays.
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
    near = (redshift > 0) & (redshift < Z_MAX)
    scores = []
    for train, test in folds:
        figures = {}
        for task, keep in (("three", main), ("five", np.full(len(y), True))):
            a, b = train[keep[train]], test[keep[test]]
            classifier.fit(features[a], y[a])
            probability = classifier.predict_proba(features[b])
            predicted = classifier.classes_[probability.argmax(axis=1)]
            figures[task] = classification_figures(
                y[b], predicted, probability, classifier.classes_
            )
        a, b = train[near[train]], test[near[test]]
        regressor.fit(features[a], redshift[a])
        figures["redshift"] = redshift_figures(redshift[b], regressor.predict(features[b]))
        scores.append(figures)
    return scores
