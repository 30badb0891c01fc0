"""The command ``sklearn-sn generate``."""

import click

from sklearn_sn.cli._embed import load_any
from sklearn_sn.cli._finite_range import FiniteRange
from sklearn_sn.cli._inputs import input_options, open_input
from sklearn_sn.cli._outputs import open_outputs, output_option
from sklearn_sn.cli._progress import progress


@click.command(
    "generate",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn generate my_ia.txt --redshift 0.03 -o spectra.csv
  sklearn-sn generate my_ia.txt --phase -5 --phase 10
  sklearn-sn generate my_objects.parquet --model my_generator.snmodel -o spectra.parquet

The packaged generator is one of SN Ia: other objects get a spectrum of SN Ia too.
""",
)
@input_options
@output_option()
@click.option(
    "--phase",
    "phases",
    type=FiniteRange(),
    multiple=True,
    default=(0.0,),
    show_default=True,
    help="Days from peak, in the rest frame for the packaged generator; repeatable.",
)
@click.option(
    "--coverage",
    type=FiniteRange(0, 1, min_open=True, max_open=True),
    default=0.9,
    show_default=True,
    help="Coverage of the interval from flux_low to flux_high.",
)
@click.option(
    "--redshift",
    type=FiniteRange(min=0, min_open=True),
    help="Redshift of the objects whose file has none; otherwise it is estimated from the light "
    "curve.",
)
@click.option(
    "--model",
    default="transceiver-ia",
    show_default=True,
    metavar="NAME",
    help="Packaged generator, or a file of save_model that holds a fitted MMVAEEmbedder.",
)
def command(files, spectra, survey, batch_size, outputs, phases, coverage, redshift, model):
    """Generate the spectra that belong to the light curves of one or several FILEs.

    One row per wavelength: object, phase (rest-frame days from peak), wavelength (Å at rest), flux
    relative to the median, and its interval.
    """
    generator = load_any(model)
    lacking = [name for name in ("predict_interval", "wavelength_") if not hasattr(generator, name)]
    if lacking:
        raise click.UsageError(
            f"The model {model!r} generates no spectra: it has no {lacking[0]}. Give a fitted "
            "MMVAEEmbedder."
        )
    opened = open_input(files, spectra, survey, batch_size)
    n_written = 0
    with open_outputs(outputs) as write:
        for X in progress(opened.batches, opened.n_objects):
            if getattr(generator, "frame_", None) == "rest":
                X = with_known_redshift(with_redshift(X, redshift))
            n_written += len(X)
            if X.empty:
                continue
            table = generate(generator, X, phases, coverage)
            write(table)
            if not outputs:
                click.echo(table.round(4).to_csv(sep="\t"), nl=False)
        if not n_written:
            raise ValueError(f"{files[0]}: no spectrum could be generated for any object.")


def with_redshift(X, redshift=None):
    """Return the table with a redshift of every object: known, given, or estimated."""
    import numpy as np
    import pandas as pd

    from sklearn_sn.catalog import estimate_redshifts

    known = pd.to_numeric(X["redshift"]) if "redshift" in X.columns else pd.Series(np.nan, X.index)
    unknown = ~(known > 0).to_numpy()
    if not unknown.any():
        return X
    values = known.to_numpy(dtype=np.float64, copy=True)
    if redshift is not None:
        values[unknown] = redshift
    else:
        values[unknown] = estimate_redshifts(X[unknown])["redshift"]
        click.echo(
            f"The redshift of {unknown.sum()} of {len(X)} objects is estimated; --redshift sets "
            "it.",
            err=True,
        )
    return X.assign(redshift=values)


def with_known_redshift(X):
    """Return the objects with a redshift; of others, no spectrum follows from the light curve."""
    known = X["redshift"].notna().to_numpy()
    if known.all():
        return X
    click.echo(
        f"Left out: {(~known).sum()} of {len(X)} objects, first {X.index[~known][0]!r}, whose "
        "redshift neither is known nor follows from the light curve; --redshift sets it.",
        err=True,
    )
    return X[known]


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
    table = pd.DataFrame(
        {
            "phase": np.tile(np.repeat(phases, len(wavelength)), len(X)),
            "wavelength": np.tile(wavelength, len(X) * len(phases)),
            "flux": np.ravel(flux),
            "flux_low": np.ravel(low),
            "flux_high": np.ravel(high),
        },
        index=X.index.repeat(n_rows),
    )
    table.attrs["units"] = {"phase": "d", "wavelength": "Angstrom"}
    return table
