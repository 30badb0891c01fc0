"""Test every estimator on a GPU: fit, transform, save and load, compared with the CPU.

The script uses the installed torch and simulated data; it installs and downloads nothing. Without
CUDA, or with --dry-run, the same steps run on the CPU with few objects, and no results are written.
"""

import argparse
import importlib
import pickle
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "gpu.md"
NEEDED = (
    "torch",
    "sklearn",
    "skorch",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "nested_pandas",
    "astropy",
    "joblib",
    "tqdm",
    "safetensors",
)
TOLERANCE = 1e-4
WITH_IMAGES = ("AstroMiNNClassifier", "ImageEmbedder")


def missing_packages():
    """Return the required packages that cannot be imported, with the error."""
    missing = {}
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except Exception as error:
            missing[name] = f"{type(error).__name__}: {error}"
    return missing


def estimators(device, epochs):
    """Return one estimator of each kind with its default encoders, by name."""
    from sklearn_sn import (
        AstroMiNNClassifier,
        ContrastiveEmbedder,
        DomainAdversarialClassifier,
        LightCurveClassifier,
        LightCurveRegressor,
        MaskedEventEmbedder,
        MaskedSpectrumEmbedder,
        MMVAEEmbedder,
        MultimodalRegressor,
        SpectralRedshiftClassifier,
        SpectraNetClassifier,
        SpectraNetRegressor,
        SupConClassifier,
    )
    from sklearn_sn.embedding import ImageEmbedder

    params = {"device": device, "max_epochs": epochs, "random_state": 0, "batch_size": 128}
    return {
        "ContrastiveEmbedder": ContrastiveEmbedder(**params),
        "MMVAEEmbedder": MMVAEEmbedder(**params),
        "MaskedEventEmbedder": MaskedEventEmbedder(**params),
        "MaskedSpectrumEmbedder": MaskedSpectrumEmbedder(**params),
        "ImageEmbedder": ImageEmbedder(**params),
        "LightCurveClassifier, transformer": LightCurveClassifier(**params),
        "LightCurveClassifier, gru": LightCurveClassifier(encoder="gru", **params),
        "LightCurveRegressor, deep_sets": LightCurveRegressor(encoder="deep_sets", **params),
        "MultimodalRegressor": MultimodalRegressor(**params),
        "SupConClassifier": SupConClassifier(**params),
        "DomainAdversarialClassifier": DomainAdversarialClassifier(**params),
        "SpectraNetClassifier": SpectraNetClassifier(**params),
        "SpectraNetClassifier, galspecnet": SpectraNetClassifier(encoder="galspecnet", **params),
        "SpectraNetRegressor": SpectraNetRegressor(**params),
        "SpectralRedshiftClassifier": SpectralRedshiftClassifier(**params),
        "AstroMiNNClassifier": AstroMiNNClassifier(metadata_columns=["ebv"], **params),
    }


class WaitTimer:
    """Measure the time that training waits for batches of BatchLoader."""

    def __init__(self):
        from sklearn_sn.nets import BatchLoader

        self.seconds, original = 0.0, BatchLoader.__iter__

        def timed(loader):
            iterator = original(loader)
            while True:
                start = time.perf_counter()
                try:
                    batch = next(iterator)
                except StopIteration:
                    return
                finally:
                    self.seconds += time.perf_counter() - start
                yield batch

        BatchLoader.__iter__ = timed


def seconds_of(call, torch):
    """Return the result of a call and its wall-clock seconds, with the device synchronised."""
    synchronize = torch.cuda.synchronize if torch.cuda.is_available() else (lambda: None)
    synchronize()
    start = time.perf_counter()
    result = call()
    synchronize()
    return result, time.perf_counter() - start


def matmul_limit(torch, device):
    """Return the floating-point operations per second of a large product in single precision."""
    n = 8192 if device == "cuda" else 1024
    a = torch.ones(n, n, device=device)
    torch.mm(a, a)
    seconds = [seconds_of(lambda: torch.mm(a, a), torch)[1] for _ in range(5)]
    return 2.0 * n**3 / min(seconds)


def operations_of(call):
    """Return the floating-point operations of the networks in a call: products and convolutions."""
    from torch.utils.flop_counter import FlopCounterMode

    try:
        with FlopCounterMode(display=False) as counter:
            call()
    except AttributeError:  # it follows gradients through modules, which not all of ours have
        return float("nan")
    return counter.get_total_flops()


def moved_to_cpu(model):
    """Return a copy of a fitted estimator whose network is on the CPU."""
    copy = pickle.loads(pickle.dumps(model))
    copy.net_.module_.to("cpu")
    return copy


def check(name, estimator, X, y, waiting, torch, limit):
    """Fit, transform, predict, save and load one estimator; return a row of the table."""
    import numpy as np
    from sklearn.base import is_regressor

    from sklearn_sn import load_model, save_model

    target = X["redshift"].to_numpy() if is_regressor(estimator) else y
    waiting.seconds = 0.0
    _, fit = seconds_of(lambda: estimator.fit(X, target), torch)
    share = waiting.seconds / fit
    output, transform = seconds_of(lambda: estimator.transform(X), torch)
    used = operations_of(lambda: estimator.transform(X)) / transform / limit
    predict = None
    if hasattr(estimator, "predict"):
        _, predict = seconds_of(lambda: estimator.predict(X), torch)
    on_cpu, cpu = seconds_of(lambda: moved_to_cpu(estimator).transform(X), torch)
    difference = float(np.abs(output - on_cpu).max())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.snmodel"
        save_model(estimator, path)
        loaded = load_model(path).transform(X)
    again = float(np.abs(loaded - output).max())
    n_seen = len(X) * estimator.n_iter_
    return {
        "estimator": name,
        "fit, objects/s": f"{n_seen / fit:,.0f}",
        "waiting for data": f"{share:.0%}",
        "transform, objects/s": f"{len(X) / transform:,.0f}",
        "of the limit of products": f"{used:.1%}",
        "predict, objects/s": f"{len(X) / predict:,.0f}" if predict else "",
        "on one CPU process": f"{len(X) / cpu:,.0f}",
        "max difference to CPU": f"{difference:.1e}",
        "after save and load": f"{again:.1e}",
        "passed": difference <= TOLERANCE and again <= TOLERANCE,
    }


def table_of(rows):
    """Return rows as a table in markdown."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=2000, help="simulated objects")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--dry-run", action="store_true", help="on the CPU, with few objects")
    args = parser.parse_args()
    missing = missing_packages()
    if missing:
        print(f"{sys.executable} cannot import packages required by sklearn-sn:")
        print("\n".join(f"  {name} ({why})" for name, why in missing.items()))
        sys.exit(2)
    sys.path.insert(0, str(ROOT))
    import numpy as np
    import pandas as pd
    import torch

    from sklearn_sn.datasets import make_supernovae

    dry = args.dry_run or not torch.cuda.is_available()
    device = "cpu" if dry else "cuda"
    if dry:
        print("Dry run on the CPU (" + ("requested" if args.dry_run else "no CUDA") + ").")
        args.objects, args.epochs = min(args.objects, 60), 1
    else:
        # TF32 has three significant digits, too few for the comparison with the CPU.
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    start = time.perf_counter()
    X, y, truth = make_supernovae(args.objects, return_truth=True, random_state=0)
    X = X.assign(t_peak=truth["t_peak"])
    noise = np.random.default_rng(0).normal(size=(len(X), 3, 49, 49)).astype(np.float32)
    with_images = X.assign(image=pd.Series(list(noise), index=X.index))
    waiting, rows, limit = WaitTimer(), [], matmul_limit(torch, device)
    for name, estimator in estimators(device, args.epochs).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                # The other estimators of several modalities would read images, too.
                table = with_images if name in WITH_IMAGES else X
                rows.append(check(name, estimator, table, y, waiting, torch, limit))
            except Exception as error:
                rows.append({**dict.fromkeys(rows[0] if rows else ["estimator"], "")})
                rows[-1] |= {"estimator": name, "passed": f"{type(error).__name__}: {error}"[:200]}
        print(rows[-1], flush=True)
    seconds = time.perf_counter() - start
    card = "CPU" if dry else torch.cuda.get_device_name()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    text = (
        f"# Every estimator on a GPU\n\n{date.today()}, commit {commit}, {card}, Python "
        f"{platform.python_version()}, torch {torch.__version__}, total {seconds:.0f} s.\n"
        f"Command: `make gpu` ({args.objects} simulated objects, {args.epochs} epochs, batches of "
        f"128, default encoders, TF32 off). A product of large matrices in single precision runs "
        f"at {limit / 1e12:.2f} Tflop/s; the column of the limit is the share of it that "
        f"`transform` reaches, data path included.\n\n{table_of(rows)}\n"
    )
    print(text)
    if not dry:
        RESULTS.write_text(text, encoding="utf-8")
    if not all(row["passed"] is True for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
