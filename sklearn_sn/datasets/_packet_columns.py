"""Draw the metadata of simulated alerts, as in the packets of ZTF."""

import numpy as np
import pandas as pd

from sklearn_sn.datasets._hosts import INVISIBLE

# In the order of read_alerts.
PACKET_COLUMNS = (
    *("ra", "dec", "magpsf", "sigmapsf", "diffmaglim", "chinr", "sharpnr", "classtar"),
    *("ndethist", "ncovhist", "sky", "nmtchps", "scorr"),
    *("sgscore1", "sgscore2", "distpsnr1", "distpsnr2"),
)
_MATCH_RADIUS = 30.0  # arcsec: of the catalogue of Pan-STARRS1, in the packets of ZTF
_CATALOG_LIMIT = 22.7  # r magnitude of that catalogue
_REFERENCE_LIMIT = 21.5  # of the catalogue of reference images
_LN10 = np.log(10.0)


def draw_catalog(hosts, neighbours, rng):
    """Draw the catalogue entries around each object, which all its alerts share.

    Parameters
    ----------
    hosts : dict of str to ndarray of shape (n,)
        As of `draw_hosts`.
    neighbours : dict of str to ndarray of shape (n, n_sources)
        As of `draw_neighbours`.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame of n rows
        sgscore1, sgscore2, distpsnr1, distpsnr2 (arcsec), nmtchps, chinr, sharpnr; NaN where no
        source is near enough.
    """
    n = len(hosts["x"])
    # A host with a bright nucleus is one entry, which looks more like a star.
    point, galaxy = hosts["point_r"], hosts["mag_r"]
    total = -2.5 * np.log10(10.0 ** (-0.4 * point) + 10.0 ** (-0.4 * galaxy))
    share = 10.0 ** (-0.4 * (point - total))
    own_mag = np.where(total < INVISIBLE - 1.0, total, np.inf)
    starry = galaxy >= INVISIBLE
    extent = np.where(starry, 0.0, 0.6 * hosts["radius"]) * (1.0 - share)
    x = np.column_stack([np.where(starry, 0.0, hosts["x"]), neighbours["x"]])
    y = np.column_stack([np.where(starry, 0.0, hosts["y"]), neighbours["y"]])
    mag = np.column_stack([own_mag, neighbours["mag"]])
    extent = np.column_stack([extent, neighbours["extent"]])
    # Errors of the positions of catalogue and transient together: a choice, the latter larger.
    error = 0.2 * rng.standard_normal((2, n, 1)) + 0.06 * rng.standard_normal((2, *x.shape))
    distance = np.hypot(x + error[0], y + error[1])
    score = _scores(mag, extent, rng)
    inside = (distance < _MATCH_RADIUS) & (mag < _CATALOG_LIMIT)
    order = np.argsort(np.where(inside, distance, np.inf), axis=1)[:, :2]
    columns = {}
    for rank in range(2):
        place = order[:, rank : rank + 1]
        found = np.take_along_axis(inside, place, axis=1)[:, 0]
        for name, values in (("sgscore", score), ("distpsnr", distance)):
            value = np.take_along_axis(values, place, axis=1)[:, 0]
            columns[f"{name}{rank + 1}"] = np.where(found, value, np.nan)
    columns["nmtchps"] = inside.sum(axis=1)
    columns |= _nearest_reference(distance, mag, extent, rng)
    return pd.DataFrame(columns)


def _scores(mag, extent, rng):
    """Return star-galaxy scores: 1 for stars, 0 for galaxies, uncertain for faint sources."""
    # Near Tachibana & Miller (2018, PASP 130, 128001), figure 9.
    faint = np.clip((np.minimum(mag, 25.0) - 17.0) / 5.5, 0.0, 1.3)
    evidence = np.where(extent > 0.0, -2.2 - 4.0 * np.log10(extent / 0.35 + 0.3), 4.5)
    evidence = evidence * (1.0 - 0.6 * faint) + (0.4 + faint) * rng.standard_normal(mag.shape)
    return np.clip(1.0 / (1.0 + np.exp(-evidence)), 0.0, 1.0)


def _nearest_reference(distance, mag, extent, rng):
    """Return chinr and sharpnr, of the nearest source of the reference image."""
    place = np.argmin(np.where(mag < _REFERENCE_LIMIT, distance, np.inf), axis=1)[:, None]
    near, mag, extent = (
        np.take_along_axis(values, place, axis=1)[:, 0] for values in (distance, mag, extent)
    )
    found = (mag < _REFERENCE_LIMIT) & (near < _MATCH_RADIUS)
    bright = 10.0 ** (0.12 * np.clip(19.0 - mag, -3.0, 6.0))
    # χ and sharpness of DAOPHOT (Stetson 1987, PASP 99, 191): 0 for stars, positive for galaxies.
    chi = 0.55 * bright**0.5 * np.exp(0.25 * rng.standard_normal(len(mag)))
    chi *= 1.0 + 0.5 * bright * np.minimum(extent, 2.0)
    sharp = 0.55 * np.minimum(extent, 4.0) ** 0.8
    sharp += (0.03 + 0.12 / bright**2) * rng.standard_normal(len(mag))
    return {"chinr": np.where(found, chi, np.nan), "sharpnr": np.where(found, sharp, np.nan)}


def packet_columns(objects, alerts, catalog, sky, rng):
    """Return the metadata of alerts.

    Parameters
    ----------
    objects : DataFrame of n_objects rows
        ra and dec, degrees.
    alerts : DataFrame of n_alerts rows
        As of `draw_epochs`.
    catalog : DataFrame of n_objects rows
        As of `draw_catalog`.
    sky : ndarray of shape (n_alerts,)
        Background of the difference image, in its units.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame of n_alerts rows
        `PACKET_COLUMNS`, age and nnondet.
    """
    n = len(alerts)
    row = alerts["row"].to_numpy()
    flux, error = alerts["flux"].abs().to_numpy(), alerts["flux_err"].to_numpy()
    limit = alerts["diffmaglim"].to_numpy()
    columns = catalog.iloc[row].reset_index(drop=True)
    jitter = 0.12 / 3600.0 * rng.standard_normal((2, n))
    dec = objects["dec"].to_numpy()[row]
    columns["ra"] = (objects["ra"].to_numpy()[row] + jitter[0] / np.cos(np.deg2rad(dec))) % 360.0
    columns["dec"] = dec + jitter[1]
    columns["magpsf"] = 23.9 - 2.5 * np.log10(flux)
    columns["sigmapsf"] = 2.5 / _LN10 * error / flux
    columns["diffmaglim"] = limit
    noisy = 2.5 * np.clip(columns["sigmapsf"].to_numpy() - 0.1, -0.1, 0.2)
    apart = 10.0 ** (-1.75 + noisy + 0.4 * rng.standard_normal(n))
    # One in ten is blended or distorted.
    apart *= np.where(rng.random(n) < 0.12, 10.0 ** rng.uniform(0.5, 1.3, n), 1.0)
    columns["classtar"] = 1.0 - np.minimum(apart, 0.6)
    columns["ndethist"] = alerts["ndethist"].to_numpy(dtype=float)
    columns["ncovhist"] = alerts["ncovhist"].to_numpy(dtype=float)
    columns["sky"] = sky + 0.1 * rng.standard_normal(n)
    background = 10.0 ** (-0.4 * (limit - 23.9)) / 5.0
    columns["scorr"] = flux / background * np.exp(0.08 * rng.standard_normal(n))
    columns["nmtchps"] = columns["nmtchps"].astype(float)
    columns["age"] = alerts["age"].to_numpy()
    columns["nnondet"] = columns["ncovhist"] - columns["ndethist"]
    return columns[[*PACKET_COLUMNS, "age", "nnondet"]]
