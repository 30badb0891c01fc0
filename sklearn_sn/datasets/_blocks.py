"""Simulate objects in blocks, each with its own random streams.

The block of an object depends on its number alone. The results are therefore independent of the
chunk size and of the number of processes.
"""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, effective_n_jobs

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude
from sklearn_sn.datasets._draw_alerts import Alerts, draw_alerts, image_column
from sklearn_sn.datasets._rates import RATES
from sklearn_sn.datasets._simulation import draw_triggered
from sklearn_sn.datasets._sky import events_per_year
from sklearn_sn.datasets._spectroscopy import draw_spectra

BLOCK_SIZE = 2048  # objects per block: a compromise between vectorisation and memory
_PILOT_SIZE = 200  # objects per class and survey that measure the detection efficiency
_MIN_PILOT_SIZE = 20  # objects per SED, if a class has many SEDs
_TABLE_COLUMNS = ("redshift", "survey", "ebv", "ra", "dec")
POINT_FIELDS = ("time", "band", "flux", "flux_err")  # of light curves in tables
_WINDOW = 4  # blocks per process, finished or not, that may wait for the consumer
_HIDDEN_COLUMNS = ("amplitude", "survey", "ebv", "ra", "dec")  # not in the truth table


@dataclass
class Plan:
    """Validated parameters of a simulation."""

    classes: list
    seds: dict  # class to list of SEDs
    surveys: list
    spectrographs: list
    ranges: dict  # class to (lowest, highest) redshift
    modalities: list
    min_points: int
    missing_fraction: float
    n_spectra: tuple
    phase_range: tuple | None
    entropy: tuple  # integers of the seed
    cells: np.ndarray | None = None  # from `rate_cells`; None draws surveys and SEDs uniformly

    def stream(self, *key):
        """Return the random generator that belongs to a key."""
        return np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=key))


@dataclass
class Block:
    """Parameters, photometry, spectra and last alerts of consecutive objects."""

    table: pd.DataFrame
    curves: Ragged
    spectra: Ragged | None
    alerts: Alerts | None = None

    def take(self, rows):
        """Return the objects of a slice."""
        spectra = None if self.spectra is None else self.spectra.take(rows)
        alerts = None if self.alerts is None else self.alerts.take(rows)
        return Block(self.table.iloc[rows], self.curves.take(rows), spectra, alerts)

    @staticmethod
    def concatenate(blocks):
        """Join blocks in order."""
        if len(blocks) == 1:
            return blocks[0]
        table = pd.concat([block.table for block in blocks])
        curves = Ragged.concatenate([block.curves for block in blocks])
        spectra = alerts = None
        if blocks[0].spectra is not None:
            spectra = Ragged.concatenate([block.spectra for block in blocks])
        if blocks[0].alerts is not None:
            alerts = Alerts.concatenate([block.alerts for block in blocks])
        return Block(table, curves, spectra, alerts)


def rate_cells(plan):
    """Compute the composition of a rate-based sample by class, SED and survey.

    Every survey contributes the same share of the sample. Within a survey, the mixture of classes
    is the one that it would detect in a fixed time, given the volumetric rates. Cells that a
    survey cannot detect are left out. The detection efficiency is measured on a pilot sample with
    a fixed seed, to about 7 % per class.

    Parameters
    ----------
    plan : Plan
        Simulation parameters.

    Returns
    -------
    cells : array of int, shape (n_cells, 3)
        Indices of the class in the plan, of the SED in the class, and of the survey.
    shares : array of shape (n_cells,)
        Share of each cell in the sample. The shares of one survey sum to 1.

    Raises
    ------
    ValueError
        If a survey cannot detect any class.
    """
    cells, shares = [], []
    for survey_index, survey in enumerate(plan.surveys):
        detected = {}  # (class, SED, survey) to relative number of detected events
        for group, (name, seds) in enumerate(plan.seds.items()):
            events = RATES[name][0] * events_per_year(name, plan.ranges[name]) / len(seds)
            n = max(_PILOT_SIZE // len(seds), _MIN_PILOT_SIZE)
            for index, sed in enumerate(seds):
                rng = np.random.default_rng([20, group, index])
                try:
                    n_drawn = draw_triggered(
                        sed, survey, plan.ranges[name], n, plan.min_points, rng
                    )[2]
                except ValueError:
                    continue
                detected[group, index, survey_index] = events / n_drawn
        if not detected:
            raise ValueError(
                f"No class can be detected by survey {survey.name!r}. Lower 'redshift_range', or "
                "leave the survey out."
            )
        cells += detected
        shares += [share / sum(detected.values()) for share in detected.values()]
    return np.array(cells), np.array(shares)


def truth_columns(plan):
    """Return the ordered names of all parameters that objects of a plan can have."""
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
    """Simulate objects block by block.

    Parameters
    ----------
    plan : Plan
        Simulation parameters.
    groups : array of int, shape (n_samples,)
        Index of each object's class in `plan.classes`, or of its cell in `plan.cells` if the plan
        has cells.
    n_jobs : int or None
        Number of processes.

    Yields
    ------
    Block
        Simulated objects, in order.
    """
    columns = truth_columns(plan)
    starts = range(0, len(groups), BLOCK_SIZE)
    tasks = (
        (plan, columns, number, groups[start : start + BLOCK_SIZE])
        for number, start in enumerate(starts)
    )
    if n_jobs in (None, 1) or len(starts) < 2:
        for task in tasks:
            yield _simulate_block(*task)
        return
    # Submit blocks in windows: otherwise finished blocks would pile up for a slow consumer.
    with Parallel(n_jobs=n_jobs, return_as="generator") as parallel:
        size = _WINDOW * effective_n_jobs(n_jobs)
        while window := list(islice(tasks, size)):
            yield from parallel(delayed(_simulate_block)(*task) for task in window)


def _simulate_block(plan, columns, number, groups):
    # Separate streams for the table, light curves and spectra: the choice of modalities does not
    # change the objects.
    table_rng, curve_rng, spectrum_rng = (plan.stream(1, number, part) for part in range(3))
    n = len(groups)
    if plan.cells is None:
        observed = table_rng.integers(len(plan.surveys), size=n)
        n_seds = np.array([len(plan.seds[name]) for name in plan.classes])
        which = (table_rng.random(n) * n_seds[groups]).astype(np.int64)
    else:
        groups, which, observed = plan.cells[groups].T
    tables, curves, spectra, row_parts = [], [], [], []
    bands = list(dict.fromkeys(band for survey in plan.surveys for band in survey.bands))
    for group, name in enumerate(plan.classes):
        seds = plan.seds[name]
        for index, sed in enumerate(seds):
            for survey_index, survey in enumerate(plan.surveys):
                # Each part has its own streams, so the sizes of the other parts have no effect.
                light_rng, part_rng = curve_rng.spawn(1)[0], spectrum_rng.spawn(1)[0]
                mask = (groups == group) & (which == index) & (observed == survey_index)
                rows = np.flatnonzero(mask)
                if not len(rows):
                    continue
                objects, light, _ = draw_triggered(
                    sed, survey, plan.ranges[name], len(rows), plan.min_points, light_rng
                )
                row_parts.append(rows)
                tables.append(_table(sed, survey, objects))
                codes = np.array([bands.index(band) for band in survey.bands])[light["band"]]
                band = pd.Categorical.from_codes(codes, bands)
                light = light.select("time", "flux", "flux_err", "limit").with_fields(band=band)
                curves.append(light.select(*POINT_FIELDS, "limit"))
                if "spectrum" in plan.modalities:
                    spectra.append(_spectra(plan, sed, objects, part_rng))
    original_order = np.argsort(np.concatenate(row_parts))
    table = pd.concat(tables, ignore_index=True).reindex(columns=columns).iloc[original_order]
    numbers = range(number * BLOCK_SIZE, number * BLOCK_SIZE + n)
    table.index = pd.Index([f"sim-{i:06d}" for i in numbers], name="object_id")
    spectra = Ragged.concatenate(spectra).take(original_order) if spectra else None
    curves = Ragged.concatenate(curves).take(original_order)
    alerts = None
    if {"image", "metadata"} & set(plan.modalities):
        images = "image" in plan.modalities
        alerts = draw_alerts(table, curves, plan.stream(1, number, 3), images=images)
    return Block(table, curves, spectra, alerts)


def _table(sed, survey, objects):
    start = objects["t_peak"] - objects["rise"] * (1.0 + objects["redshift"])
    # Classes without an explosion have an infinite rise; the truth table has NaN.
    never_explodes = ~np.isfinite(objects["rise"])
    drawn = {key: values for key, values in objects.items() if values.ndim == 1}
    drawn |= {"t_explosion": np.where(never_explodes, np.nan, start)}
    drawn |= {"rise": np.where(never_explodes, np.nan, objects["rise"])}
    return pd.DataFrame({"class": sed.name, "sed": sed.label, "survey": survey.name, **drawn})


def _spectra(plan, sed, objects, rng):
    """Draw the spectra of the objects of a part, as a Ragged with one row per object."""
    n = len(objects["redshift"])
    present = rng.random(n) >= plan.missing_fraction
    counts = rng.integers(*plan.n_spectra, endpoint=True, size=n) * present
    spectrograph_index = rng.integers(len(plan.spectrographs), size=n)
    names = ("wavelength", "flux", "flux_err", "time")
    parts, object_index = [], []
    for number, spectrograph in enumerate(plan.spectrographs):
        own_rng = rng.spawn(1)[0]
        rows = np.repeat(np.arange(n), np.where(spectrograph_index == number, counts, 0))
        drawn = draw_spectra(sed, objects, rows, spectrograph, plan.phase_range, own_rng)
        parts.append({key: drawn[key].ravel() for key in names})
        object_index.append(np.repeat(rows, spectrograph.n_pixels))
    fields = {key: np.concatenate([part[key] for part in parts]) for key in names}
    return Ragged.from_groups(np.concatenate(object_index), n, fields)


def split_table(block, modalities):
    """Return X, y and the truth table of a block."""
    X = block.table[list(_TABLE_COLUMNS)].copy()
    if block.spectra is not None:
        X.insert(0, "spectrum", block.spectra.to_nested(index=X.index, name="spectrum"))
    if "metadata" in modalities:
        X["mjd"] = block.alerts.epochs["mjd"].to_numpy()
        X = X.join(block.alerts.metadata.set_axis(X.index).drop(columns=["ra", "dec"]))
    if "image" in modalities:
        X.insert(0, "image", image_column(block.alerts.images, X.index))
    if "light_curve" in modalities:
        curves = block.curves.select(*POINT_FIELDS)
        X.insert(0, "light_curve", curves.to_nested(index=X.index, name="light_curve"))
    truth = block.table.drop(columns=list(_HIDDEN_COLUMNS))
    return X, block.table["class"].to_numpy(dtype=str), truth
