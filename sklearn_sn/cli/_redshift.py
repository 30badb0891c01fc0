"""The command ``sklearn-sn redshift``."""

import click

from sklearn_sn.cli._inputs import input_options, open_input
from sklearn_sn.cli._model_option import load_named_models, model_option
from sklearn_sn.cli._outputs import open_outputs, output_option
from sklearn_sn.cli._progress import progress
from sklearn_sn.cli._summary import print_summary


@click.command(
    "redshift",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn redshift my_wiserep.ascii
  sklearn-sn redshift photometry/*.txt -o redshifts.csv
  sklearn-sn redshift my_atlas.txt --spectrum my_wiserep.ascii
""",
)
@input_options
@output_option()
@model_option("light-curve-redshift", "spectrum-redshift")
def command(files, spectra, survey, batch_size, outputs, models):
    """Estimate the redshifts of the objects of one or several FILEs.

    The redshift is that of the spectrum, or else of the light curve, with its standard deviation.
    """
    from sklearn_sn.catalog import estimate_redshifts

    models = load_named_models(models)
    opened = open_input(files, spectra, survey, batch_size)
    n_known = 0
    with open_outputs(outputs) as write:
        for X in progress(opened.batches, opened.n_objects):
            table = estimate_redshifts(X, models=models)
            n_known += int(table["redshift"].notna().sum())
            write(table)
            if not outputs:
                print_summary(table, opened.n_objects)
        if not n_known:
            raise ValueError(
                f"{files[0]}: no redshift could be estimated for any of the "
                f"{opened.n_objects} objects."
            )
