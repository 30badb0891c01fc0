"""Columns of the position in the sky, which encoders of images may read."""

from collections.abc import Iterable

from sklearn_sn.encoders import Encoder

SKY_COLUMNS = ("ra", "dec")


def sky_columns(names: Iterable[str], encoders: Iterable[Encoder]) -> tuple[str, ...]:
    """Return the columns of the position in the sky that encoders read from a table.

    Parameters
    ----------
    names : iterable of str
        Columns of the table.
    encoders : iterable of Encoder
        Encoders of an estimator.

    Returns
    -------
    tuple of str
        ``ra`` and ``dec``; empty if no encoder reads them or a column is absent.
    """
    reads = any(encoder.reads_sky_position for encoder in encoders)
    return SKY_COLUMNS if reads and set(SKY_COLUMNS) <= set(names) else ()
