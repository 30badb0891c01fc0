"""The command ``sklearn-sn classify``."""

from pathlib import Path

import click

from sklearn_sn.cli._finite_range import FiniteRange
from sklearn_sn.cli._inputs import input_options, open_input
from sklearn_sn.cli._model_option import METHODS, load_named_models, model_option
from sklearn_sn.cli._outputs import open_outputs, output_option
from sklearn_sn.cli._progress import progress
from sklearn_sn.cli._summary import print_summary

MAX_PAGE = 100  # objects of an HTML page, each with its figures


@click.command(
    "classify",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  One light curve, as ATLAS forced photometry publishes it:
    sklearn-sn classify my_atlas.txt
  Light curve and spectrum of one object, as a page with figures:
    sklearn-sn classify my_atlas.txt --spectrum my_wiserep.ascii -o page.html
  A spectrum alone:
    sklearn-sn classify my_wiserep.ascii
  A folder of light curves, of any survey, into a table:
    sklearn-sn classify photometry/ -o classes.csv
  A catalogue of any size, 1000 objects at a time:
    sklearn-sn classify objects.parquet -o classes.parquet

Columns: sklearn-sn classify writes those of sklearn_sn.classify: class, probability, class_set,
redshift, redshift_err, anomaly_score, quality_flags, neighbor_1 ... and p_CLASS for every class.

Flags: UNCERTAIN, the class has a probability below 0.5; EMPTY, EMPTY_SPECTRUM and NOTHING, no
usable photometry, spectrum, or either; LOWDATA, fewer than three points; NOERROR, no errors;
MAGNITUDES, fluxes that look like magnitudes; SPECTRUM_DATE, a spectrum more than a year before or
two years after the light curve. The page "Bad input" of the documentation lists all.
""",
)
@input_options
@output_option(".html")
@click.option(
    "--coverage",
    type=FiniteRange(0, 1, min_open=True, max_open=True),
    default=0.9,
    show_default=True,
    help="Approximate probability, averaged over objects, that class_set contains the true class; "
    "the set of one object may be one class of low probability, or empty.",
)
@click.option(
    "--neighbors",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="Number of similar known supernovae.",
)
@click.option(
    "--keep-redshift", is_flag=True, help="Keep the redshifts of the file where it has any."
)
@model_option(*METHODS)
def command(
    files, spectra, survey, batch_size, outputs, coverage, neighbors, keep_redshift, models
):
    """Classify the objects of one or several FILEs of light curves or spectra.

    A FILE is forced photometry of ATLAS or ZTF, a table of a broker, a file of SNANA, a spectrum of
    WISeREP, CSV, ECSV, FITS, JSON, or Parquet, plain or with nested columns. A folder or a pattern
    stands for its files.
    """
    from sklearn_sn.catalog import classify

    pages = [path for path in outputs if Path(path).suffix.lower() == ".html"]
    if pages:
        _require_plotting()
    tables = [path for path in outputs if path not in pages]
    options = {
        "coverage": coverage,
        "n_neighbors": neighbors,
        "redshift": "keep" if keep_redshift else "predict",
        "models": load_named_models(models),
    }
    opened = open_input(files, spectra, survey, batch_size)
    n_usable, n_classified, shown, first, hint = 0, 0, [], [], ""
    with open_outputs(tables) as write:
        for X in progress(opened.batches, opened.n_objects):
            table = classify(X, **options)
            n_usable += int((table["modalities"] != "").sum())
            n_classified += int(table["class"].notna().sum()) if "class" in table else 0
            write(table)
            if "spectrum" in X:
                hint = "; a spectrum needs ten pixels within 3500-9000 Å"
            if pages and len(shown) < MAX_PAGE:
                rows = slice(MAX_PAGE - len(shown))
                shown += [X.iloc[[row]] for row in range(len(X))[rows]]
                first += [table.iloc[[row]] for row in range(len(X))[rows]]
            if not outputs:
                print_summary(table, opened.n_objects)
        if not n_usable:
            raise ValueError(
                f"{files[0]}: none of the {opened.n_objects} objects has a usable light curve or "
                f"spectrum{hint}."
            )
        if not n_classified:
            raise ValueError(
                f"{files[0]}: none of the {opened.n_objects} objects can be classified, because "
                "the model for what they have is missing. Give one with --model NAME=FILE."
            )
    for page in pages:
        _write_page(page, shown, first, options, opened.n_objects)


def _require_plotting():
    """Raise before the work is done, if a page cannot be drawn."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "A page needs matplotlib. Install it with pip install 'sklearn-sn[plot]'."
        ) from error


def _write_page(path, tables, classes, options, n_objects):
    import pandas as pd

    from sklearn_sn.catalog import report

    X = pd.concat(tables)
    report(X, path, table=pd.concat(classes), models=options["models"])
    if len(X) < n_objects:
        click.echo(f"{path} shows the first {len(X)} of {n_objects} objects.", err=True)
