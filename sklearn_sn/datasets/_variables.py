"""Contaminants that do not explode: active galactic nuclei and dwarf novae."""

import numpy as np

from sklearn_sn.datasets._explosions import draw_strengths
from sklearn_sn.datasets._seds import continuum_shape, rest_band_flux, spectral_shape

_STEP = 2.0  # rest-frame days between samples of the random walk: a choice; τ exceeds ten steps
_NUCLEAR_DUST = 0.05  # mean of the exponential distribution of E(B-V), mag: a choice
_SPAN = 600.0  # rest-frame days of the random walk on either side of phase 0


class ActiveNucleus:
    """AGN: a power law with broad lines, whose continuum follows a damped random walk.

    Photometry is that of difference images, the flux minus its mean, and may be negative. Spectra
    contain the total flux. The amplitude decreases with wavelength, so the nucleus is bluer when
    brighter. Lines and host are constant.
    """

    name = "AGN"
    label = "built-in"
    in_disc = False
    variable = True
    duration = 200.0
    r_v = 3.1

    def draw(self, n, rng):
        """Draw the peak brightness of n objects: dict of str to array of shape (n,)."""
        return {
            # Luminosities of nuclei nearby: a choice near Schulze et al. (2009, A&A 507, 781).
            "peak_abs_mag": rng.normal(-21.3, 1.0, n),
            "ebv_host": np.minimum(rng.exponential(_NUCLEAR_DUST, n), 1.5),
        }

    def complete(self, objects, rng):
        """Draw all other parameters, including the 2-D array of random walks, and add them."""
        magnitude = objects["peak_abs_mag"]
        n = len(magnitude)
        # MacLeod et al. (2010, ApJ 721, 1014), eq. 7 and table 1 at 4000 Å, with their scatter;
        # the magnitude in B replaces that in i.
        asymptotic = 10.0 ** (-0.51 + 0.131 * (magnitude + 23.0) + 0.2 * rng.standard_normal(n))
        timescale = 10.0 ** (2.4 + 0.03 * (magnitude + 23.0) + 0.35 * rng.standard_normal(n))
        objects |= {
            "rise": np.full(n, np.inf),
            "slope": rng.normal(0.0, 0.3, n),  # Vanden Berk et al. (2001): scatter of slopes
            "velocity": np.ones(n),
            "walk_sigma": asymptotic / np.sqrt(2.0),
            "walk_tau": np.clip(timescale, 20.0, 3000.0),
            "stretch": np.ones(n),
        }
        objects |= draw_strengths(self.name, 0.35, n, rng)
        objects["walk"] = _damped_walk(objects["walk_sigma"], objects["walk_tau"], rng)

    def flux(self, objects, rows, phase, wavelength, spacing=None, *, difference=False):
        """Return f_λ (minus its mean if `difference`) relative to 5450 Å at mean magnitude."""
        position = np.clip((phase + _SPAN) / _STEP, 0.0, objects["walk"].shape[1] - 1.001)
        left = position.astype(np.int64)
        part = position - left
        walk = objects["walk"][rows, left] * (1.0 - part) + objects["walk"][rows, left + 1] * part
        # MacLeod et al. (2010): the asymptotic amplitude goes as λ^-0.479.
        dimming = walk[:, None] * (wavelength / 4000.0) ** -0.479
        steady = np.zeros(len(rows))
        steady_flux = continuum_shape(self.name, objects, rows, steady, wavelength)
        varying = steady_flux * 10.0 ** (-0.4 * dimming)
        if difference:
            # For normal magnitudes, the mean flux exceeds the flux at the mean magnitude.
            sigma = 0.4 * np.log(10.0) * objects["walk_sigma"][rows][:, None]
            sigma = sigma * (wavelength / 4000.0) ** -0.479
            return varying - steady_flux * np.exp(0.5 * sigma**2)
        varying -= steady_flux
        return varying + spectral_shape(self.name, objects, rows, steady, wavelength, spacing)

    def peak_flux(self, objects):
        """Return the flux of the constant nucleus in rest-frame B."""
        n = len(objects["rise"])
        rows, phase = np.arange(n), np.zeros(n)
        return rest_band_flux(
            lambda w, s: spectral_shape(self.name, objects, rows, phase, w, s), n, "B"
        )

    def add_derived(self, objects):
        """Do nothing: an AGN has no derived parameters."""


def _damped_walk(sigma, tau, rng):
    """Draw magnitudes of damped random walks, shape (n, n_steps), brightest near the middle.

    The update of the process is exact: Kelly, Bechtold & Siemiginowska (2009, ApJ 698, 895), eq. 3.
    """
    n_steps = int(2 * _SPAN / _STEP) + 1
    quarter = n_steps // 4
    noise = rng.standard_normal((n_steps + 2 * quarter, len(sigma)))
    keep = np.exp(-_STEP / tau)
    kick = np.sqrt(1.0 - keep**2)
    walk = np.empty_like(noise)
    walk[0] = noise[0]
    for step in range(1, len(noise)):
        walk[step] = keep * walk[step - 1] + kick * noise[step]
    walk *= sigma
    # Phase 0 is the brightest epoch of the middle half, like the peak that a survey finds.
    middle = walk[n_steps // 2 : n_steps // 2 + 2 * quarter]
    brightest = np.argmin(middle, axis=0)
    index = brightest + np.arange(n_steps)[:, None]
    return np.take_along_axis(walk, index, axis=0).T.copy()


class DwarfNova:
    """CV: repeated outbursts of a disc, in the Milky Way (redshift 0)."""

    name = "CV"
    label = "built-in"
    in_disc = True
    variable = False
    duration = 100.0
    r_v = 3.1

    def draw(self, n, rng):
        """Draw the peak brightness of n objects: dict of str to array of shape (n,)."""
        # Orbital periods (hours) below and above the gap: Gänsicke et al. (2009, MNRAS 397, 2170).
        short = rng.random(n) < 0.6
        period = np.where(short, rng.uniform(1.3, 2.2, n), rng.uniform(3.0, 7.0, n))
        return {
            # Warner (1987, MNRAS 227, 23) for V; a disc in outburst has B = V (AB) within 0.1.
            "peak_abs_mag": 5.64 - 0.259 * period + rng.normal(0.0, 0.5, n),
            "period": period,
            # Distances of dwarf novae (pc): near Pala et al. (2020, MNRAS 494, 3799) and farther.
            "distance": np.exp(rng.normal(np.log(500.0), 0.6, n)),
            "ebv_host": np.zeros(n),
        }

    def complete(self, objects, rng):
        """Draw all other parameters and add them."""
        n = len(objects["period"])
        objects |= {
            "outburst_amplitude": np.clip(rng.normal(4.0, 1.0, n), 2.0, 7.0),
            # Warner (1995, Cataclysmic Variable Stars), eq. 3.5: days per magnitude of decline.
            "decline_time": 0.53 * objects["period"] ** 0.84,
            "plateau": rng.uniform(1.0, 10.0, n),
            "recurrence": np.exp(rng.uniform(np.log(20.0), np.log(400.0), n)),
            "slope": rng.normal(0.0, 0.2, n),
            "velocity": np.ones(n),
            "stretch": np.ones(n),
            "rise": np.full(n, 2.0),
        }
        objects |= draw_strengths(self.name, 0.3, n, rng)

    def magnitude(self, objects, rows, phase):
        """Return magnitudes below the maximum of the outbursts, at `phase` days from a maximum."""
        recurrence, plateau = objects["recurrence"][rows], objects["plateau"][rows]
        since = (phase + 0.5 * recurrence) % recurrence - 0.5 * recurrence
        # Rise by half a day per magnitude (Warner 1995, ch. 3), then plateau, then decline.
        faint = np.maximum(-since / 0.5, (since - plateau) / objects["decline_time"][rows])
        return np.clip(faint, 0.0, objects["outburst_amplitude"][rows])

    def flux(self, objects, rows, phase, wavelength, spacing=None):
        """Return f_λ in units of the continuum at 5450 Å at maximum."""
        faint = self.magnitude(objects, rows, phase)
        shape = spectral_shape(self.name, objects, rows, faint, wavelength, spacing)
        return shape * 10.0 ** (-0.4 * faint)[:, None]

    def peak_flux(self, objects):
        """Return the flux in B at maximum."""
        n = len(objects["rise"])
        rows, phase = np.arange(n), np.zeros(n)
        return rest_band_flux(lambda w, s: self.flux(objects, rows, phase, w, s), n, "B")

    def add_derived(self, objects):
        """Do nothing: a dwarf nova has no derived parameters."""
