"""Observed objects of one SED in one survey: parameters, photometry, trigger."""

import numpy as np

from sklearn_sn.data._ragged import Ragged
from sklearn_sn.datasets._extinction import extinction
from sklearn_sn.datasets._passbands import mean_flux_density
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._sky import distance_modulus, draw_positions, draw_redshifts
from sklearn_sn.datasets._visits import draw_peak_dates, draw_visits, flux_errors

_PATIENCE = 20000  # candidates drawn for each object found, before giving up
_MAX_BATCH = 1024  # candidates whose photometry is drawn at once: bounds the memory
_FAR = 200.0  # rest-frame days before the peak from which what never explodes is observed
_POINTS = 8192  # points whose flux is computed at once: what fits into a cache


def draw_candidates(sed, survey, redshift_range, n, rng, redshift=None):
    """Draw all parameters of n objects: intrinsic ones, place, redshift and time of peak."""
    objects = sed.draw(n, rng)
    if sed.in_disc:
        objects["redshift"] = np.zeros(n)
        objects["distance_modulus"] = 5.0 * np.log10(objects["distance"] / 10.0)
    else:
        if redshift is None:
            redshift = draw_redshifts(sed.name, redshift_range, n, rng)
        objects["redshift"] = redshift
        objects["distance_modulus"] = distance_modulus(redshift)
    objects |= draw_positions(survey.declinations, n, rng, sed.in_disc)
    objects["t_peak"] = draw_peak_dates(survey, objects["ra"], rng)
    return objects


def scale_to_magnitude(sed, objects):
    """Add `amplitude`, µJy Å⁻² at 10 pc per unit of the SED's flux, and what follows from it."""
    peak = 10.0 ** (-0.4 * (objects["peak_abs_mag"] - 23.9))
    objects["amplitude"] = peak / sed.peak_flux(objects)
    sed.add_derived(objects)


def observed_flux(sed, objects, rows, phase, wavelength, *, difference=False):
    """Noiseless f_ν / λ² (µJy Å⁻²) as observed.

    Parameters
    ----------
    sed : Photosphere, GridSed, ActiveNucleus or DwarfNova
    objects : dict of str to array of shape (n_objects, ...)
        From `draw_candidates`, with `amplitude`.
    rows : array of int, shape (n_points,)
    phase : array of shape (n_points,)
        Rest-frame days from peak.
    wavelength : array of shape (n_points, n_wavelengths)
        Observer frame, Å; about even in the logarithm, at least two.
    difference : bool, default=False
        What a difference image shows: of variable objects, the flux less its mean.

    Returns
    -------
    array of shape (n_points, n_wavelengths)
    """
    stretched = 1.0 + objects["redshift"]
    rest = wavelength / stretched[rows][:, None]
    spacing = np.log(wavelength[:, -1] / wavelength[:, 0]) / (wavelength.shape[1] - 1)
    if difference and sed.variable:
        flux = sed.flux(objects, rows, phase, rest, spacing, difference=True)
    else:
        flux = sed.flux(objects, rows, phase, rest, spacing)
    # L_λ dλ is spread over (1 + z) dλ; time dilation and redshift of photons are in the distance.
    scale = objects["amplitude"] / stretched * 10.0 ** (-0.4 * objects["distance_modulus"])
    flux *= scale[rows][:, None]
    dimming = extinction(rest, sed.r_v) * objects["ebv_host"][rows][:, None]
    dimming += extinction(wavelength) * objects["ebv"][rows][:, None]
    dimming *= -0.4 * np.log(10.0)
    flux *= np.exp(dimming, out=dimming)
    return flux


def band_flux(sed, objects, rows, days, band, survey):
    """Noiseless flux (µJy) of points: `days` from peak (observer), `band` in survey.bands."""
    phase = days / (1.0 + objects["redshift"])[rows]
    flux = np.zeros(len(days))
    # What explodes is dark before; a dwarf nova has its quiescence.
    lit = np.flatnonzero(sed.in_disc | (phase > -objects["rise"][rows]))
    for first in range(0, len(lit), _POINTS):
        part = lit[first : first + _POINTS]
        wavelength = survey.samples[band[part]]
        density = observed_flux(sed, objects, rows[part], phase[part], wavelength, difference=True)
        flux[part] = mean_flux_density(density, wavelength)
    return flux


def draw_light_curves(sed, objects, survey, rng):
    """Photometry of all candidates, before the trigger: a Ragged, time in MJD."""
    stretched = 1.0 + objects["redshift"]
    begin = np.minimum(objects["rise"], _FAR) * stretched
    start = objects["t_peak"] - begin - survey.baseline
    if survey.delay is not None:
        start = objects["t_peak"] - begin + rng.uniform(*survey.delay, len(begin))
    end = objects["t_peak"] + sed.duration * stretched
    if survey.stop is not None:
        median, scatter = survey.stop
        last = median * np.exp(scatter * rng.standard_normal(len(begin)))
        end = np.maximum(np.minimum(end, objects["t_peak"] + last), start + 1.0)
    rows, time, band = draw_visits(survey, start, end, objects["ra"], rng)
    truth = band_flux(sed, objects, rows, time - objects["t_peak"][rows], band, survey)
    error = flux_errors(survey, truth, band, time, rng)
    flux = truth + error * rng.standard_normal(len(truth))
    if survey.calibration:
        offset = survey.calibration * rng.standard_normal((len(begin), len(survey.bands)))
        scale = 10.0 ** (-0.4 * offset[rows, band])
        flux, error = flux * scale, error * scale
    fields = {"time": time, "band": band, "flux": flux, "flux_err": error, "true_flux": truth}
    curves = Ragged.from_groups(rows, len(stretched), fields)
    brightest = 10.0 ** (-0.4 * (np.asarray(survey.saturation) - 23.9))
    if np.isfinite(brightest).any():
        curves = curves.filter(curves["true_flux"] < brightest[curves["band"]])
    return curves


def draw_followed(sed, survey, redshift_range, n, rng):
    """Draw n candidates, and leave out those that a survey with a `peak_limit` does not follow.

    Most of a volume lies where not even the brightest of a class (4.5 standard deviations and half
    a magnitude above its mean) reaches the limit: there nothing but the redshift is drawn.
    """
    limit = rng.normal(*survey.peak_limit, n)
    redshift = None
    population = POPULATIONS.get(sed.name)
    if population is not None:
        redshift = draw_redshifts(sed.name, redshift_range, n, rng)
        brightest = population.peak_mag - 4.5 * population.peak_scatter - 0.5
        near = distance_modulus(redshift) + brightest < limit
        redshift, limit = redshift[near], limit[near]
    objects = draw_candidates(sed, survey, redshift_range, len(limit), rng, redshift)
    peak = objects["peak_abs_mag"] + objects["distance_modulus"]
    peak += 3.1 * objects["ebv"] + sed.r_v * objects["ebv_host"]
    return take_objects(objects, np.flatnonzero(peak < limit))


def triggered(survey, curves, min_points):
    """Which light curves pass the trigger rule of a survey: bool, shape (n_rows,)."""
    detected = curves["flux"] > survey.detection_snr * curves["flux_err"]
    found = curves.filter(detected)
    n_bands = np.zeros((len(curves), len(survey.bands)), dtype=bool)
    n_bands[found.rows, found["band"]] = True
    good = found.lengths >= max(min_points, survey.min_detections, 1)
    good &= n_bands.sum(axis=1) >= survey.min_bands
    if survey.min_nights > 1:
        # Points stand in order of time: a night begins where the day differs from the last.
        night, rows = np.floor(found["time"]), found.rows
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (np.diff(night) != 0) | (np.diff(rows) != 0)
        good &= np.bincount(rows[new], minlength=len(curves)) >= survey.min_nights
    return good


def _trim(survey, curves):
    """Keep points from 15 days before the first detection to 15 days after the last."""
    detected = curves["flux"] > survey.detection_snr * curves["flux_err"]
    time = curves["time"]
    first = curves.reduce("min", np.where(detected, time, np.inf), empty=np.inf)
    last = curves.reduce("max", np.where(detected, time, -np.inf), empty=-np.inf)
    rows = curves.rows
    return curves.filter((time >= first[rows] - 15.0) & (time <= last[rows] + 15.0))


def draw_triggered(sed, survey, redshift_range, n, min_points, rng):
    """Draw n objects that pass the survey's trigger; others are drawn anew.

    Returns
    -------
    objects : dict of str to array of shape (n,)
    curves : Ragged of n rows
        time (MJD), band (position in the survey's bands), flux, flux_err, true_flux (µJy).
    n_drawn : float
        Candidates that were drawn for each object found.
    """
    kept, parts, missing, n_drawn, found = [], [], n, 0, 0
    while missing:
        if n_drawn > _PATIENCE * (n - missing + 100):
            raise ValueError(
                f"Only {n - missing} of {n} objects of class {sed.name!r} reach {min_points} "
                f"points above {survey.detection_snr:g} sigma in survey {survey.name!r} for "
                f"redshifts {redshift_range}: choose a lower redshift_range."
            )
        # As many candidates as the acceptance so far asks for, and a quarter more.
        wanted = 1.25 * missing * n_drawn / (found + 0.2) if n_drawn else 1.3 * n
        batch = int(np.clip(wanted, 24, 65536))
        draw = draw_candidates if survey.peak_limit is None else draw_followed
        objects = draw(sed, survey, redshift_range, batch, rng)
        # A peak a magnitude below the deepest limit never triggers: spare the photometry. Dust
        # takes this much at least, in the reddest band of any survey.
        visible = objects["peak_abs_mag"] + objects["distance_modulus"]
        visible += 1.2 * (objects["ebv"] + objects["ebv_host"])
        visible = np.flatnonzero(visible < max(survey.depths) + 1.0)
        # Of more than fit, as large a share of the batch is counted as is used.
        n_drawn += batch * min(1.0, _MAX_BATCH / max(len(visible), 1))
        visible = visible[:_MAX_BATCH]
        if not len(visible):
            continue
        objects = take_objects(objects, visible)
        scale_to_magnitude(sed, objects)
        curves = draw_light_curves(sed, objects, survey, rng)
        good = np.flatnonzero(triggered(survey, curves, min_points))
        found += len(good)
        good = good[:missing]
        kept.append(take_objects(objects, good))
        parts.append(_trim(survey, curves.take(good)))
        missing -= len(good)
    objects = {key: np.concatenate([part[key] for part in kept]) for key in kept[0]}
    return objects, Ragged.concatenate(parts), n_drawn / found


def take_objects(objects, rows):
    """The parameters of some objects."""
    return {key: values[rows] for key, values in objects.items()}
