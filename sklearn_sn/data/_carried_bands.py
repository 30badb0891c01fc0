"""Bands of the user's own on their way to another process."""

from sklearn_sn.data import _bands
from sklearn_sn.data._quality import warn_quality


def registered_bands():
    """The bands that were registered in this process.

    Returns
    -------
    tuple of Band
    """
    return tuple(_bands._registry.registered.values())


def restore_bands(bands):
    """Register bands that another process had; what is registered here already stays.

    Parameters
    ----------
    bands : iterable of Band

    Warns
    -----
    DataQualityWarning
        If a name means another band here.
    """
    for band in bands:
        found = _bands._registry.bands.get(band.name)
        if found == band or (found is not None and found.wavelength == band.wavelength):
            continue
        if found is not None or any(_bands._registry.candidates(name) for name in band.aliases):
            warn_quality(
                f"The band {band.name!r} ({band.wavelength:.0f} Å) was registered where this "
                "estimator comes from, and is another here; the one here stays."
            )
            continue
        _bands.register_band(
            band.name,
            band.wavelength,
            survey=band.survey,
            vega_ab_offset=band.vega_ab_offset,
            system=band.system,
            aliases=band.aliases,
        )
