"""Check the names of the columns of a file of text."""

from sklearn_sn.datasets._other_readers import OtherReaderError

_LONGEST = 500  # characters; searching for units in a name takes the square of its length


def check_column_names(names: list[str], where: str) -> None:
    """Raise an error if a name is repeated or is not one.

    Parameters
    ----------
    names : list of str
        Names of the columns.
    where : str
        Name of the file, for messages.

    Raises
    ------
    ValueError
        If two columns have one name, or a name has more than 500 characters.

    Examples
    --------
    >>> from sklearn_sn.datasets._column_names import check_column_names
    >>> check_column_names(["mjd", "mag", "mjd"], "a.txt")
    Traceback (most recent call last):
    ValueError: a.txt has two columns 'mjd'; rename one.
    """
    longest = max(names, key=len, default="")
    if len(longest) > _LONGEST:
        raise OtherReaderError(
            f"{where} is no table: the name of column {names.index(longest) + 1} "
            f"({longest[:30]!r} …) has {len(longest)} characters. Put the names of the columns "
            "into the first line."
        )
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{where} has two columns {name!r}; rename one.")
        seen.add(name)
