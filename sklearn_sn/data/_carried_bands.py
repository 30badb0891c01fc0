"""Bands of the user's own on their way to another process."""

from sklearn_sn.data import _bands
from sklearn_sn.data._quality import warn_quality


def registered_bands():
    """The bands that were registered in this process.

    Estimators keep them when they are pickled, and restore them when they are loaded.

    Returns
    -------
    tuple of Band

    Examples
    --------
    >>> from sklearn_sn.data import register_band, registered_bands, unregister_band
    >>> band = register_band("mytel_w", 6100.0)
    >>> [band.name for band in registered_bands()]
    ['mytel_w']
    >>> unregister_band("mytel_w")
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
        If a name means another band here: another wavelength, m_AB - m_Vega or native system.

    Examples
    --------
    >>> from sklearn_sn.data import list_bands, register_band, registered_bands
    >>> from sklearn_sn.data import restore_bands, unregister_band
    >>> band = register_band("mytel_w", 6100.0)
    >>> kept = registered_bands()
    >>> unregister_band("mytel_w")
    >>> restore_bands(kept)
    >>> "mytel_w" in list_bands()
    True
    >>> unregister_band("mytel_w")
    """
    for band in bands:
        found = _bands._registry.bands.get(band.name)
        if found is not None and _meaning(found) == _meaning(band):
            continue
        if found is not None or any(_bands._registry.candidates(name) for name in band.aliases):
            warn_quality(
                f"The band {band.name!r} ({band.wavelength:.0f} Å, {band.system}, m_AB - m_Vega "
                f"{band.vega_ab_offset:g}) was registered where this estimator comes from, and is "
                "another here; the one here stays."
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


def _meaning(band):
    """What makes another flux or colour of a point in the band; NaN, as a text, equals itself."""
    return float(band.wavelength), band.system, str(float(band.vega_ab_offset))
