"""The command ``sklearn-sn generate``."""

import click

from sklearn_sn.cli._embed import load_any
from sklearn_sn.cli._inputs import input_options, open_input
from sklearn_sn.cli._outputs import open_outputs, output_option
from sklearn_sn.cli._progress import progress


@click.command(
    "generate",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn generate my_ia.txt --model my_generator.snmodel -o spectra.csv
  sklearn-sn generate my_ia.txt --model my_generator.snmodel --phase -5 --phase 10

No generator is part of the package yet. my_generator.snmodel is a fitted MMVAEEmbedder that
sklearn_sn.save_model has written.
""",
)
@input_options
@output_option()
@click.option(
    "--phase",
    "phases",
    type=float,
    multiple=True,
    default=(0.0,),
    show_default=True,
    help="Days from peak; repeatable.",
)
@click.option(
    "--coverage",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.9,
    show_default=True,
    help="Coverage of the interval from flux_low to flux_high.",
)
@click.option(
    "--model",
    required=True,
    metavar="FILE",
    help="File of save_model that holds a fitted MMVAEEmbedder.",
)
def command(files, spectra, survey, batch_size, outputs, phases, coverage, model):
    """Generate the spectra that belong to the light curves of one or several FILEs.

    One row per wavelength: object, phase (days), wavelength (Å), flux relative to the median, and
    its interval.
    """
    generator = load_any(model)
    lacking = [name for name in ("predict_interval", "wavelength_") if not hasattr(generator, name)]
    if lacking:
        raise click.UsageError(
            f"The model {model!r} generates no spectra: it has no {lacking[0]}. Give a fitted "
            "MMVAEEmbedder."
        )
    opened = open_input(files, spectra, survey, batch_size)
    with open_outputs(outputs) as write:
        for X in progress(opened.batches, opened.n_objects):
            table = generate(generator, X, phases, coverage)
            write(table)
            if not outputs:
                click.echo(table.round(4).to_csv(sep="\t"), nl=False)


def generate(generator, X, phases, coverage):
    """Return generated spectra as a long table, with the names of objects as the index."""
    import numpy as np
    import pandas as pd

    wanted = getattr(generator, "modalities_", ())
    absent = {name: None for name in wanted if name not in X.columns}
    X = X.assign(**absent)
    phases = np.asarray(phases, dtype=float)
    flux = generator.predict(X, to="spectrum", phase=phases)
    low, high = generator.predict_interval(X, to="spectrum", phase=phases, coverage=coverage)
    wavelength = np.asarray(generator.wavelength_, dtype=float)
    n_rows = len(phases) * len(wavelength)
    return pd.DataFrame(
        {
            "phase": np.tile(np.repeat(phases, len(wavelength)), len(X)),
            "wavelength": np.tile(wavelength, len(X) * len(phases)),
            "flux": np.ravel(flux),
            "flux_low": np.ravel(low),
            "flux_high": np.ravel(high),
        },
        index=X.index.repeat(n_rows),
    )
