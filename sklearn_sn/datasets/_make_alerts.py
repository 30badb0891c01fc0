"""Simulate alerts of a survey: the public function."""

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_sn.datasets._alert_classes import COARSE, PROPORTIONS, class_counts
from sklearn_sn.datasets._alert_epochs import is_detection
from sklearn_sn.datasets._blocks import POINT_FIELDS, simulate
from sklearn_sn.datasets._draw_alerts import draw_alerts, image_column
from sklearn_sn.datasets._subtracted_novae import SubtractedNova
from sklearn_sn.datasets._supernovae import make_plan, make_supernovae
from sklearn_sn.datasets._surveys import get_survey

_MODALITIES = ("light_curve", "image", "metadata", "spectrum")
# Redshifts of objects that a spectrograph classifies.
_REDSHIFTS = dict.fromkeys(("SN II", "SN IIP", "SN IIb", "SN Ib", "SN Ic"), (0.002, 0.12))
_REDSHIFTS |= {"SN Ia": (0.004, 0.2), "SN IIn": (0.004, 0.25)}
_REDSHIFTS |= {"TDE": (0.01, 0.4), "AGN": (0.01, 1.0)}
_EPOCH = 57754.0  # MJD of 2017 January 1, from which ZTF counts the days in candid


@validate_params(
    {
        "n_objects": [Interval(Integral, 1, None, closed="left")],
        "proportions": [dict, list, tuple, StrOptions(set(PROPORTIONS))],
        "labels": [StrOptions({"coarse", "fine"})],
        "max_alerts": [Interval(Integral, 1, None, closed="left")],
        "max_days": [Interval(Real, 0, None, closed="left")],
        "modalities": [list, tuple, StrOptions(set(_MODALITIES))],
        "forced": ["boolean"],
        "missing_fraction": [Interval(Real, 0, 1, closed="both")],
        "future_spectra": ["boolean"],
        "object_prefix": [str],
        "return_truth": ["boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state", np.random.Generator],
    },
    prefer_skip_nested_validation=True,
)
def make_alerts(
    n_objects: int = 1000,
    *,
    proportions: str | Sequence[str] | dict[str, float] = "members",
    labels: str = "coarse",
    max_alerts: int = 5,
    max_days: float = 30.0,
    modalities: str | Sequence[str] = ("light_curve", "image", "metadata"),
    forced: bool = True,
    missing_fraction: float = 0.0,
    future_spectra: bool = False,
    object_prefix: str = "sim-",
    return_truth: bool = False,
    n_jobs: int | None = None,
    random_state: int | np.random.RandomState | np.random.Generator | None = None,
) -> tuple[Any, ...]:
    """Simulate alerts of ZTF: light curves so far, cutouts and metadata.

    Objects are those of :func:`make_supernovae`, observed by a survey like ZTF and brighter than
    some 19 mag at peak, as those that are classified. Each has a host or counterpart, neighbours,
    exposures and a history, from which its light curve, cutouts and metadata follow. Columns have
    the names of :func:`read_alerts` with ``per="alert"``, so a model for one serves the other.

    Parameters
    ----------
    n_objects : int, default=1000
        Number of objects.
    proportions : {"members", "fusion"}, sequence of str or dict of str to float
        Relative frequencies of classes among objects. "members" and "fusion" are those of the
        samples in tables 1 and 8 of [1]_. A sequence stands for equal parts. Names are fine or
        coarse; a coarse class has its fine classes as in "members". "SN II" is coarse unless a
        subtype of SN I or SN II is named too. Counts are exact to rounding, hence exact if the
        frequencies are counts whose sum is `n_objects`.
    labels : {"coarse", "fine"}, default="coarse"
        Labels in y: "SN I" (SN Ia, SN Ib, SN Ic), "SN II" (SN II, SN IIP, SN IIb, SN IIn), "CV",
        "AGN" and "TDE", or the ten fine classes.
    max_alerts : int, default=5
        Maximum number of alerts per object. They are spread evenly over its detections; the first
        and the last are among them. With 1, only the last.
    max_days : float, default=30.0
        Days from the first detection of the light curve within which detections become alerts.
    modalities : sequence of str, default=("light_curve", "image", "metadata")
        Columns to return, out of these and "spectrum". The objects do not depend on it.
    forced : bool, default=True
        Include forced photometry in the light curves, from 30 days before the first detection.
        Otherwise they hold detections only.
    missing_fraction : float in [0, 1], default=0.0
        Fraction of objects without a spectrum; their cells are empty.
    future_spectra : bool, default=False
        Also give the spectrum to alerts before the date on which it was taken. Otherwise they have
        none, as in a stream.
    object_prefix : str, default="sim-"
        Start of the names of objects; six digits follow. Tables of different seeds need different
        prefixes to be joined.
    return_truth : bool, default=False
        Also return the drawn parameters of each alert's object.
    n_jobs : int, optional
        Number of processes; -1 uses all cores. The alerts do not depend on it.
    random_state : int, RandomState, Generator or None, default=None
        Seed. Equal integers give equal tables. None draws a fresh seed; global generators are not
        used.

    Returns
    -------
    X : pandas.DataFrame of n_alerts rows
        One row per alert, sorted by object and time. Index: candid (exact int64).

        - light_curve (nested: time in MJD, band, flux and flux_err in µJy, AB): difference
          photometry up to and including the alert. Fluxes of AGN may be negative.
        - image: float32 array of shape (3, 63, 63): science, reference and difference cutout, NaN
          beyond edges and where saturated. 1 unit is near magnitude 26.2. The difference is
          positive at the source, also where it is fainter than in the reference.
        - spectrum (nested, as of :func:`make_supernovae`): one spectrum near the first detection,
          for the alerts from its date on, and redshift, which is measured in it (NaN without).
        - object_id, the group of a split by object, and mjd.
        - metadata, as in packets of ZTF: ra, dec, magpsf, sigmapsf, diffmaglim, chinr, sharpnr,
          classtar, ndethist, ncovhist, sky, nmtchps, scorr, sgscore1, sgscore2, distpsnr1,
          distpsnr2; age (days from the first detection ever at the position) and nnondet
          (ncovhist - ndethist). Missing values are NaN.
    y : ndarray of str, shape (n_alerts,)
        Class of each alert.
    truth : pandas.DataFrame of n_alerts rows
        Only if ``return_truth``: the parameters of :func:`make_supernovae` of the object.

    Raises
    ------
    ValueError
        If a name is unknown, or if a frequency is not positive.

    See Also
    --------
    make_supernovae : Simulate objects with complete light curves.
    read_alerts : Read alert packets.

    Notes
    -----
    Hosts have a Sérsic disc and bulge; supernovae follow the light of an exponential disc, TDE and
    AGN are in nuclei, CV are on their quiescent star if it is bright enough. The flux in the
    difference cutout is that of magpsf. AGN and CV have a history before the light curve, so age
    and ndethist may be larger than those of the light curve.
    ``benchmarks/studies/alert_realism.py`` compares the columns and cutouts with real ones.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.datasets import make_alerts
    >>> X, y = make_alerts(20, proportions={"SN I": 3, "TDE": 1}, random_state=0)
    >>> X["object_id"].nunique(), X["image"].iloc[0].shape, sorted(set(y.tolist()))
    (20, (3, 63, 63), ['SN I', 'TDE'])
    """
    counts = class_counts(n_objects, proportions)
    plan, groups, modalities = _plan_of(counts, modalities, missing_fraction, random_state)
    parts = [
        _alerts_of(
            *(block, plan.stream(2, number), modalities, max_alerts, max_days, forced),
            future_spectra=future_spectra,
        )
        for number, block in enumerate(simulate(plan, groups, n_jobs))
    ]
    X, truth = (pd.concat(tables) for tables in zip(*parts, strict=True))
    index = pd.Index(_candids(X["mjd"].to_numpy()), name="candid")
    X.index = truth.index = index
    if object_prefix != "sim-":
        for table in (X, truth):
            table["object_id"] = object_prefix + table["object_id"].str.removeprefix("sim-")
    y = truth["class"].to_numpy(dtype=str)
    if labels == "coarse":
        y = np.array([COARSE[name] for name in y.tolist()], dtype=str)
    return (X, y, truth) if return_truth else (X, y)


def _plan_of(counts, modalities, missing_fraction, random_state):
    """Return the plan of the objects, and the class of each."""
    modalities = [modalities] if isinstance(modalities, str) else list(modalities)
    if not modalities or not set(modalities) <= set(_MODALITIES):
        raise ValueError(
            f"The 'modalities' parameter of make_alerts must hold names from {_MODALITIES}. Got "
            f"{modalities!r} instead."
        )
    # Depths with the scatter of public alerts; a spectrum is taken of what is brighter than 19 mag.
    survey = replace(
        get_survey("ztf"), depths=(20.45, 20.3), depth_scatter=0.45, systematic=0.03, baseline=30.0,
        dates=(58300.0, 61000.0), peak_limit=(19.0, 0.4),
    )  # fmt: skip
    parameters = make_supernovae.__kwdefaults__ | {
        "n_samples": sum(counts.values()),
        "classes": counts,
        "modalities": modalities,
        "surveys": [survey],
        "redshift_range": _REDSHIFTS,
        "min_points": 1,
        "missing_fraction": missing_fraction,
        "spectrum_phase": (-12.0, 15.0),
        "random_state": random_state,
    }
    del parameters["n_jobs"]
    plan, groups = make_plan(**parameters)
    if "CV" in plan.seds:
        plan.seds["CV"] = [SubtractedNova()]
    # Alerts are drawn from the blocks below, several per object.
    plan.modalities = [name for name in modalities if name == "spectrum"]
    return plan, groups, modalities


def _alerts_of(block, rng, modalities, max_alerts, max_days, forced, *, future_spectra):
    """Return the tables of the alerts of a block, and of the parameters of their objects."""
    alerts = draw_alerts(
        *(block.table, block.curves, rng),
        **{"max_alerts": max_alerts, "max_days": max_days, "images": "image" in modalities},
    )
    row, mjd = (alerts.epochs[key].to_numpy() for key in ("row", "mjd"))
    X = pd.DataFrame({"object_id": block.table.index[row], "mjd": mjd})
    if "metadata" in modalities:
        X = X.join(alerts.metadata)
    if "spectrum" in modalities:
        spectra = block.spectra.take(row)
        if not future_spectra:
            spectra = spectra.filter(spectra["time"] <= mjd[spectra.rows])
        redshift = block.table["redshift"].to_numpy()[row]
        X["redshift"] = np.where(spectra.lengths > 0, redshift, np.nan)
        X.insert(0, "spectrum", spectra.to_nested(index=X.index, name="spectrum"))
    if "image" in modalities:
        X.insert(0, "image", image_column(alerts.images, X.index))
    if "light_curve" in modalities:
        curves = _so_far(block.curves, row, mjd, forced)
        X.insert(0, "light_curve", curves.to_nested(index=X.index, name="light_curve"))
    truth = block.table.iloc[row].reset_index(names="object_id")
    return X, truth


def _so_far(curves, row, mjd, forced):
    """Return the light curve of each alert until it."""
    curves = curves.take(row)
    rows, time = curves.rows, curves["time"]
    known = time <= mjd[rows]
    if not forced:
        known &= is_detection(curves)
    return curves.filter(known).select(*POINT_FIELDS)


def _candids(mjd):
    """Return names as those of ZTF: the days since 2017, then a number."""
    day = np.floor((mjd - _EPOCH) * 1e5).astype(np.int64)
    return day * 10**10 + np.arange(len(mjd)) + 1
