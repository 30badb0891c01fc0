"""Spectra in text files: WISeREP, TNS, SNIFS, SEDM and others."""

from sklearn_sn.datasets._foreign_texts import document_of
from sklearn_sn.datasets._snid_templates import is_snid_template, read_snid_template
from sklearn_sn.datasets._spectrum_columns import AT_REST, SpectrumColumn, record_from_columns
from sklearn_sn.datasets._spectrum_comments import column_names, read_entries, unit_entries
from sklearn_sn.datasets._spectrum_frame import names_rest_frame
from sklearn_sn.datasets._spectrum_header import facts_of
from sklearn_sn.datasets._spectrum_text import LIGHT_CURVE, is_light_curve, split_text


def read_text(text: str, columns: dict | None = None) -> list:
    """Read the spectra of a text file.

    Parameters
    ----------
    text : str
        Content of the file.
    columns : dict of str to str or int or None, optional
        Columns of some fields, by name or by position from 1.

    Returns
    -------
    list of SpectrumRecord
        One spectrum; the spectra of all phases for a SNID template.

    Raises
    ------
    ValueError
        If the text is no spectrum.
    """
    if is_snid_template(text):
        return read_snid_template(text)
    document = document_of(text)
    if document is not None and "Markdown" not in document:  # whose bars and dashes are understood
        raise ValueError(f"this is {document.replace('that table', 'its columns to read_tables')}")
    table = split_text(text)
    n_columns = table.numbers.shape[1]
    names, units = column_names(table.header, n_columns)
    if not any(names) and table.header and is_light_curve(table.header[-1], n_columns):
        raise ValueError(LIGHT_CURVE)
    entries = read_entries(table.header)
    found = [
        SpectrumColumn(name, unit, table.numbers[:, i], i + 1)
        for i, (name, unit) in enumerate(zip(names, units, strict=True))
    ]
    record = record_from_columns("text columns", found, columns)
    by_entry, notes = unit_entries(entries)
    record.units = {**by_entry, **record.units}
    record.notes += [*table.notes, *notes]
    if names_rest_frame(table.header) and AT_REST not in record.notes:
        record.notes.append(AT_REST)
    return [record.describe(facts_of(entries))]
