"""Read the files of a command in batches of objects."""

import re
from dataclasses import dataclass
from pathlib import Path

import click

from sklearn_sn.cli._join_spectra import join_spectra, mix_tables
from sklearn_sn.cli._model_option import METHODS

BATCH = 1000  # objects that are in memory at a time


def input_options(function):
    """Add the arguments that name the input of a command."""
    for decorator in (
        click.argument(
            "files", nargs=-1, required=True, metavar="FILE...", callback=_require_files
        ),
        click.option(
            "--spectrum",
            "spectra",
            multiple=True,
            metavar="FILE",
            callback=_require_files,
            help="Spectrum of the object, or a file of spectra joined by name; repeatable.",
        ),
        click.option("--survey", help="Survey of bands with names of one letter, such as 'ztf'."),
        click.option(
            "--batch-size",
            type=click.IntRange(min=1),
            default=BATCH,
            show_default=True,
            help="Objects in memory at a time.",
        ),
    ):
        function = decorator(function)
    return function


def _require_files(ctx, parameter, files):
    """Reject a missing file before anything is imported, which takes seconds."""
    if not ctx.resilient_parsing:
        _raise_on_missing(files)
    return files


@dataclass(frozen=True)
class Input:
    """Tables of objects, and how many objects they hold together.

    Parameters
    ----------
    batches : iterator of pandas.DataFrame
        Tables with the columns light_curve, spectrum or both.
    n_objects : int
        Number of objects of all batches.
    """

    batches: object
    n_objects: int


def open_input(files, spectra=(), survey=None, batch_size=BATCH):
    """Open the files of a command.

    Parameters
    ----------
    files : sequence of str
        Paths, glob patterns or folders.
    spectra : sequence of str, default=()
        Files of spectra, joined to the objects of `files` by name.
    survey : str, optional
        Survey of bands with names of one letter.
    batch_size : int, default=BATCH
        Largest number of objects of a batch.

    Returns
    -------
    Input
        A single Parquet file is read batch by batch, if its columns are nested or the rows of each
        object consecutive; other files at once.

    Raises
    ------
    ValueError
        If a file cannot be read, or holds neither light curves nor spectra, or no objects.
    click.UsageError
        If `survey` is unknown, or is given for a Parquet file of nested columns, whose bands have
        their own names.
    """
    from sklearn_sn.datasets import parquet_layout

    _raise_on_missing([*files, *spectra])
    _raise_on_unknown_survey(survey)
    layouts = [parquet_layout(file) for file in files]
    if "objects" in layouts and survey is not None:
        raise click.UsageError(
            f"--survey cannot be used with {files[layouts.index('objects')]}, a Parquet file of "
            "nested columns: its bands must have names of their own, such as 'ztfg'."
        )
    if len(files) == 1 and layouts[0] is not None and not spectra:
        opened = _open_parquet(files[0], layouts[0], survey, batch_size)
        if opened is not None:
            return opened
    try:
        X = read_files(list(files), survey)
        if spectra:
            spectra = list(spectra)
            X = join_spectra(X, read_spectrum_files(spectra), list(files), spectra)
    except ValueError as error:
        raise ValueError(_first_sentence(str(error), [*files, *spectra])) from error
    if not {"light_curve", "spectrum"} & set(X.columns):
        raise ValueError(
            f"{files[0]} has neither light curves nor spectra; its columns are {[*X.columns]}."
        )
    if not len(X):
        raise ValueError(f"{files[0]} has no objects.")
    return Input(_slices(X, batch_size), len(X))


def _slices(X, batch_size):
    """Yield the rows of a table in batches; the first one has its attributes, with its record."""
    for start in range(0, len(X), batch_size):
        batch = X.iloc[start : start + batch_size]
        batch.attrs = X.attrs if start == 0 else {}
        yield batch


def _open_parquet(file, layout, survey, batch_size):
    """Return the batches of a Parquet file, or None if it must be read at once."""
    from sklearn_sn.datasets import count_objects, iter_tables

    n_objects = count_objects(file)
    if n_objects is None:
        return None
    if n_objects == 0:
        raise ValueError(f"{file} has no objects.")
    if layout == "objects":
        batches = iter_tables(file, batch_size=batch_size)
        return Input((_with_known_fields(X, file) for X in batches), n_objects)
    options = {} if survey is None else {"survey": survey}
    batches = iter_tables(file, batch_size=batch_size, **options)
    return Input(_with_short_errors(batches, file), n_objects)


def _with_short_errors(batches, file):
    try:
        yield from batches
    except ValueError as error:
        raise ValueError(_first_sentence(str(error), [file])) from error


def read_files(files, survey=None):
    """Return one table of all files, which may be light curves and spectra in any mixture."""
    from sklearn_sn.datasets import list_files, read_tables

    given = files[0] if len(files) == 1 else files
    try:
        return read_tables(given, survey=survey)
    except ValueError:
        files = [str(path) for file in files for path in list_files(file)]
        if len(files) == 1:
            raise
    # Some are light curves and some are spectra, or one is neither: its error names it.
    kinds = {"light_curve": [], "spectrum": []}
    for file in files:
        try:
            X = read_tables(file, survey=survey)
        except ValueError as error:
            raise ValueError(_first_sentence(str(error), [file])) from error
        kind = "light_curve" if "light_curve" in X.columns else "spectrum"
        kinds[kind].append(file)
    if not kinds["light_curve"] or not kinds["spectrum"]:
        return read_tables(given, survey=survey)
    tables = (read_files(kinds[kind], survey) for kind in kinds)
    return mix_tables(*tables, kinds["light_curve"], kinds["spectrum"])


def read_spectrum_files(files):
    """Return one table of the files of the option --spectrum."""
    from sklearn_sn.datasets import read_tables

    try:
        spectra = read_tables(files[0] if len(files) == 1 else files)
    except ValueError as error:
        raise ValueError(_first_sentence(str(error), files)) from error
    if "spectrum" not in spectra.columns:
        raise ValueError(f"{files[0]} has no spectra.")
    return spectra


def _with_known_fields(X, file):
    """Return a table of a file of nested columns; raise if their fields are not those of a table.

    The error of the estimators advises a call in Python.
    """
    from sklearn_sn.data import as_ragged

    for kind in ("light_curve", "spectrum"):
        try:
            if kind in X.columns:
                as_ragged(X[kind].iloc[:1], kind=kind)
        except ValueError as error:
            raise ValueError(
                f"{_first_sentence(str(error), [file])}. Write a table of one row per point, such "
                "as CSV: its columns may have other names, and magnitudes."
            ) from error
    return X


def _first_sentence(text, files):
    """Return the first sentence of an error of a reader, with the file if it names none.

    The others name arguments of Python functions.
    """
    sentence = re.split(r"\.\s+(?=[A-Z])", text, maxsplit=1)[0]
    names_file = any(Path(file).name in sentence for file in files)
    return sentence if names_file else f"{files[0]}: {sentence}"


def _raise_on_unknown_survey(survey):
    """Reject a survey before files are read; the error of bands lists more than a screen holds."""
    from sklearn_sn.data import list_bands

    try:
        if survey is not None:
            list_bands(survey)
    except ValueError as error:
        raise click.BadParameter(
            f"{survey!r} is unknown; use a name such as 'ztf', 'atlas', 'ps1', 'lsst', 'sdss' or "
            "'swift'. sklearn_sn.data.list_bands() lists the bands of all surveys.",
            param_hint="'--survey'",
        ) from error


def _raise_on_missing(files):
    """Reject paths that do not exist, before other files take their time."""
    import glob

    for file in files:
        if not Path(file).expanduser().exists() and not (
            glob.has_magic(file) and glob.glob(str(Path(file).expanduser()), recursive=True)
        ):
            hint = (
                f" 'sklearn-sn models {file}' shows the packaged model." if file in METHODS else ""
            )
            raise ValueError(f"There is no file {file!r}.{hint}")
