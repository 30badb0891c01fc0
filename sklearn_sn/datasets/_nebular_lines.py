"""Emission lines of star-forming regions and of the ionised gas in quiescent galaxies."""

import numpy as np

# Wavelengths in vacuum, Å, as in spectra of DESI: NIST Atomic Spectra Database.
EMISSION_LINES = {
    "[O II] 3726": 3727.09,
    "[O II] 3729": 3729.88,
    "[Ne III] 3869": 3869.86,
    "Hδ": 4102.89,
    "Hγ": 4341.68,
    "Hβ": 4862.68,
    "[O III] 4959": 4960.30,
    "[O III] 5007": 5008.24,
    "He I 5876": 5877.25,
    "[O I] 6300": 6302.05,
    "[N II] 6548": 6549.85,
    "Hα": 6564.61,
    "[N II] 6583": 6585.27,
    "[S II] 6716": 6718.29,
    "[S II] 6731": 6732.67,
    "[S III] 9069": 9071.1,
    "[S III] 9531": 9533.2,
}
_BALMER = {"Hα": 2.86, "Hβ": 1.0, "Hγ": 0.468, "Hδ": 0.259}  # case B, 10,000 K: Osterbrock (1989)
DUST_SLOPE = -0.7  # of the optical depth with wavelength: Charlot & Fall (2000, ApJ 539, 718)


def line_luminosities(log_sfr, metallicity, shocked, offset):
    """Return the luminosities of emission lines before dust.

    Hα follows the star-formation rate (Kennicutt & Evans 2012, ARA&A 50, 531). The ratios of
    forbidden lines follow the oxygen abundance: N2 and O3N2 of Pettini & Pagel (2004, MNRAS 348,
    L59).

    Parameters
    ----------
    log_sfr : ndarray of shape (n,)
        Logarithm of the star-formation rate, solar masses per year.
    metallicity : ndarray of shape (n,)
        12 + log(O/H).
    shocked : ndarray of shape (n,)
        Luminosity of Hα that old stars and shocks ionise, erg/s, with ratios as in LINERs.
    offset : ndarray of shape (n,)
        Excitation relative to the mean at this metallicity, dex.

    Returns
    -------
    ndarray of shape (n, n_lines)
        Luminosities in erg/s, in the order of `EMISSION_LINES`.
    """
    h_alpha = 10.0 ** (log_sfr + 41.27)
    abundance = np.clip(metallicity, 7.8, 9.15)
    n2 = np.clip((abundance - 8.90) / 0.57, -2.5, -0.35) - 0.3 * offset
    o3 = np.clip((8.73 - abundance) / 0.32 + n2, -1.0, 0.75) + offset  # [O III] / Hβ
    o2 = 0.60 - 0.55 * (abundance - 8.3) ** 2 - 0.35 * (abundance - 8.3)  # [O II] / Hβ
    s2 = -0.45 - 0.15 * (abundance - 8.6)  # [S II] / Hα
    h_beta = h_alpha / _BALMER["Hα"]
    forbidden = {
        "[O II] 3726": 0.42 * 10.0**o2 * h_beta,
        "[O II] 3729": 0.58 * 10.0**o2 * h_beta,
        "[Ne III] 3869": 0.08 * 10.0**o3 * h_beta,
        "[O III] 4959": 0.335 * 10.0**o3 * h_beta,
        "[O III] 5007": 10.0**o3 * h_beta,
        "He I 5876": 0.12 * h_beta,
        "[O I] 6300": 0.03 * h_alpha,
        "[N II] 6548": 0.327 * 10.0**n2 * h_alpha,
        "[N II] 6583": 10.0**n2 * h_alpha,
        "[S II] 6716": 0.57 * 10.0**s2 * h_alpha,
        "[S II] 6731": 0.43 * 10.0**s2 * h_alpha,
        "[S III] 9069": 0.08 * h_alpha,
        "[S III] 9531": 0.20 * h_alpha,
    }
    # LINERs: strong [N II], [O II] and [S II]; typical ratios of Ho (2008, ARA&A 46, 475).
    liner = {"[O II] 3726": 1.0, "[O II] 3729": 1.0, "[O III] 4959": 0.22, "[O III] 5007": 0.65}
    liner |= {"[O I] 6300": 0.15, "[N II] 6548": 0.40, "[N II] 6583": 1.2}
    liner |= {"[S II] 6716": 0.5, "[S II] 6731": 0.4}
    columns = []
    for name in EMISSION_LINES:
        ratio = _BALMER.get(name, 0.0) / _BALMER["Hα"]
        star_forming = forbidden[name] if name in forbidden else ratio * h_alpha
        columns.append(star_forming + liner.get(name, ratio) * shocked)
    return np.stack(columns, axis=1)
