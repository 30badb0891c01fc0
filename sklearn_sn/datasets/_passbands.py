"""Transmission curves of bands and the wavelengths that sample them."""

import numpy as np

N_SAMPLES = 12  # wavelengths per band: a choice, mostly within 0.01 mag of a fine grid
# Groups of speclite (https://speclite.readthedocs.io) by the prefix of the canonical band name.
_SPECLITE = {"lsst": "lsst2023-", "ps1": "panstarrs-", "sdss": "sdss2010-"}
_SPECLITE |= {"bessell": "bessell-", "des": "decam2014-"}


def top_hat(centre, width):
    """Return a curve (wavelength, transmission) of 1 over `width` around `centre`, in Å."""
    edges = centre + width * np.array([-0.5, 0.5])
    return edges, np.ones(2)


def band_samples(curve, n_samples=N_SAMPLES):
    """Return the mean wavelengths (Å) of parts of a band with equal transmission.

    Parameters
    ----------
    curve : (array, array)
        Wavelength (Å, increasing) and transmission (any scale), interpolated linearly.
    n_samples : int, default=12
        Number of parts.

    Returns
    -------
    array of shape (n_samples,)
        Wavelengths in Å, increasing.
    """
    wavelength, transmission = (np.asarray(values, dtype=float) for values in curve)
    fine = np.linspace(wavelength[0], wavelength[-1], 200 * n_samples)
    middle = 0.5 * (fine[1:] + fine[:-1])
    weight = np.interp(middle, wavelength, transmission)
    share = np.concatenate([[0.0], np.cumsum(weight)])
    moment = np.concatenate([[0.0], np.cumsum(weight * middle)])
    # Mean wavelength between quantiles: differences of the first moment at the quantiles.
    steps = np.linspace(0.0, share[-1], n_samples + 1)
    moments = np.interp(np.interp(steps, share, fine), fine, moment)
    return np.diff(moments) / (share[-1] / n_samples)


def mean_flux_density(flux, wavelength):
    """Return the photon-weighted mean of f_ν: ∫ f_λ λ T dλ / ∫ T dλ / λ, with c = 1.

    The samples `wavelength` have equal ∫ T dλ (see `band_samples`). Definition: the AB magnitude of
    photon counters in Bessell & Murphy (2012, PASP 124, 140).
    """
    return (flux * wavelength).sum(axis=-1) / (1.0 / wavelength).sum(axis=-1)


def speclite_curve(band):
    """Return the transmission curve of a band from speclite: wavelength (Å), transmission."""
    try:
        from speclite.filters import load_filter
    except ImportError as error:
        raise ImportError(
            "Transmission curves of surveys need speclite: install it with "
            "pip install 'sklearn-sn[sim]', or set curves=None to use top hats."
        ) from error
    for prefix, group in _SPECLITE.items():
        if band.startswith(prefix):
            response = load_filter(group + band[len(prefix) :])
            return np.array(response.wavelength), np.array(response.response)
    raise ValueError(
        f"speclite has no transmission curve for band {band!r}; give one in the 'curves' "
        "parameter of Survey."
    )
