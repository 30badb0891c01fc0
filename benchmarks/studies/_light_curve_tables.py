"""Tables and diagram of the packaged light-curve models, as lists of rows."""

import numpy as np
from _evaluation import redshift_figures
from _light_curve_mixture import HORIZONS, REAL_CLASSES
from _light_curve_scores import SUMMED, class_figures, main_probabilities, reliability
from sklearn.metrics import f1_score

MAIN = REAL_CLASSES[:3]


def markdown(rows):
    """Return rows, dicts with the same keys, as a Markdown table."""
    lines = [" | ".join(rows[0]), " | ".join("---" for _ in rows[0])]
    lines += [" | ".join(str(value) for value in row.values()) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _truth(data):
    return np.array([SUMMED.get(name, name) for name in data.label])


def _contains_truth(data, classes, sets):
    return sets[np.arange(len(sets)), np.searchsorted(classes, data.label)]


def _of_objects(data, column):
    """Return a column of the real objects for all rows."""
    values = np.tile(data.objects[column].to_numpy(), len(HORIZONS))
    return np.concatenate([values, np.zeros(len(data.label) - len(values), dtype=values.dtype)])


def horizon_table(data, classes, proba, sets):
    """Return scores by horizon: mean ± standard deviation over folds."""
    truth, inside = _truth(data), _contains_truth(data, classes, sets)
    pair, rows = _of_objects(data, "pair").astype(bool), []
    for horizon in HORIZONS:
        for wanted, only, note in (
            (REAL_CLASSES, False, "five"),
            (MAIN, False, "three"),
            (REAL_CLASSES, True, "five, pairs"),
            (MAIN, True, "three, pairs"),
        ):
            chosen = (data.horizon == horizon) & np.isin(truth, wanted) & (pair | (not only))
            main = main_probabilities(proba, classes, wanted)
            parts = [chosen & (data.fold == fold) for fold in range(5)]
            by_fold = [class_figures(truth[part], main[part], wanted) for part in parts]
            row = {"horizon": horizon, "classes": note, "objects": int(chosen.sum())}
            for key in ("macro-F1", "accuracy", "AUROC", "log-loss"):
                values = [figures[key] for figures in by_fold]
                row[key] = f"{np.mean(values):.3f}±{np.std(values):.3f}"
            whole = class_figures(truth[chosen], main[chosen], wanted)["calibration error"]
            row["calibration error"] = f"{whole:.3f}"
            row["truth in 90 % set"] = f"{inside[chosen].mean():.3f}"
            row["classes in set"] = f"{sets[chosen].sum(axis=1).mean():.2f}"
            row["empty sets"] = f"{np.mean(~sets[chosen].any(axis=1)):.3f}"
            rows.append(row)
    return rows


def group_table(data, classes, proba, sets):
    """Return scores by telescope, five classes, for complete light curves and at ten days."""
    truth, inside = _truth(data), _contains_truth(data, classes, sets)
    main = main_probabilities(proba, classes, REAL_CLASSES)
    telescope = _of_objects(data, "telescope")
    rows = []
    for horizon in ("full", "10 days"):
        at = data.horizon == horizon
        names, counts = np.unique(telescope[at].astype(str), return_counts=True)
        masks = {"all": at, **{name: at & (telescope == name) for name in names[counts >= 50]}}
        masks["others"] = at & np.isin(telescope.astype(str), names[counts < 50])
        for name, chosen in masks.items():
            figures = class_figures(truth[chosen], main[chosen], REAL_CLASSES)
            row = {"telescope": name, "horizon": horizon, "objects": int(chosen.sum())}
            row |= {key: f"{value:.3f}".replace("nan", "–") for key, value in figures.items()}
            rows.append({**row, "truth in 90 % set": f"{inside[chosen].mean():.3f}"})
    return rows


def decision_table(data, classes, proba, powers=(0.0, 0.2, 0.4, 0.6)):
    """Return macro-F1 and accuracy if probabilities are divided by powers of the frequencies.

    Frequencies are those of the real objects of the other folds.
    """
    truth, rows = _truth(data), []
    for names, kind in ((REAL_CLASSES, "five"), (MAIN, "three")):
        main = main_probabilities(proba, classes, names)
        for horizon in HORIZONS:
            row = {"horizon": horizon, "classes": kind}
            for power in powers:
                scores, right = [], []
                for fold in range(5):
                    of_class = np.isin(truth, names)
                    test = (data.horizon == horizon) & (data.fold == fold) & of_class
                    known = truth[data.is_real & (data.fold != fold) & of_class]
                    frequency = np.array([np.mean(known == name) for name in names])
                    chosen = np.asarray(names)[(main[test] / frequency**power).argmax(axis=1)]
                    scores.append(f1_score(truth[test], chosen, average="macro", labels=names))
                    right.append(np.mean(chosen == truth[test]))
                row[f"power {power}"] = f"{np.mean(scores):.3f}, {np.mean(right):.3f}"
            rows.append(row)
    return rows


def class_table(data, classes, proba, sets):
    """Return recall, precision and coverage of each class."""
    inside, predicted = _contains_truth(data, classes, sets), classes[proba.argmax(axis=1)]
    rows = []
    for kind, of_kind in (("real, full", data.horizon == "full"), ("simulated", ~data.is_real)):
        for name in classes:
            chosen = of_kind & (data.label == name)
            named = of_kind & (predicted == name)
            if chosen.any():
                rows.append(
                    {
                        "class": name,
                        "objects": f"{chosen.sum()} {kind}",
                        "recall": f"{np.mean(predicted[chosen] == name):.3f}",
                        "precision": f"{np.mean(data.label[named] == name):.3f}"
                        if named.any()
                        else "–",
                        "truth in 90 % set": f"{inside[chosen].mean():.3f}",
                    }
                )
    return rows


def reliability_table(data, classes, proba):
    """Return the reliability of the most probable of five classes, complete and at all horizons."""
    truth, main = _truth(data), main_probabilities(proba, classes, REAL_CLASSES)
    right = np.asarray(REAL_CLASSES)[main.argmax(axis=1)] == truth
    rows = []
    for name, chosen in (("full", data.horizon == "full"), ("all horizons", data.is_real)):
        mean, accuracy, count = reliability(right[chosen], main[chosen].max(axis=1))
        for low, values in enumerate(zip(mean, accuracy, count, strict=True)):
            if values[2]:
                row = {"horizon": name, "bin": f"{low / 10:.1f}–{(low + 1) / 10:.1f}"}
                row |= {"predicted": f"{values[0]:.3f}", "correct": f"{values[1]:.3f}"}
                rows.append({**row, "number": int(values[2])})
    return rows


def redshift_table(data, redshift, predicted):
    """Return scores of the redshift by horizon."""
    pair, rows = _of_objects(data, "pair").astype(bool), []
    for horizon in HORIZONS:
        for note, limits in (("all", redshift > 0), ("z < 0.15", redshift < 0.15)):
            for only in (False, True):
                chosen = (data.horizon == horizon) & limits & (redshift > 0) & (pair | (not only))
                parts = [chosen & (data.fold == fold) for fold in range(5)]
                by_fold = [redshift_figures(redshift[part], predicted[part]) for part in parts]
                row = {"horizon": horizon, "objects": int(chosen.sum())}
                row["redshifts"] = f"{note}, pairs" if only else note
                for key in ("R2", "MAE", "NMAD", "outliers"):
                    values = [figures[key] for figures in by_fold]
                    row[key] = f"{np.mean(values):.4f}±{np.std(values):.4f}"
                rows.append(row)
    return rows


def draw_reliability(rows, path):
    """Draw the reliability diagram to a PNG file."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4, 4), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.6", lw=1)
    for horizon in dict.fromkeys(row["horizon"] for row in rows):
        shown = [row for row in rows if row["horizon"] == horizon and row["number"] >= 10]
        x, y = ([float(row[key]) for row in shown] for key in ("predicted", "correct"))
        axes.plot(x, y, "o-", ms=4, label=horizon)
    axes.set(xlabel="predicted probability", ylabel="share of correct classes", xlim=(0, 1))
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)
