"""Comparison of simulated and real supernovae: spectra, decline rates, colours, magnitudes.

For each class, the continuum-divided mean rest-frame spectra of simulated and real objects are
correlated, at -5 to +30 days (rare subtypes: at any phase). Decline rate, colour at peak and peak
magnitude are measured by the same method on simulated and real light curves. Phases of real spectra
are approximate, which smooths their means. Without --fast, a classifier trained on simulations is
tested on real objects. Results are written to benchmarks/results/simulation_realism.md, figures to
the same folder.

    python benchmarks/studies/simulation_realism.py [--fast]
"""

import argparse
import itertools
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from _real_data import data_folder
from _simulation_transfer import transfer_section

from sklearn_sn import load_pretrained
from sklearn_sn.data import (
    DataQualityWarning,
    Ragged,
    as_ragged,
    check_table,
    continuum,
    resample,
    wavelength_grid,
)
from sklearn_sn.datasets import make_supernovae, read_tables

OUT = Path("benchmarks/results")
CLASSES = ("SN Ia", "SN Ia-91bg", "SN Iax", "SN Ib/c", "SN II", "SN IIn", "SLSN-I")
GRID = wavelength_grid(3900.0, 7300.0, 300)
RARE = ("SN Ia-91bg", "SN Iax")
PHASES = (-5.0, 5.0, 15.0, 30.0)
# Close to the 10 and 75 % quantiles of the real objects.
RANGES = {"SN Ia": (0.005, 0.035), "SN Ib/c": (0.004, 0.025), "SN II": (0.004, 0.025)}
RANGES |= {"SN IIn": (0.005, 0.05), "SN Ia-91bg": (0.005, 0.03), "SN Iax": (0.004, 0.03)}
RANGES |= {"SLSN-I": (0.1, 0.6)}
N_SIMULATED = 3000
NOTE = """Line strengths were adjusted by eye to mean spectra that include these objects: the
correlations measure the quality of the fit, not of predictions for other objects. Magnitudes are
AB, not corrected for dust. A dash denotes fewer than three real light curves with an observed peak.
Redshifts are similar to those of the real objects, cadences are not."""
FILTERS = {"bessellB": "B", "bessellV": "V", "sdssg": "g", "sdssr": "r"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true", help="skip the classifier")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    X, y, truth = make_supernovae(
        *(N_SIMULATED,), classes=CLASSES, surveys="followup", redshift_range=RANGES, n_spectra=3,
        spectrum_phase=(-5, 30), spectrum_snr=(10, 50), return_truth=True, random_state=0,
    )  # fmt: skip
    real, names = real_objects()
    lines = ["# Simulated and real supernovae", "", *spectra_section(X, y, truth)]
    lines += ["", *light_curve_section(X, y, real, names), "", NOTE]
    if not arguments.fast:
        lines += ["", *transfer_section(load_pretrained("contrastive-sim"))]
    OUT.mkdir(exist_ok=True)
    (OUT / "simulation_realism.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def real_objects():
    """Load the real pairs as a table, with class names; some subtypes are separate classes."""
    folder = data_folder()
    objects = pd.read_parquet(folder / "osc_pairs_objects.parquet")
    objects = objects[~objects["type_conflict"]].set_index("object_id", drop=False)
    names = class_names(objects)
    points = pd.read_parquet(folder / "osc_pairs_lightcurves.parquet")
    table = read_tables(objects[["object_id", "redshift"]], points, default_mag_err=0.1)
    return table, names.reindex(table.index)


def real_spectra():
    """Return rest-frame line spectra (n, n_bins), object names, phases (or NaN) and classes."""
    parts = []
    for stem in ("osc_pairs", "spectra_only"):
        folder = data_folder()
        table = "index" if stem == "spectra_only" else "spectra_index"
        index = pd.read_parquet(folder / f"{stem}_{table}.parquet")
        pixels = pd.read_parquet(folder / f"{stem}_spectra.parquet")
        objects = pd.read_parquet(folder / f"{stem}_objects.parquet").drop_duplicates("object_id")
        objects = objects[~objects["type_conflict"]].set_index("object_id")
        kinds = class_names(objects)
        index = index[index["object_id"].map(objects["redshift"]).between(0.0, 1.0)]
        known = index["phase_rest"].between(PHASES[0], PHASES[-1])
        # Rare subtypes have few dated spectra: use all of their spectra.
        rare = index["object_id"].map(kinds).isin(RARE)
        index = index[(known & (stem == "osc_pairs")) | rare].set_index("spectrum_id", drop=False)
        pixels = pixels[pixels["spectrum_id"].isin(index.index)]
        rows = index.index.get_indexer(pixels["spectrum_id"])
        fields = {key: pixels[key].to_numpy(dtype=float) for key in ("wavelength", "flux")}
        spectra = Ragged.from_groups(rows, len(index), fields).sort("wavelength")
        lines, good = line_spectra(spectra, index["object_id"].map(objects["redshift"]).to_numpy())
        object_index = index["object_id"].to_numpy()[good]
        phase = index["phase_rest"].to_numpy(dtype=float)[good]
        parts.append((lines[good], object_index, phase, kinds.reindex(object_index).to_numpy()))
    return [np.concatenate(values) for values in zip(*parts, strict=True)]


def class_names(objects):
    """Return class names; two subtypes of SN Ia are separate classes."""
    names = objects["class"].astype(str).copy()
    for subtype, name in (("Ia-91bg", "SN Ia-91bg"), ("Iax", "SN Iax")):
        names[objects["subtype"] == subtype] = name
    return names


def line_spectra(spectra, redshift):
    """Return continuum-divided rest-frame spectra minus 1, and a mask of complete ones."""
    flux, _, covered = resample(spectra, GRID, shifts=1.0 + redshift)
    good = covered.mean(axis=1) > 0.95
    lines = np.zeros_like(flux)
    lines[good] = flux[good] / continuum(flux[good], covered[good]) - 1.0
    # Clip spikes and gaps, so that single spectra do not dominate a mean.
    lines = np.clip(np.nan_to_num(lines), -1.0, 2.0)
    return lines, good & (lines.std(axis=1) < 0.6)


def mean_by_object(lines, object_index):
    frame = pd.DataFrame(lines).groupby(object_index).mean()
    return frame.to_numpy().mean(axis=0), len(frame)


def spectra_section(X, y, truth):
    checked = check_table(X[["spectrum"]])
    object_index = np.repeat(np.arange(len(X)), np.diff(checked.spectrum_offsets))
    simulated, good = line_spectra(checked.spectrum, X["redshift"].to_numpy()[object_index])
    time = checked.spectrum.reduce("first", "time")
    phase = (time - truth["t_peak"].to_numpy()[object_index]) / (
        1 + X["redshift"].to_numpy()[object_index]
    )
    real, real_object, real_phase, real_class = real_spectra()
    figure, axes = plt.subplots(len(CLASSES), 3, figsize=(13, 15), layout="constrained")
    parts = list(itertools.pairwise(PHASES))
    head = " | ".join(f"{low:g} to {high:g} d" for low, high in parts)
    lines = [f"| class | all | {head} | real objects |", "|---" * (3 + len(parts)) + "|"]
    for name, row in zip(CLASSES, axes, strict=True):
        cells, weights, means = [], [], []
        for (low, high), ax in zip(parts, row, strict=True):
            simulated_mask = good & (y[object_index] == name) & (phase >= low) & (phase < high)
            real_mask = (real_class == name) & (real_phase >= low) & (real_phase < high)
            model, _ = mean_by_object(simulated[simulated_mask], object_index[simulated_mask])
            ax.plot(GRID, model, label="simulated")
            if real_mask.sum() >= 3:
                truth_mean, n = mean_by_object(real[real_mask], real_object[real_mask])
                ax.plot(GRID, truth_mean, label=f"{n} real")
                cells.append(f"{np.corrcoef(model, truth_mean)[0, 1]:.2f}")
                weights.append(n)
                means.append((model, truth_mean))
            else:
                cells.append("–")
            ax.set_title(f"{name}, {low:g} to {high:g} d", fontsize=9)
            ax.legend(fontsize=7)
        if means and name not in RARE:
            pair = [np.average([m[k] for m in means], axis=0, weights=weights) for k in (0, 1)]
        else:
            simulated_mask, real_mask = good & (y[object_index] == name), real_class == name
            pair = [
                mean_by_object(simulated[simulated_mask], object_index[simulated_mask])[0],
                mean_by_object(real[real_mask], real_object[real_mask])[0],
            ]
            row[1].plot(GRID, pair[1], label="real, any phase")
            row[1].legend(fontsize=7)
        n_real = len(set(real_object[real_class == name]))
        whole = f"{np.corrcoef(*pair)[0, 1]:.2f}"
        lines.append(f"| {name} | {whole} | {' | '.join(cells)} | {n_real} |")
    figure.savefig(OUT / "simulation_spectra.png", dpi=60)
    title = "## Correlation of mean spectra over continuum, 3900-7300 Å, rest frame"
    return [title, "", *lines]


def light_curve_section(X, y, real, names):
    both = {"simulated": (X, y), "real": (real, names.to_numpy())}
    tables = {}
    for label, (table, classes) in both.items():
        with_class = measure(table).assign(name=classes)
        tables[label] = with_class[with_class["name"].isin(CLASSES)]
    columns = ("decline", "colour", "peak_mag")
    heads = ("decline in 15 d (B or g, mag)", "B-V or g-r at peak (mag)", "peak M (B or g)")
    lines = ["## Light curves: median (16 % to 84 %), simulated / real", ""]
    lines += [f"| class | {' | '.join(heads)} |", "|---" * 4 + "|"]
    figure, axes = plt.subplots(len(CLASSES), 3, figsize=(11, 14), layout="constrained")
    for name, row in zip(CLASSES, axes, strict=True):
        cells = []
        for column, head, ax in zip(columns, heads, row, strict=True):
            parts = []
            for label, table in tables.items():
                values = table.loc[table["name"] == name, column].dropna().to_numpy()
                parts.append(_interval(values))
                if len(values) > 2:
                    bins = np.linspace(*np.quantile(values, [0.02, 0.98]), 16)
                    ax.hist(values, bins, density=True, histtype="step", label=label)
            ax.set_title(f"{name}: {head}", fontsize=8)
            ax.legend(fontsize=7)
            cells.append(" / ".join(parts))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    figure.savefig(OUT / "simulation_light_curves.png", dpi=60)
    return lines


def _interval(values):
    if len(values) < 3:
        return "–"
    low, mid, high = np.quantile(values, [0.16, 0.5, 0.84])
    return f"{mid:.2f} ({low:.2f} to {high:.2f}; {len(values)})"


def measure(table):
    """Return decline in 15 rest-frame days, colour at peak and absolute peak magnitude."""
    from astropy.cosmology import Planck18

    curves = as_ragged(table["light_curve"])
    z = table["redshift"].to_numpy()
    z = np.where((z > 0.003) & (z < 1.0), z, np.nan)
    band = np.asarray(curves["band"]).astype(str)
    good = curves["flux"] > 8 * curves["flux_err"]
    rows = []
    for row in range(len(curves)):
        part = slice(curves.offsets[row], curves.offsets[row + 1])
        series = {}
        for own, label in FILTERS.items():
            mask = good[part] & (band[part] == own)
            series[label] = (curves["time"][part][mask], curves["flux"][part][mask])
        rows.append(_measure_one(series, z[row]))
    result = pd.DataFrame(rows, columns=["decline", "colour", "peak_mag"], index=table.index)
    modulus = Planck18.distmod(np.nan_to_num(z, nan=0.1)).value
    result["peak_mag"] += np.where(np.isfinite(z), -modulus, np.nan)
    return result


def _measure_one(series, z):
    blue, red = ("B", "V") if len(series["B"][0]) >= len(series["g"][0]) else ("g", "r")
    time, flux = series[blue]
    if len(time) < 5 or not np.isfinite(z):
        return np.nan, np.nan, np.nan
    order = np.argsort(time)
    time, mag = time[order], 23.9 - 2.5 * np.log10(flux[order])
    top = np.argmin(mag)
    # The peak must be observed: require points before and after it.
    phase = (time - time[top]) / (1 + z)
    if not (np.any((phase < -1) & (phase > -12)) and np.any((phase > 3) & (phase < 12))):
        return np.nan, np.nan, np.nan
    near = np.abs(phase) < 4
    peak = np.median(np.sort(mag[near])[:3])
    decline = np.nan
    if np.any((phase > 10) & (phase <= 15)) and np.any((phase >= 15) & (phase < 21)):
        decline = np.interp(15.0, phase, mag) - peak
    colour = np.nan
    other_time, other = series[red]
    close = np.abs(other_time - time[top]) / (1 + z) < 3
    if close.any():
        colour = peak - (23.9 - 2.5 * np.log10(np.median(other[close])))
    return decline, colour, peak


if __name__ == "__main__":
    main()
