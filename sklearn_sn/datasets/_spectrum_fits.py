"""Spectra in FITS files."""

from sklearn_sn.datasets._fits_parts import load_fits
from sklearn_sn.datasets._iraf_spectra import read_image
from sklearn_sn.datasets._survey_spectra import find_table, is_desi, read_desi, read_table


def read_fits(content: bytes, columns: dict | None = None) -> list:
    """Read the spectra of a FITS file.

    Parameters
    ----------
    content : bytes
        Content of the file.
    columns : dict of str to str or int or None, optional
        Columns of some fields of a table.

    Returns
    -------
    list of SpectrumRecord

    Raises
    ------
    ValueError
        If the file is broken or holds no spectrum that can be read.
    """
    parts = load_fits(content)
    if is_desi(parts):
        return read_desi(parts)
    table = find_table(parts)
    if table is not None:
        return [read_table(parts, table, columns)]
    return [read_image(parts)]
