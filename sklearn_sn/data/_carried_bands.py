"""Registered bands in transit between processes."""

from collections.abc import Iterable

from sklearn_sn.data import _bands
from sklearn_sn.data._band_registry import Band
from sklearn_sn.data._quality import warn_quality


def registered_bands() -> tuple[Band, ...]:
    """Return the bands that were registered in this process.

    Estimators include them when they are pickled, and restore them when they are loaded.

    Returns
    -------
    tuple of Band
        Bands added by :func:`register_band`.

    Examples
    --------
    >>> from sklearn_sn.data import register_band, registered_bands, unregister_band
    >>> band = register_band("mytel_w", 6100.0)
    >>> [band.name for band in registered_bands()]
    ['mytel_w']
    >>> unregister_band("mytel_w")
    """
    return tuple(_bands._registry.registered.values())


def restore_bands(bands: Iterable[Band]) -> None:
    """Register bands of another process; bands registered here take precedence.

    Parameters
    ----------
    bands : iterable of Band
        Bands as returned by :func:`registered_bands`.

    Warns
    -----
    DataQualityWarning
        If a name means another band here: one of another wavelength, m_AB - m_Vega or native
        system.

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
        present = _bands._registry.bands.get(band.name)
        if present is not None and _photometric_key(present) == _photometric_key(band):
            continue
        # An alias that is taken here would change the meaning of names in this process.
        if present is not None or any(map(_bands._registry.candidates, band.aliases)):
            warn_quality(
                f"The band {band.name!r} ({band.wavelength:.0f} Å, {band.system}, m_AB - m_Vega "
                f"{band.vega_ab_offset:g}) of the loaded estimator differs from the band of that "
                "name in this process, which is kept. Register one of them under another name."
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


def _photometric_key(band):
    """Return the properties of a band that determine flux and colour, for comparison."""
    return float(band.wavelength), band.system, str(float(band.vega_ab_offset))
