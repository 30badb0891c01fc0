"""Train, calibrate and package the models "spectrum-types" and "spectrum-redshift".

"fit" trains SpectraNet and the learned templates on the training part of a fold (grouped by object
and copies of spectra) or on all objects, and saves them in benchmarks/.cache/spectrum_models; a
network that exists is kept. A second cycle of learning rates continues from the first. Training
uses the further spectra that are stored with the pairs of light curves and spectra, unless
``--without-further`` is given; test sets contain those that spectra_real.py scores.
"table" predicts the test sets and prints the tables of the results page. "package" writes the
models: the average of both networks with calibrated probabilities and conformal sets, and the
templates for class and redshift.

    python benchmarks/studies/spectrum_models.py fit --parts 0 1
    python benchmarks/studies/spectrum_models.py fit --parts 0 --without-further
    python benchmarks/studies/spectrum_models.py table
    python benchmarks/studies/spectrum_models.py package --part 0 --commit COMMIT
"""

import argparse
import hashlib
import pickle
import time
from pathlib import Path

import numpy as np
import torch
from _applecider import table
from _settings import CACHE
from _spectra import folds_of, load_spectra, one_row_per_spectrum, redshift_figures
from _spectrum_calibration import calibration_figures, reliability
from _spectrum_scores import (
    averaged,
    by_peak,
    class_scores,
    figures_of,
    joined,
    redshift_coverage,
    spread_of,
    stored_at_rest,
    subset_figures,
)
from sklearn.frozen import FrozenEstimator

import sklearn_sn
from sklearn_sn.classification import (
    ConformalClassifier,
    LateFusionClassifier,
    SpectralRedshiftClassifier,
    SpectraNetClassifier,
)
from sklearn_sn.persistence import load_model, read_card, save_model

FOLDER = CACHE / "spectrum_models"
MODELS = Path(sklearn_sn.__file__).parent / "persistence" / "models"
EPOCHS = (
    10  # of one cycle of learning rates; benchmarks/studies/spectra_real.py has one of 20 epochs
)
CYCLES = (1, 2)  # of templates and SpectraNet; the second continues from the first
COMMON = {"max_epochs": EPOCHS, "random_state": 0, "verbose": 2, "device": "cpu"}
MEMBERS = {
    "templates": lambda: SpectralRedshiftClassifier(lr=4e-3, **COMMON),
    "spectranet": lambda: SpectraNetClassifier(**COMMON),
}
SCORES = ("macro-F1, five", "accuracy, five", "AUROC, five", "macro-F1, three")  # of the card
DATA = (
    "{n_objects} objects with {n_spectra} spectra that cover 4000-7000 Å, in five classes; the "
    "networks were trained on {share}. Open Supernova Catalog (Guillochon "
    "et al. 2017), WISeREP (Yaron & Gal-Yam 2012), kaepora (Siebert et al. 2019: CfA, BSNIP, CSP), "
    "classes of SLSN-I by slsne (Gomez et al. 2024). One public object in five was never used."
)


# Training ---------------------------------------------------------------------


SHARES = (
    "four fifths of them",
    "all of them, the figures are those of networks that were trained on four fifths",
)


def file_of(member, part, further, cycle, suffix=".snmodel"):
    """Return the path of the network, or of the predictions, of a member."""
    return FOLDER / f"{member}, {'further' if further else 'main'}, {part}, {cycle}{suffix}"


def cached_spectra(further=False):
    """Return X, classes and groups of load_spectra, read once."""
    path = FOLDER / f"spectra_{'further' if further else 'main'}.pickle"
    if not path.exists():
        X, y, _, groups = load_spectra(further)
        path.write_bytes(pickle.dumps((X, y, groups)))
    return pickle.loads(path.read_bytes())


def split_digest(y, groups):
    """Return a digest of what the folds are made of: the classes and groups of all objects."""
    content = "\n".join(f"{name} {group}" for name, group in zip(y, groups, strict=True))
    return hashlib.sha256(content.encode()).hexdigest()


def check_split(path, y, groups):
    """Raise if a network was trained with folds of other classes or groups."""
    if read_card(path).get("split") != split_digest(y, groups):
        raise ValueError(
            f"{path.name} was trained with other classes or groups of objects, so that test "
            "objects may be among those it was trained on. Delete it and its predictions, and fit "
            "it again."
        )


def fit_part(member, part, further, cycle):
    """Train one cycle of a member on a fold, or on all objects; further cycles continue."""
    path = file_of(member, part, further, cycle)
    X, y, groups = cached_spectra(further)
    if path.exists():
        check_split(path, y, groups)
        return
    train = np.arange(len(y)) if part == "all" else folds_of(y, groups)[int(part)][0]
    model = MEMBERS[member]()
    if cycle > 1:
        check_split(file_of(member, part, further, cycle - 1), y, groups)
        model = load_model(file_of(member, part, further, cycle - 1))
        model.set_params(warm_start=True, random_state=cycle - 1, verbose=2)
    start = time.process_time()
    model.fit(X.iloc[train], y[train])
    seconds, split = time.process_time() - start, split_digest(y, groups)
    save_model(model.set_params(verbose=0), path, card={"seconds": seconds, "split": split})
    print(f"{path.stem}: {seconds:.0f} s of CPU", flush=True)


# Predictions of the test sets -------------------------------------------------


def predictions_of(member, part, further, cycle):
    """Return the test-set predictions of a member; None if it is not trained."""
    model_path, path = (file_of(member, part, further, cycle, end) for end in (".snmodel", ".npz"))
    if not model_path.exists():
        return None
    X, y, groups = cached_spectra()
    check_split(model_path, y, groups)
    if not path.exists():
        test = folds_of(y, groups)[int(part)][1]
        singles, object_index = one_row_per_spectrum(X.iloc[test])
        model, unknown = load_model(model_path), singles[["spectrum"]]
        found = {"proba": model.predict_proba(unknown), "classes": model.classes_}
        if member == "templates":
            found["redshift"], found["error"] = model.predict_redshift(unknown, return_std=True)
            grid, posterior = model.predict_redshift_proba(unknown)
            near = np.abs(grid - found["redshift"][:, None]) <= 0.01
            found["peak"] = np.sum(posterior * near, axis=1)
        truth, z = y[test][object_index], singles["redshift"].to_numpy()
        np.savez(path, rows=test[object_index], truth=truth, true_redshift=z, **found)
    found = dict(np.load(path))
    return {**found, "group": groups[found["rows"]]}


# Results ------------------------------------------------------------------------


def all_predictions(cycles, further=True):
    """Return the predictions of the members and of their average, by fold."""
    found = {"templates": {}, "SpectraNet": {}, "average": {}}
    for part in range(5):
        spectranet = predictions_of("spectranet", part, further, cycles["spectranet"])
        templates = predictions_of("templates", part, further, cycles["templates"])
        average = averaged([templates, spectranet])
        for name, value in zip(found, (templates, spectranet, average), strict=True):
            if value is not None:
                found[name][part] = value
    return found


def tabulate(cycles):
    """Print the tables of the results page."""
    rows = {}
    for further in (True, False):
        for name, parts in all_predictions(cycles, further).items():
            label = f"{name}, {'with' if further else 'without'} further spectra"
            for part, found in parts.items():
                figures = figures_of(found)
                rows[f"{label}, fold {part}"] = {key: f"{figures[key]:.4f}" for key in figures}
            if len(parts) > 1:
                rows[f"**{label}, {len(parts)} folds**"] = spread_of(parts.values())
    keys = list(dict.fromkeys(key for row in rows.values() for key in row))
    cells = [[label, *(row.get(key, "") for key in keys)] for label, row in rows.items()]
    print(table(["model", *keys], cells))
    found = joined(list(all_predictions(cycles)["average"].values()))
    names = cached_spectra()[0].index.to_numpy()
    tables = {
        "Calibration of the average": (["figure", "value"], calibration_figures(found).items()),
        "Classes": (["class", "spectra", "recall", "precision", "in its set"], class_scores(found)),
        "Reliability": (["from", "to", "spectra", "mean", "correct"], reliability(found)),
        "Subsets": (
            ["subset", "spectra", "accuracy", "in the 90 % set", "redshift beyond 0.01"],
            subset_figures(found, names),
        ),
        "Peak of the redshift": (["from", "to", "spectra", "beyond 0.01"], by_peak(found)),
    }
    for title, (header, lines) in tables.items():
        lines = [[f"{v:.3f}" if isinstance(v, np.floating) else v for v in line] for line in lines]
        print(f"\n## {title}\n\n{table(header, lines)}")
    print("\nProbably stored at rest:", ", ".join(names[found["rows"][stored_at_rest(found)]]))


# Packages -----------------------------------------------------------------------


def package(part, cycles, commit):
    """Write both models with their cards."""
    folds = all_predictions(cycles)["average"]
    found = joined(list(folds.values()))
    X, y, _ = cached_spectra()
    singles, object_index = one_row_per_spectrum(X)
    parts = list(dict.fromkeys([*map(str, folds), part]))
    n_spectra = len(one_row_per_spectrum(cached_spectra(further=True)[0])[1])
    common = {
        "data": DATA.format(n_objects=len(y), n_spectra=n_spectra, share=SHARES[part == "all"]),
        "recipe": f"python benchmarks/studies/spectrum_models.py fit --parts {' '.join(parts)} "
        f"--cycles {cycles['templates']} {cycles['spectranet']}, at commit {commit}",
        "license": "BSD-3-Clause; the sources of the spectra state no licence of redistribution",
    }
    networks = {name: half_precision(file_of(name, part, True, cycles[name])) for name in MEMBERS}
    oof = np.full((len(singles), len(found["classes"])), np.nan)
    for fold in folds.values():
        oof[np.isin(object_index, fold["rows"])] = fold["proba"]
    members = [(name, FrozenEstimator(net), ["spectrum"]) for name, net in networks.items()]
    types = ConformalClassifier(LateFusionClassifier(members)).fit(
        singles[["spectrum"]], y[object_index], oof_proba=oof
    )
    common["subsets"] = [
        f"{name}: {n} spectra, accuracy {right:.3f}, in the 90 % set {inside:.3f}, redshift beyond "
        f"0.01 {off:.3f}"
        for name, n, right, inside, off in subset_figures(found, X.index)
    ]
    cards = {
        "spectrum-types": (types, types_card),
        "spectrum-redshift": (networks["templates"], redshift_card),
    }
    for name, (model, card_of) in cards.items():
        path = MODELS / f"{name}.snmodel"
        card = {"folds": len(folds), **card_of(found, list(folds.values())), **common}
        save_model(model, path, card=card, overwrite=True)
        print(path.name, path.stat().st_size)


def half_precision(path):
    """Load a network, and round its weights to half precision, in which they are stored."""
    model = load_model(path)
    model.net_.module_.half()
    return model


def over_folds(folds, keys):
    """Return mean and standard deviation over folds of some scores, for a card."""
    figures = [figures_of(fold) for fold in folds]
    metrics = {}
    for key in keys:
        values = [row[key] for row in figures]
        metrics[key] = round(float(np.mean(values)), 4)
        metrics[f"{key}, standard deviation"] = round(float(np.std(values)), 4)
    return metrics


def types_card(found, folds):
    """Return the entries of the card of "spectrum-types"."""
    calibration = calibration_figures(found)
    return {
        "description": "Class (SN Ia, II, Ib/c, IIn, SLSN-I) of supernovae from spectra of unknown "
        "redshift: average of SpectraNet and learned templates in the frame of the observer, with "
        "calibrated probabilities and conformal sets (predict_set).",
        "metrics": {
            **over_folds(folds, SCORES),
            "calibration error": round(calibration["calibration error"], 4),
            "true classes in 90 % sets": round(calibration["inside, 0.9"], 4),
        },
        "by_class": [
            f"{name}: {n} spectra, recall {recall:.3f}, precision {precision:.3f}, in its set "
            f"{inside:.3f}"
            for name, n, recall, precision, inside in class_scores(found)
        ],
        "reliability": [
            f"probability {low} to {high}: {n} spectra, mean {mean:.3f}, correct {right:.3f}"
            for low, high, n, mean, right in reliability(found)
        ],
        "limits": [
            "Trained on classification spectra within 3500-9000 Å, seven in ten of type Ia, most "
            "at z < 0.1; SN IIn and SLSN-I are few (103 and 47 objects).",
            "Other classes, such as TDE, AGN, variable stars and galaxies, get one of the five.",
            "Figures are of single spectra of objects that were not used in training, in five "
            "folds; calibration was tested by halves of these objects.",
            "A third of the SLSN-I and two thirds of the SN IIn get their class, and most of the "
            "others have it in their set; of spectra at z > 0.2, 0.65 have.",
            "Thresholds count spectra; of objects with several, they are slightly too high.",
            "The 90 % sets are empty for spectra that resemble no class well.",
        ],
    }


def redshift_card(found, folds):
    """Return the entries of the card of "spectrum-redshift"."""
    keys = [*redshift_figures(found["true_redshift"], found["redshift"]), *redshift_coverage(found)]
    return {
        "description": "Redshift, error and class (SN Ia, II, Ib/c, IIn, SLSN-I) from spectra "
        "of supernovae of unknown redshift: predict_redshift(X, return_std=True), predict_proba.",
        "metrics": over_folds(folds, keys),
        "limits": [
            "0 < z < 1; most spectra of training are at z < 0.1, and half of the redshifts beyond "
            "0.2 are wrong.",
            "The errors hold for the core of the distribution: gross errors are more frequent than "
            "normal errors would be (see within 3 σ).",
            "Spectra that an archive stores at rest get a redshift near 0.",
            "Class probabilities of spectrum-types are better calibrated.",
        ],
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("stage", choices=("fit", "table", "package"))
    options.add_argument("--parts", nargs="+", default=["0", "1"], help="folds to fit, or all")
    options.add_argument("--members", nargs="+", default=list(MEMBERS), choices=list(MEMBERS))
    options.add_argument("--without-further", action="store_true")
    options.add_argument("--cycles", nargs=2, type=int, default=CYCLES, help="by member")
    options.add_argument("--part", default="0", help="fold, or all, of the packaged networks")
    options.add_argument("--commit", default="unknown", help="commit for the model cards")
    arguments = options.parse_args()
    cycles = dict(zip(MEMBERS, arguments.cycles, strict=True))
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if arguments.stage == "table":
        tabulate(cycles)
    elif arguments.stage == "package":
        package(arguments.part, cycles, arguments.commit)
    else:
        for part in arguments.parts:
            for member in arguments.members:
                for cycle in range(1, cycles[member] + 1):
                    fit_part(member, part, not arguments.without_further, cycle)


if __name__ == "__main__":
    main()
