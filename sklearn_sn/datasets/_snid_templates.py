"""Templates of SNID (.lnw): spectra at rest, in steps of log wavelength, without continuum."""

import re

import numpy as np

from sklearn_sn.datasets._spectrum_record import SpectrumRecord

_HEAD = re.compile(
    r"\s*(\d+)\s+(\d+)\s+(\d+\.\d*)\s+(\d+\.\d*)\s+(\d+)\s+(\S+)\s+(-?\d+\.\d*)\s+(\S+)"
)
# A file of 100,000 numbers is ten times larger than any template.
_MOST_SPECTRA, _MOST_PIXELS = 10_000, 1_000_000
NO_FLUX = (
    "the continuum is divided out, so that flux is a relative deviation and no flux density: use "
    "it for templates, not beside observed spectra"
)


def is_snid_template(text: str) -> bool:
    """Return whether a text begins as a template of SNID does."""
    first = text[:1000].splitlines()[:1]
    return bool(first) and _HEAD.match(first[0]) is not None


def read_snid_template(text: str) -> list:
    """Read the spectra of a template.

    Parameters
    ----------
    text : str
        Content of the file.

    Returns
    -------
    list of SpectrumRecord
        One spectrum for each phase. Zeros stand for "no data" and are left out. `time` is the
        phase in days, at rest, relative to maximum light.

    Raises
    ------
    ValueError
        If the file ends early or its numbers are broken.

    References
    ----------
    S. Blondin and J. L. Tonry, "Determining the Type, Redshift, and Age of a Supernova Spectrum",
    ApJ 666, 1024 (2007).
    """
    lines = text.splitlines()
    head = _HEAD.match(lines[0])
    n_spectra, n_pixels, n_knots = int(head[1]), int(head[2]), int(head[5])
    if not (0 < n_spectra <= _MOST_SPECTRA and 0 < n_pixels <= _MOST_PIXELS):
        raise ValueError(f"a SNID template cannot have {n_spectra} spectra of {n_pixels} pixels")
    body = lines[2 + n_knots : 3 + n_knots + n_pixels]
    if len(body) < n_pixels + 1:
        raise ValueError(
            f"the file has {len(lines)} lines, but {3 + n_knots + n_pixels} are announced; it may "
            "be truncated"
        )
    try:
        ages = np.array(body[0].split(), dtype=np.float64)
        pixels = np.array([line.split() for line in body[1:]], dtype=np.float64)
    except ValueError:
        raise ValueError("the rows of the SNID template are not numbers of equal count") from None
    if len(ages) != n_spectra + 1 or pixels.shape[1] != n_spectra + 1:
        raise ValueError(
            f"{n_spectra} spectra are announced, but there are {len(ages) - 1} phases and "
            f"{pixels.shape[1] - 1} columns of flux"
        )
    dated = ages[0] == 0
    metadata = {"redshift": 0.0, "type": head[8]}
    return [
        _phase(head[6], pixels[:, 0], pixels[:, i + 1], ages[i + 1] if dated else np.nan, metadata)
        for i in range(n_spectra)
    ]


def _phase(name, wavelength, flux, phase, metadata):
    record = SpectrumRecord(
        "SNID template",
        wavelength,
        flux,
        name=name,
        time=float(phase),
        metadata=metadata,
        sources={"wavelength": "column 1 (rest frame)", "time": "phase at rest, days"},
        notes=[NO_FLUX],
    )
    record.keep(flux != 0)
    record.n_masked = 0  # zeros are padding
    return record
