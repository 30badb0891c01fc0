"""Comparison of simulated alerts with real ones: metadata and cutouts, column by column.

The real alerts of ZTF are those at hand: few nights, mostly variable stars and active nuclei,
hardly any with a class. One shallow exposure (limit near 16 mag, in the Galactic plane) is left
out. Alerts on star-like sources are compared with simulated CV, those on galaxies with the other
classes, and all with a mixture of both in the real ratio. Simulated alerts are chosen to have the
limits of the real ones, which are of few moonlit nights; limits themselves are compared with those
of the history of the real alerts, which covers years. No classifier is involved. Results are
written to benchmarks/results/alert_realism.md, cutouts side by side to alert_cutouts.png there.

    python benchmarks/studies/alert_realism.py
"""

import time
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from _real_data import data_folder
from scipy.ndimage import maximum_filter
from scipy.stats import ks_2samp

from sklearn_sn.datasets import make_alerts

OUT = Path("benchmarks/results")
COLUMNS = ("magpsf", "sigmapsf", "depth", "classtar", "sgscore1", "distpsnr1")
COLUMNS += ("ndethist", "ncovhist", "nnondet", "ra", "dec")
SHALLOW = 17.0  # limit (mag) of exposures that are left out
N_OBJECTS = {"stars": 900, "galaxies": 900}
N_MATCHES = 12  # simulated alerts per real one
MIXES = {"stars": {"CV": 1}, "galaxies": {"AGN": 8, "SN I": 3, "SN II": 1}}
SIDE = 63


def main():
    warnings.simplefilter("ignore", RuntimeWarning)  # means of NaN
    real, real_images = load_real()
    simulated = {}
    duration = 0.0
    for seed, (kind, mix) in enumerate(MIXES.items()):
        start = time.process_time()
        X, _ = make_alerts(N_OBJECTS[kind], proportions=mix, max_alerts=3, random_state=seed)
        duration += time.process_time() - start
        images = np.stack(X.pop("image").to_list())
        table = pd.concat([X.drop(columns="light_curve").reset_index(), measure(images)], axis=1)
        table["depth"] = table["diffmaglim"] - table["magpsf"]
        simulated[kind] = table, images
    limits = np.concatenate([table["diffmaglim"] for table, _ in simulated.values()])
    n = sum(len(table) for table, _ in simulated.values())
    starry = real["sgscore1"] > 0.5
    parts = {"stars": real[starry], "galaxies": real[~starry]}
    simulated = {kind: match(parts[kind], *simulated[kind]) for kind in parts}
    lines = ["# Simulated and real alerts", "", __doc__.split("\n\n")[1], ""]
    lines += [f"{len(parts['stars'])} real alerts are on stars, {len(parts['galaxies'])} on"]
    lines[-1] += f" galaxies. {n} alerts were simulated, {n / duration:.0f} per second of CPU time."
    lines += ["", *distances(parts, simulated, limits)]
    OUT.mkdir(exist_ok=True)
    (OUT / "alert_realism.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    draw(real, real_images, simulated)


def load_real():
    """Return real alerts with measures of their cutouts, and the cutouts (n, 3, 63, 63)."""
    folder = data_folder()
    table = pd.read_parquet(folder / "ztf_alert_metadata.parquet")
    stored = np.load(folder / "ztf_alert_cutouts.npz")
    place = {name: row for row, name in enumerate(stored["candid"].tolist())}
    images = stored["cutouts"][[place[name] for name in table["candid"]]]
    images = np.moveaxis(images, -1, 1).copy()
    # Cutouts of one source are scaled to unit norm.
    normalised = table["source"].str.startswith("BTSbot").to_numpy()
    measures = measure(images)
    measures[normalised] = np.nan
    table = pd.concat([table, measures], axis=1)
    table["nnondet"] = table["ncovhist"] - table["ndethist"]
    table["depth"] = table["diffmaglim"] - table["magpsf"]
    deep = (table["diffmaglim"] > SHALLOW).to_numpy()
    usable = deep & ~normalised
    table["drawable"] = usable
    return table[deep].reset_index(drop=True), images[deep]


def measure(images):
    """Return noise, background, width of the source and contents of cutouts."""
    science, reference, difference = (images[:, k] for k in range(3))
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE // 2
    radius = np.hypot(x, y)
    levels = [np.nanmedian(part, axis=(1, 2)) for part in (science, reference, difference)]
    noise = [
        1.4826 * np.nanmedian(np.abs(part - level[:, None, None]), axis=(1, 2))
        for part, level in zip((science, reference, difference), levels, strict=True)
    ]
    measures = {"science noise": noise[0], "reference noise": noise[1]}
    measures |= {"difference noise": noise[2], "science background": levels[0]}
    measures |= {"difference background": levels[2]}
    flux = np.nansum(np.where(radius <= 5, difference - levels[2][:, None, None], 0.0), axis=(1, 2))
    sign = np.where(flux < 0, -1.0, 1.0)
    peak = np.nanmax(np.where(radius < 3, sign[:, None, None] * difference, -np.inf), axis=(1, 2))
    clear = peak > 12 * noise[2]
    width = np.sqrt(4 * np.log(2) / np.pi * np.abs(flux) / peak)
    measures["source width"] = np.where(clear, width, np.nan)
    measures["peak over noise"] = peak / noise[2]
    counterpart = np.nansum(
        np.where(radius <= 3, reference - levels[1][:, None, None], 0.0), axis=(1, 2)
    )
    measures["counterpart mag"] = 26.2 - 2.5 * np.log10(np.maximum(counterpart, 10.0))
    excess = np.nan_to_num(reference - levels[1][:, None, None])
    tops = (maximum_filter(excess, size=(1, 5, 5)) == excess) & (radius > 3)
    tops &= excess > 10 * noise[1][:, None, None]
    measures["neighbours"] = tops.sum(axis=(1, 2)).astype(float)
    measures["brightest pixel"] = np.nanmax(science, axis=(1, 2))
    measures["NaN pixels"] = np.isnan(science).mean(axis=(1, 2))
    return pd.DataFrame(measures)


def match(real, table, images):
    """Choose simulated alerts with the limits of the real ones."""
    limits = table["diffmaglim"].to_numpy()
    gaps = np.abs(real["diffmaglim"].to_numpy()[:, None] - limits)
    chosen = np.argsort(gaps, axis=1)[:, :N_MATCHES].ravel()
    return table.iloc[chosen].reset_index(drop=True), images[chosen]


def distances(parts, simulated, limits):
    names = [*COLUMNS, *measure(np.zeros((1, 3, SIDE, SIDE))).columns]
    lines = ["| column | all | on stars | on galaxies | real median | simulated median |"]
    lines += ["|---" * 6 + "|"]
    rng = np.random.default_rng(0)
    total = sum(len(part) for part in parts.values())
    whole = {name: [] for name in names}
    for name in names:
        cells, real_all, simulated_all = [], [], []
        for kind, part in parts.items():
            values = part[name].dropna().to_numpy()
            drawn = simulated[kind][0][name].dropna().to_numpy()
            cells.append(f"{ks_2samp(values, drawn).statistic:.2f}")
            real_all.append(values)
            simulated_all.append(rng.choice(drawn, int(4000 * len(part) / total)))
        real_all, simulated_all = np.concatenate(real_all), np.concatenate(simulated_all)
        whole[name] = ks_2samp(real_all, simulated_all).statistic
        medians = f"{np.median(real_all):.4g} | {np.median(simulated_all):.4g}"
        lines.append(f"| {name} | {whole[name]:.2f} | {' | '.join(cells)} | {medians} |")
    history = pd.read_parquet(data_folder() / "ztf_alert_history.parquet")["diffmaglim"].dropna()
    whole["diffmaglim"] = ks_2samp(history, limits).statistic
    medians = f"{np.median(history):.4g} | {np.median(limits):.4g}"
    lines.append(f"| diffmaglim, history | {whole['diffmaglim']:.2f} | | | {medians} |")
    unmatched = np.concatenate([part["diffmaglim"] for part in parts.values()])
    cells = f"{ks_2samp(unmatched, limits).statistic:.2f} | | | {np.median(unmatched):.4g}"
    lines.append(f"| diffmaglim, as simulated | {cells} | {np.median(limits):.4g} |")
    good = sum(value < 0.25 for value in whole.values())
    return [f"{good} of {len(whole)} KS distances of all alerts are below 0.25.", "", *lines]


def draw(real, images, simulated):
    rng = np.random.default_rng(3)
    n_rows, n_columns = 14, 3
    figure, axes = plt.subplots(n_rows, 6 * n_columns + 1, figsize=(17, 13.5))
    for ax in axes.ravel():
        ax.axis("off")
    starry = (real["sgscore1"] > 0.5).to_numpy()
    for kind_number, (kind, mask) in enumerate((("stars", starry), ("galaxies", ~starry))):
        rows = [0, n_rows // 2][kind_number] + np.arange(n_rows // 2)
        drawable = np.flatnonzero(mask & real["drawable"].to_numpy())
        for side, pool in enumerate((images[drawable], simulated[kind][1])):
            n_each = len(rows) * n_columns
            chosen = pool[rng.choice(len(pool), n_each, replace=len(pool) < n_each)]
            for number, image in enumerate(chosen):
                row, column = rows[number // n_columns], number % n_columns
                for channel in range(3):
                    place = side * (3 * n_columns + 1) + 3 * column + channel
                    low, high = np.nanquantile(image[channel], [0.02, 0.995])
                    axes[row, place].imshow(image[channel], vmin=low, vmax=high, cmap="gray")
    figure.tight_layout(pad=0.3, rect=(0, 0, 1, 0.98))
    title = "real (left), simulated (right); on stars (above), on galaxies (below); each science, "
    figure.suptitle(title + "reference, difference", y=0.998)
    figure.savefig(OUT / "alert_cutouts.png", dpi=70)


if __name__ == "__main__":
    main()
