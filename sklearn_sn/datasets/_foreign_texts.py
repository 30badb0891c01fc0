"""Recognise texts that are tables of documents: Markdown, LaTeX and HTML."""

import re

from sklearn_sn.datasets._other_readers import OtherReaderError

_MARKDOWN_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)+\|?\s*")
_LATEX = re.compile(r"\\(begin\s*\{|documentclass|startdata|tablehead|hline|toprule)")
_LATEX_ROW = re.compile(r"[^&\n]+(&[^&\n]*)+\\\\\s*(\\hline)?\s*")
_HTML = re.compile(r"\s*<(!doctype\s+html|html|head|body|table)\b", re.IGNORECASE)


def document_of(text: str) -> str | None:
    r"""Return the sentence about a text that is a table of a document, or None.

    Parameters
    ----------
    text : str
        Content of the file.

    Returns
    -------
    str or None
        What the text is, and how to convert it.

    Examples
    --------
    >>> from sklearn_sn.datasets._foreign_texts import document_of
    >>> document_of("| mjd | mag |\n|---|---|\n| 59000 | 18.1 |")
    'a Markdown table; remove its line of dashes and write commas instead of bars'
    >>> document_of("mjd,mag") is None
    True
    """
    lines = [line for line in text[:20000].splitlines() if line.strip()][:60]
    if any(map(_LATEX.search, lines)) or sum(bool(_LATEX_ROW.fullmatch(one)) for one in lines) > 1:
        return (
            "a LaTeX table; read it with astropy.table.Table.read(path, format='ascii.latex'), or "
            "'ascii.aastex' for a deluxetable, and pass that table"
        )
    if len(lines) > 1 and "|" in lines[0] and _MARKDOWN_RULE.fullmatch(lines[1]):
        return "a Markdown table; remove its line of dashes and write commas instead of bars"
    if _HTML.match(text):
        return (
            "an HTML page, perhaps an error of a server; download the data themselves, or read a "
            "table of the page with pandas.read_html and pass it"
        )
    return None


def reject_documents(text: str, where: str) -> None:
    """Raise an error if a text is a table of a document.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.

    Raises
    ------
    ValueError
        If the text is Markdown, LaTeX or HTML. It is an OtherReaderError for Markdown, which
        read_spectra can read.
    """
    document = document_of(text)
    if document is not None:
        kind = OtherReaderError if "Markdown" in document else ValueError
        raise kind(f"{where} is {document}.")
