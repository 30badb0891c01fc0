"""Blocks of simulated objects: the unit that has its own random streams.

An object belongs to a block by its number alone, so that neither the size of the chunks nor the
number of processes changes it.
"""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, effective_n_jobs

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude
from sklearn_sn.datasets._rates import RATES
from sklearn_sn.datasets._simulation import draw_triggered
from sklearn_sn.datasets._sky import events_per_year
from sklearn_sn.datasets._spectroscopy import draw_spectra

BLOCK = 2048  # objects: many enough for arrays to pay, few enough for memory
_PILOT = 200  # objects of each class and survey by which the share of detections is measured
_LEAST_PILOT = 20  # of each SED, where a class has many
_TABLE = ("redshift", "survey", "ebv", "ra", "dec")
_WINDOW = 4  # blocks for each process, finished or not, that may wait to be taken
_HIDDEN = ("amplitude", "survey", "ebv", "ra", "dec")  # not in the truth table


@dataclass
class Plan:
    """What to simulate: checked parameters of make_supernovae."""

    classes: list
    seds: dict  # class to list of SEDs
    surveys: list
    spectrographs: list
    ranges: dict  # class to redshifts
    modalities: list
    min_points: int
    missing_fraction: float
    n_spectra: tuple
    phase_range: tuple | None
    entropy: tuple  # of the seed
    cells: np.ndarray | None = None  # of `rate_cells`; None: surveys and SEDs are drawn evenly

    def stream(self, *key):
        """A random generator of its own for a key."""
        return np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=key))


@dataclass
class Block:
    """Objects in order: parameters, photometry and spectra."""

    table: pd.DataFrame
    curves: Ragged
    spectra: Ragged | None

    def take(self, rows):
        """Some of the objects, by a slice."""
        spectra = None if self.spectra is None else self.spectra.take(rows)
        return Block(self.table.iloc[rows], self.curves.take(rows), spectra)

    @staticmethod
    def concatenate(blocks):
        """One block after the other."""
        if len(blocks) == 1:
            return blocks[0]
        table = pd.concat([block.table for block in blocks])
        curves = Ragged.concatenate([block.curves for block in blocks])
        if blocks[0].spectra is None:
            return Block(table, curves, None)
        return Block(table, curves, Ragged.concatenate([block.spectra for block in blocks]))


def rate_cells(plan):
    """Parts of a sample drawn by rate: class, SED and survey of each, and its share.

    Every survey gets the same part of the sample, and in it the mixture of classes that it alone
    would find in a fixed time, from volumetric rates. What a survey cannot detect has no part.
    The share of events that trigger is measured on a pilot with a seed of its own: to about 7 %
    for each class.

    Returns
    -------
    cells : array of int, shape (n_cells, 3)
        Positions in the plan's classes, in the SEDs of the class, in the surveys.
    shares : array of shape (n_cells,)
    """
    cells, shares = [], []
    for place, survey in enumerate(plan.surveys):
        found = {}
        for group, (name, seds) in enumerate(plan.seds.items()):
            events = RATES[name][0] * events_per_year(name, plan.ranges[name]) / len(seds)
            n = max(_PILOT // len(seds), _LEAST_PILOT)
            for index, sed in enumerate(seds):
                rng = np.random.default_rng([20, group, index])
                try:
                    n_drawn = draw_triggered(
                        sed, survey, plan.ranges[name], n, plan.min_points, rng
                    )[2]
                except ValueError:
                    continue
                found[group, index, place] = events / n_drawn
        if not found:
            raise ValueError(
                f"No class can be detected by survey {survey.name!r}: choose a lower "
                "redshift_range, or leave the survey out."
            )
        cells += found
        shares += [share / sum(found.values()) for share in found.values()]
    return np.array(cells), np.array(shares)


def truth_columns(plan):
    """Names of all parameters that objects of the plan can have, in order."""
    names = {}
    for name in plan.classes:
        for sed in plan.seds[name]:
            rng = np.random.default_rng(0)
            objects = draw_candidates(sed, plan.surveys[0], plan.ranges[name], 1, rng)
            scale_to_magnitude(sed, objects)
            names |= dict.fromkeys(key for key, v in objects.items() if v.ndim == 1)
    first = ["class", "redshift", "t_peak", "t_explosion", "peak_abs_mag", "sed"]
    rest = [key for key in names if key not in (*first, "survey")]
    return [*first, "survey", *rest]


def simulate(plan, groups, n_jobs=None):
    """Blocks of objects, one after the other.

    Parameters
    ----------
    plan : Plan
    groups : array of int, shape (n_samples,)
        Position of each object's class in `plan.classes`, or in `plan.cells` where it has them.
    n_jobs : int or None
        Processes.

    Yields
    ------
    Block
    """
    columns = truth_columns(plan)
    starts = range(0, len(groups), BLOCK)
    tasks = (
        (plan, columns, number, groups[start : start + BLOCK])
        for number, start in enumerate(starts)
    )
    if n_jobs in (None, 1) or len(starts) < 2:
        for task in tasks:
            yield _simulate_block(*task)
        return
    # Blocks are begun in windows: all at once, they would pile up where they are taken slowly.
    with Parallel(n_jobs=n_jobs, return_as="generator") as parallel:
        size = _WINDOW * effective_n_jobs(n_jobs)
        while window := list(islice(tasks, size)):
            yield from parallel(delayed(_simulate_block)(*task) for task in window)


def _simulate_block(plan, columns, number, groups):
    # One stream for the table, one for light curves, one for spectra: the choice of modalities or
    # of spectra does not change the objects.
    table_rng, curve_rng, spectrum_rng = (plan.stream(1, number, part) for part in range(3))
    n = len(groups)
    if plan.cells is None:
        observed = table_rng.integers(len(plan.surveys), size=n)
        n_seds = np.array([len(plan.seds[name]) for name in plan.classes])
        which = (table_rng.random(n) * n_seds[groups]).astype(np.int64)
    else:
        groups, which, observed = plan.cells[groups].T
    tables, curves, spectra, places = [], [], [], []
    bands = list(dict.fromkeys(band for survey in plan.surveys for band in survey.bands))
    for group, name in enumerate(plan.classes):
        seds = plan.seds[name]
        for index, sed in enumerate(seds):
            for place, survey in enumerate(plan.surveys):
                # Every part is simulated from its own streams, however many objects others hold.
                light_rng, part_rng = curve_rng.spawn(1)[0], spectrum_rng.spawn(1)[0]
                here = (groups == group) & (which == index) & (observed == place)
                rows = np.flatnonzero(here)
                if not len(rows):
                    continue
                objects, light, _ = draw_triggered(
                    sed, survey, plan.ranges[name], len(rows), plan.min_points, light_rng
                )
                places.append(rows)
                tables.append(_table(sed, survey, objects))
                codes = np.array([bands.index(band) for band in survey.bands])[light["band"]]
                band = pd.Categorical.from_codes(codes, bands)
                light = light.select("time", "flux", "flux_err").with_fields(band=band)
                curves.append(light.select("time", "band", "flux", "flux_err"))
                if "spectrum" in plan.modalities:
                    spectra.append(_spectra(plan, sed, objects, part_rng))
    back = np.argsort(np.concatenate(places))
    table = pd.concat(tables, ignore_index=True).reindex(columns=columns).iloc[back]
    numbers = range(number * BLOCK, number * BLOCK + n)
    table.index = pd.Index([f"sim-{i:06d}" for i in numbers], name="object_id")
    spectra = Ragged.concatenate(spectra).take(back) if spectra else None
    return Block(table, Ragged.concatenate(curves).take(back), spectra)


def _table(sed, survey, objects):
    start = objects["t_peak"] - objects["rise"] * (1.0 + objects["redshift"])
    # What has no explosion has no rise either.
    endless = ~np.isfinite(objects["rise"])
    drawn = {key: values for key, values in objects.items() if values.ndim == 1}
    drawn |= {"t_explosion": np.where(endless, np.nan, start)}
    drawn |= {"rise": np.where(endless, np.nan, objects["rise"])}
    return pd.DataFrame({"class": sed.name, "sed": sed.label, "survey": survey.name, **drawn})


def _spectra(plan, sed, objects, rng):
    """Spectra of the objects of a part: a Ragged of one row per object."""
    n = len(objects["redshift"])
    present = rng.random(n) >= plan.missing_fraction
    counts = rng.integers(*plan.n_spectra, endpoint=True, size=n) * present
    device = rng.integers(len(plan.spectrographs), size=n)
    names = ("wavelength", "flux", "flux_err", "time")
    parts, owners = [], []
    for number, spectrograph in enumerate(plan.spectrographs):
        own_rng = rng.spawn(1)[0]
        rows = np.repeat(np.arange(n), np.where(device == number, counts, 0))
        drawn = draw_spectra(sed, objects, rows, spectrograph, plan.phase_range, own_rng)
        parts.append({key: drawn[key].ravel() for key in names})
        owners.append(np.repeat(rows, spectrograph.n_pixels))
    fields = {key: np.concatenate([part[key] for part in parts]) for key in names}
    return Ragged.from_groups(np.concatenate(owners), n, fields)


def split_table(block, modalities):
    """X, y and the truth table of a block."""
    X = block.table[list(_TABLE)].copy()
    if block.spectra is not None:
        X.insert(0, "spectrum", block.spectra.to_nested(index=X.index, name="spectrum"))
    if "light_curve" in modalities:
        X.insert(0, "light_curve", block.curves.to_nested(index=X.index, name="light_curve"))
    return X, block.table["class"].to_numpy(dtype=str), block.table.drop(columns=list(_HIDDEN))
