"""Real light curves and spectra: early types of supernovae, and photometry fused with spectra.

``horizon``: SN I (Ia, Ib, Ic) against SN II (II, IIP, IIL, IIb, IIn) from light curves, 1 to 100
days after the first detection. Networks are fitted once, to complete light curves (augmentation
truncates them), and evaluated at each horizon. Gradient boosting on features C is refitted at each
horizon. The control K1 is boosting on the observing pattern without fluxes.

``fusion``: five classes of the objects with light curve and spectra. Members of
LateFusionClassifier, averaged or stacked, are the pretrained network of light curves and a logistic
regression on the frozen embedding of the spectra by the packaged model. Fusion uses the spectrum
nearest in time to the first detection; the classifier of spectra alone sees all spectra, and the
nearest one. "Three" scores the same probabilities among Ia, II and Ib/c.

Five folds by object, for the fusion those of maven_real.py. No setting was chosen by these scores.
Scores are written as JSON; --table prints their tables.

    python benchmarks/studies/applecider_real.py [--parts horizon fusion] [--models NAME ...]
        [--table]
"""

import argparse
import json
import subprocess
import time
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from _light_curve_features import light_curve_features, observing_pattern
from _real_data import data_folder, load_curves, load_pairs
from _settings import encoder
from _spectra import THREE
from lightgbm import LGBMClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn import LightCurveClassifier, load_pretrained
from sklearn_sn.classification import LateFusionClassifier
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.metrics import balanced_precision
from sklearn_sn.preprocessing import LightCurveTruncator, NearestSpectrum

OUT = Path(__file__).parents[1] / "results" / "applecider_real"
DAYS = (1, 3, 5, 10, 20, 30, 50, 100)
SCRATCH, TUNED = "transformer, from scratch", "transformer, pretrained on simulations"
BOOSTING, CONTROL = "boosting on features C", "control K1"
MODELS = (SCRATCH, TUNED, BOOSTING, CONTROL)
SPECTRUM_COLUMNS = [f"spectrum {number}" for number in range(64)]  # of the embedding
FUSION_CV = 2  # inner folds of the stacked combiner


def transformer(pretrained, max_epochs, **params):
    """Return a classifier of light curves; `pretrained` is the packaged model or None."""
    if pretrained:
        params |= {"pretrained": load_pretrained("contrastive-sim"), "lr": 3e-4}
    else:
        params |= {"encoder": encoder(d_model=32), "batch_size": 64}
    weights = {"class_weight": "balanced", "prior": "weighted"}
    params = {"batch_size": 32, **weights, "random_state": 0, **params}
    return LightCurveClassifier(max_epochs=max_epochs, **params)


def boosting():
    """Return gradient boosting with the sizes of the other benchmarks on real data."""
    return LGBMClassifier(
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=12,
        min_child_samples=8,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.3,
        reg_lambda=1.0,
        class_weight="balanced",
        n_jobs=1,
        random_state=0,
        verbose=-1,
    )


# Early types of supernovae -------------------------------------------------------------


def load_types(n_ia):
    """Load light curves of SN I and SN II, with `n_ia` SN Ia; SN IIb are SN II."""
    X, y = load_curves()
    chosen = np.ones(len(X), dtype=bool)
    if n_ia is not None:
        others = np.random.default_rng(0).permutation(np.flatnonzero(y == "SN Ia"))[n_ia:]
        chosen[others] = False
    X, y = X[chosen], y[chosen]
    objects = pd.read_parquet(data_folder() / "osc_lc_objects.parquet")
    subtype = objects.drop_duplicates("object_id").set_index("object_id")["subtype"]
    y = np.where(subtype.reindex(X.index) == "IIb", "SN II", y)
    kept = y != "SLSN-I"
    y = np.where(np.isin(y, ["SN II", "SN IIn"]), "SN II", "SN I")
    return X.loc[kept, ["light_curve"]], y[kept]


def type_figures(truth, proba):
    """Return the scores; the columns of `proba` are SN I and SN II."""
    predicted = np.array(["SN I", "SN II"])[proba.argmax(axis=1)]
    return {
        "AUC": roc_auc_score(truth == "SN II", proba[:, 1]),
        "accuracy": accuracy_score(truth, predicted),
        "balanced precision": balanced_precision(truth, predicted),
        "recall SN I": np.mean(predicted[truth == "SN I"] == "SN I"),
        "recall SN II": np.mean(predicted[truth == "SN II"] == "SN II"),
    }


def run_horizon(models, n_folds, epochs, n_ia):
    X, y = load_types(n_ia)
    horizons = [LightCurveTruncator(d, origin="detection").fit_transform(X) for d in DAYS]
    lengths = [as_ragged(early["light_curve"], kind="light_curve").lengths for early in horizons]
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))[:n_folds]
    common = {
        "objects": dict(zip(*(v.tolist() for v in np.unique(y, return_counts=True)), strict=True)),
        "days": DAYS,
        "median points": [float(np.median(length)) for length in lengths],
    }
    for name in models:
        start = time.process_time()
        if name in (SCRATCH, TUNED):
            model = transformer(name == TUNED, epochs * (1 if name == TUNED else 2))
            probabilities = []  # fold, then horizon
            for train, test in folds:
                model.fit(X.iloc[train], y[train])
                probabilities.append([model.predict_proba(early.iloc[test]) for early in horizons])
                print(f"{name}: {time.process_time() - start:.0f} s", flush=True)
        else:
            tables = [
                light_curve_features(e) if name == BOOSTING else observing_pattern(e, "K1")
                for e in horizons
            ]
            probabilities = [
                [
                    boosting()
                    .fit(values.to_numpy()[train], y[train])
                    .predict_proba(values.to_numpy()[test])
                    for values in tables
                ]
                for train, test in folds
            ]
        scores = [
            [type_figures(y[test], proba) for proba in fold]
            for (_, test), fold in zip(folds, probabilities, strict=True)
        ]
        write("horizon", name, scores, time.process_time() - start, **common)


# Photometry and spectra ----------------------------------------------------------------


def class_figures(truth, proba, classes):
    """Return macro-F1 and accuracy in five classes and among three of them."""
    figures = {}
    for task, names in (("five", classes), ("three", np.array(THREE))):
        kept, columns = np.isin(truth, names), np.isin(classes, names)
        predicted = classes[columns][proba[kept][:, columns].argmax(axis=1)]
        macro = {"average": "macro", "labels": list(names), "zero_division": 0}
        figures[f"macro-F1, {task}"] = f1_score(truth[kept], predicted, **macro)
        figures[f"accuracy, {task}"] = accuracy_score(truth[kept], predicted)
    return figures


def embedded_spectra(X, nearest):
    """Return the embedding of the spectra by the packaged model as columns; NaN without spectra."""
    embedder = load_pretrained("contrastive-sim")
    spectra = NearestSpectrum().fit_transform(X) if nearest else X
    values = embedder.encode(spectra, "spectrum").astype(np.float64)
    return pd.DataFrame(values, X.index, SPECTRUM_COLUMNS)


def spectra_classifier():
    """Return a head for the frozen embedding; its penalty is chosen inside the training set."""
    head = LogisticRegressionCV(
        Cs=(1e-3, 1e-2, 1e-1, 1.0),
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
        scoring="f1_macro",
        class_weight="balanced",
        max_iter=500,
        l1_ratios=(0,),
        use_legacy_attributes=False,
    )
    return make_pipeline(StandardScaler(), head)


def fold_probabilities(whole, nearest, y, train, test, epochs):
    """Return {model: probabilities of the test part}, and the classes."""
    members = [
        ("light curve", transformer(True, epochs), ["light_curve"]),
        ("spectrum", spectra_classifier(), SPECTRUM_COLUMNS),
    ]
    stacked = LateFusionClassifier(members, combiner="stacked", cv=FUSION_CV)
    stacked.fit(whole.iloc[train], y[train])
    frozen = [
        (name, FrozenEstimator(stacked.named_estimators_[name]), columns)
        for name, _, columns in members
    ]
    average = LateFusionClassifier(frozen).fit(whole.iloc[train], y[train])
    whole, nearest = whole.iloc[test], nearest.iloc[test]
    curve, spectrum = (stacked.named_estimators_[name] for name, *_ in members)
    found = {
        "light curve alone": curve.predict_proba(whole),
        "spectra alone": spectrum.predict_proba(whole[SPECTRUM_COLUMNS]),
        "nearest spectrum alone": spectrum.predict_proba(nearest[SPECTRUM_COLUMNS]),
        "fused, average": average.predict_proba(nearest),
        "fused, stacked": stacked.predict_proba(nearest),
        "fused with all spectra, average": average.predict_proba(whole),
        "fused with all spectra, stacked": stacked.predict_proba(whole),
    }
    # Half of the test objects lack one modality, alternately.
    partial = nearest.copy()
    number = np.arange(len(partial)) % 4
    partial["light_curve"] = partial["light_curve"].where(number != 0)
    partial.loc[number == 2, SPECTRUM_COLUMNS] = np.nan
    found["fused, half lack one, average"] = average.predict_proba(partial)
    found["fused, half lack one, stacked"] = stacked.predict_proba(partial)
    return found, stacked.classes_


def run_fusion(n_folds, epochs):
    X, y = load_pairs()
    X = X[["light_curve", "spectrum"]]
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))[:n_folds]
    curves = X[["light_curve"]]
    whole, nearest = (curves.join(embedded_spectra(X, near)) for near in (False, True))
    start, scores = time.process_time(), {}
    for train, test in folds:
        found, classes = fold_probabilities(whole, nearest, y, train, test, epochs)
        for name, proba in found.items():
            scores.setdefault(name, []).append(class_figures(y[test], proba, classes))
            print(name, scores[name][-1])
        print(f"fusion: {time.process_time() - start:.0f} s", flush=True)
    names, counts = np.unique(y, return_counts=True)
    common = {"objects": dict(zip(names.tolist(), counts.tolist(), strict=True))}
    for name, folds_scores in scores.items():
        write("fusion", name, folds_scores, time.process_time() - start, **common)


# Results -------------------------------------------------------------------------------


def commit():
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def write(part, name, folds, seconds, **more):
    OUT.mkdir(parents=True, exist_ok=True)
    file = "_".join(name.replace(",", "").split())
    content = {"part": part, "model": name, "date": str(date.today()), "commit": commit()}
    content |= {**more, "CPU seconds": round(seconds), "folds": folds}
    (OUT / f"{part}_{file}.json").write_text(json.dumps(content, indent=1) + "\n")
    print(part, name, f"{seconds:.0f} s of CPU time", flush=True)


def mean_and_deviation(values):
    return f"{np.mean(values):.3f}±{np.std(values):.3f}"


def tables():
    """Return the Markdown tables of all results."""
    results = [json.loads(path.read_text()) for path in sorted(OUT.glob("*.json"))]
    horizon = [r for r in results if r["part"] == "horizon"]
    lines = []
    for figure in horizon[0]["folds"][0][0] if horizon else ():
        lines += [
            f"### {figure}",
            "",
            "| days | points |" + "".join(f" {r['model']} |" for r in horizon),
        ]
        lines += ["|---|---|" + "---|" * len(horizon)]
        for number, days in enumerate(DAYS):
            cells = [
                mean_and_deviation([fold[number][figure] for fold in r["folds"]]) for r in horizon
            ]
            points = horizon[0]["median points"][number]
            lines.append(f"| {days} | {points:g} | {' | '.join(cells)} |")
        lines.append("")
    fusion = [r for r in results if r["part"] == "fusion"]
    if fusion:
        figures = list(fusion[0]["folds"][0])
        lines += ["## Photometry and spectra", "", f"| model | {' | '.join(figures)} |"]
        lines += ["|---|" + "---|" * len(figures)]
        for r in fusion:
            cells = [mean_and_deviation([fold[f] for fold in r["folds"]]) for f in figures]
            lines.append(f"| {r['model']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--parts", nargs="+", choices=("horizon", "fusion"), default=["horizon", "fusion"]
    )
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument(
        "--epochs", type=int, default=8, help="of pretrained networks; others train twice as long"
    )
    parser.add_argument("--ia", type=int, help="number of SN Ia at the horizons; by default all")
    parser.add_argument("--table", action="store_true", help="print the tables of all results")
    arguments = parser.parse_args()
    if arguments.table:
        print(tables())
        return
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    if "horizon" in arguments.parts:
        run_horizon(arguments.models, arguments.folds, arguments.epochs, arguments.ia)
    if "fusion" in arguments.parts:
        run_fusion(arguments.folds, arguments.epochs)


if __name__ == "__main__":
    main()
