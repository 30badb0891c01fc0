"""What defects of files cost: macro-F1 of types with and without the damaged points.

The packaged embedder and kNN(5) are fitted on 150 simulated objects. 200 other objects are written
to files with one defect each, as surveys write them, and read by path alone. The reference is the
same objects without the damaged points. The last column states the largest number of warnings of
one reading. Results are written to benchmarks/results/reading_damage.md.

    python benchmarks/studies/reading_damage.py
"""

import subprocess
import tempfile
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score
from sklearn.neighbors import KNeighborsClassifier

from sklearn_sn import load_pretrained
from sklearn_sn.data import DataQualityWarning, as_ragged, flux_to_mag
from sklearn_sn.datasets import make_supernovae, read_tables

OUT = Path("benchmarks/results/reading_damage.md")
N_TRAIN, N_TEST, SEEDS = 150, 200, (0, 1, 2)
CLASSES = ("SN Ia", "SN Ib/c", "SN II", "SLSN-I")
BASELINES = (15, 120, 365, 2190)


def long_table(X, column="light_curve"):
    """Return the points of a table as a long table."""
    ragged = as_ragged(X[column])
    names = [name for name in ("time", "band", "wavelength", "flux", "flux_err") if name in ragged]
    points = pd.DataFrame({name: np.asarray(ragged[name]) for name in names})
    points.insert(0, "object_id", np.asarray(X.index)[ragged.rows])
    return points


def magnitudes(points):
    """Return the detections of three sigma as magnitudes with errors."""
    points = points[points["flux"] > 3 * points["flux_err"]]
    mag_err = 2.5 / np.log(10) * points["flux_err"] / points["flux"]
    return points.assign(mag=flux_to_mag(points["flux"].to_numpy()), mag_err=mag_err)


def one_in(points, n, rng):
    """Return a mask of one point in n."""
    return rng.random(len(points)) < 1 / n


# Each defect returns the table to be written, and the points of the reference in µJy.


def atlas_negative(points, rng):
    table = magnitudes(points)
    one = table.groupby("object_id", sort=False).sample(1, random_state=int(rng.integers(1 << 31)))
    one = one.assign(mag=-flux_to_mag(one["flux"].to_numpy()), time=one["time"] + 0.3)
    negative = one.assign(flux=-one["flux"])
    damaged = pd.concat([table, one]).rename(columns={"time": "MJD", "mag": "m", "mag_err": "dm"})
    damaged["F"] = damaged["band"].map({"atlasc": "c", "atlaso": "o"})
    reference = pd.concat([table, negative])
    return damaged[["object_id", "MJD", "m", "dm", "F"]], reference


def fluxcal(points, rng):
    scale = 10 ** (0.4 * (27.5 - 23.9))
    table = points.rename(columns={"time": "MJD", "band": "FLT"})
    table["FLUXCAL"], table["FLUXCALERR"] = points["flux"] * scale, points["flux_err"] * scale
    return table[["object_id", "MJD", "FLT", "FLUXCAL", "FLUXCALERR"]], points


def ztf_counts(points, rng):
    zero_point = rng.choice([26.2, 26.4, 26.7], len(points))
    scale = 10 ** (0.4 * (zero_point - 23.9))
    table = pd.DataFrame({"object_id": points["object_id"], "jd": points["time"] + 2400000.5})
    table["filter"] = points["band"].map({"ztfg": "ZTF_g", "ztfr": "ZTF_r", "ztfi": "ZTF_i"})
    table["zpdiff"] = zero_point
    table["forcediffimflux"] = points["flux"] * scale
    table["forcediffimfluxunc"] = points["flux_err"] * scale
    return table, points


def limits(points, rng):
    detected = magnitudes(points)
    limit = detected.sample(frac=0.5, random_state=int(rng.integers(1 << 31)))
    limit = limit.assign(time=limit["time"] - 40.0, mag=20.5, mag_err=np.nan, nondet=True)
    table = pd.concat([detected.assign(nondet=False), limit])
    return table[["object_id", "time", "band", "mag", "mag_err", "nondet"]], detected


def fill_values(points, rng):
    table = magnitudes(points)
    lost = table.sample(frac=0.2, random_state=int(rng.integers(1 << 31)))
    lost = lost.assign(mag=99.0, mag_err=99.0, time=lost["time"] + 0.4)
    damaged = pd.concat([table, lost])
    return damaged[["object_id", "time", "band", "mag", "mag_err"]], table


def wrong_error(points, rng):
    table = points.assign(e_mag=rng.uniform(0.01, 0.3, len(points)))
    table = table.rename(columns={"flux_err": "fluxerr"})
    return table[["object_id", "time", "band", "e_mag", "flux", "fluxerr"]], points


def signs(points, rng):
    detected = magnitudes(points)
    negative = one_in(detected, 6, rng)
    table = detected.assign(isdiffpos=np.where(negative, "f", "t"))
    columns = {"time": "mjd", "mag": "magpsf", "mag_err": "sigmapsf"}
    table = table.rename(columns=columns)
    table["fid"] = table["band"].map({"ztfg": 1, "ztfr": 2, "ztfi": 3})
    reference = detected.assign(flux=np.where(negative, -1, 1) * detected["flux"])
    return table[["object_id", "mjd", "fid", "magpsf", "sigmapsf", "isdiffpos"]], reference


def repeated(points, rng):
    again = points[one_in(points, 2, rng)]
    again = again.assign(time=again["time"] + 4e-6, flux=again["flux"] * (1 + 1e-4))
    return pd.concat([points, again]), points


def julian_dates(points, rng):
    return points.assign(time=points["time"] + 2400000.5), points


def nanojansky(points, rng):
    table = points.assign(flux_nJy=points["flux"] * 1e3, fluxerr_nJy=points["flux_err"] * 1e3)
    return table[["object_id", "time", "band", "flux_nJy", "fluxerr_nJy"]], points


def absurd(points, rng):
    lost = points[one_in(points, 20, rng)]
    return pd.concat([points, lost.assign(flux=1e30, time=lost["time"] + 0.2)]), points


def stray(days, factor):
    def add(points, rng):
        groups = points.groupby("object_id", sort=False)
        last = groups[["time", "flux"]].max().reset_index()
        last["time"], last["flux"] = last["time"] + days, factor * last["flux"].clip(lower=1.0)
        last["band"], last["flux_err"] = "ztfr", groups["flux_err"].median().to_numpy()
        return pd.concat([points, last]), points

    return add


def noise(days, gap):
    """Add noise, a point in three days: before the first point, or after the last one."""

    def add(points, rng):
        parts = [points]
        for name, curve in points.groupby("object_id", sort=False):
            n = abs(days) // 3
            edge = curve["time"].min() - gap if days < 0 else curve["time"].max() + gap
            time = edge + np.sign(days) * rng.uniform(0.0, abs(days), n)
            error = np.full(n, curve["flux_err"].median())
            new = {"object_id": name, "time": time, "band": rng.choice(["ztfg", "ztfr"], n)}
            new |= {"flux": error * rng.standard_normal(n), "flux_err": error}
            parts.append(pd.DataFrame(new))
        return pd.concat(parts), points

    return add


DEFECTS = {
    "negative magnitude of ATLAS, one per object": atlas_negative,
    "FLUXCAL": fluxcal,
    "counts of ZTF forced photometry": ztf_counts,
    "upper limits, one per two detections": limits,
    "magnitude 99 ± 99, one point in five": fill_values,
    "error of the magnitude beside a flux": wrong_error,
    "negative difference (isdiffpos)": signs,
    "exposures given twice": repeated,
    "Julian dates": julian_dates,
    "nanojansky in the name of the column": nanojansky,
    "fluxes of 1e30, one in twenty": absurd,
    "a stray point 400 days later, 20 times the peak": stray(400.0, 20.0),
    "a stray point 400 days later, half the peak": stray(400.0, 0.5),
    "a stray point 60 days later, 1.2 times the peak": stray(60.0, 1.2),
    "a season of noise 250 days later": noise(150, 250.0),
    **{f"{days} days of forced photometry before": noise(-days, 10.0) for days in BASELINES},
}


def gaps(spectra, rng):
    """Set a tenth of the pixels, in one stretch, to flux 0 and error 0."""
    rank = spectra.groupby("object_id", sort=False).cumcount()
    length = spectra.groupby("object_id", sort=False)["flux"].transform("size")
    start = spectra["object_id"].map(
        pd.Series(rng.uniform(0.1, 0.8, spectra["object_id"].nunique()),
                  index=spectra["object_id"].unique())
    )  # fmt: skip
    inside = (rank >= start * length) & (rank < (start + 0.1) * length)
    damaged = spectra.assign(
        flux=spectra["flux"].where(~inside, 0.0), flux_err=spectra["flux_err"].where(~inside, 0.0)
    )
    return damaged, spectra[~inside]


def read(table, names, folder):
    """Write a table, read it by its path, and return it in the order of names, with warnings."""
    path = Path(folder) / "points.csv"
    table.to_csv(path, index=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        X = read_tables(path)
    return X.reindex(names), len(caught)


def scores(seed):
    """Return {defect: (macro-F1 of the reference, of the damaged files, warnings)}."""
    rng = np.random.default_rng(seed)
    embedder = load_pretrained("contrastive-sim")
    results = {}
    for survey in ("ztf", "atlas"):
        picked = {k: f for k, f in DEFECTS.items() if ("ATLAS" in k) == (survey == "atlas")}
        kind = dict(classes=CLASSES, surveys=survey, n_spectra=1, random_state=seed)
        X, y = make_supernovae(N_TRAIN + N_TEST, **kind)
        train, test = X.iloc[:N_TRAIN], X.iloc[N_TRAIN:]
        truth = y[N_TRAIN:]

        def embedded(table, column):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DataQualityWarning)
                return embedder.encode(table[[column]], column)

        def score(table, column, head, truth=truth):
            predicted = head.predict(embedded(table, column))
            return f1_score(truth, predicted, average="macro")

        head = KNeighborsClassifier(5).fit(embedded(train, "light_curve"), y[:N_TRAIN])
        points = long_table(test)
        with tempfile.TemporaryDirectory() as folder:
            for name, defect in picked.items():
                damaged, reference = defect(points, rng)
                columns = ["object_id", "time", "band", "flux", "flux_err"]
                clean, _ = read(reference[columns], test.index, folder)
                dirty, n_warnings = read(damaged, test.index, folder)
                results[name] = (
                    score(clean, "light_curve", head),
                    score(dirty, "light_curve", head),
                    n_warnings,
                )
            if survey == "ztf":
                head = KNeighborsClassifier(5).fit(embedded(train, "spectrum"), y[:N_TRAIN])
                tables = gaps(long_table(test, "spectrum"), rng)
                found = []
                for table in tables:
                    with warnings.catch_warnings(record=True) as caught:
                        warnings.simplefilter("always")
                        X = read_tables(None, None, table).reindex(test.index)
                    found.append((score(X, "spectrum", head), len(caught)))
                (dirty, n_warnings), (clean, _) = found
                results["zero flux and error in a tenth of a spectrum"] = clean, dirty, n_warnings
    return results


def main():
    runs = [scores(seed) for seed in SEEDS]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    lines = [
        "# What defects of files cost",
        "",
        f"{date.today()}, commit {commit}. Macro-F1 over {', '.join(CLASSES)}: mean ± standard",
        f"deviation over {len(SEEDS)} seeds; {N_TRAIN} training objects, {N_TEST} others.",
        "",
        "    python benchmarks/studies/reading_damage.py",
        "",
        "| defect | without the damaged points | read from the file | difference | warnings |",
        "|---|---|---|---|---|",
    ]
    for name in runs[0]:
        clean, dirty, n_warnings = np.array([run[name] for run in runs], dtype=float).T
        change = dirty - clean
        cells = [f"{values.mean():.3f}±{values.std():.3f}" for values in (clean, dirty)]
        cells += [f"{change.mean():+.3f} (worst {change[np.abs(change).argmax()]:+.3f})"]
        lines.append(f"| {name} | {' | '.join(cells)} | {n_warnings.max():.0f} |")
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
