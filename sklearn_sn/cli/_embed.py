"""The command ``sklearn-sn embed``."""

from pathlib import Path

import click

from sklearn_sn.cli._inputs import input_options, open_input
from sklearn_sn.cli._outputs import open_outputs, output_option
from sklearn_sn.cli._progress import progress


@click.command(
    "embed",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn embed photometry/*.txt -o embeddings.parquet
  sklearn-sn embed objects.parquet --model my_embedder.snmodel -o embeddings.csv
""",
)
@input_options
@output_option()
@click.option(
    "--model",
    default="contrastive-sim",
    show_default=True,
    metavar="NAME",
    help="Packaged embedder, or a file of save_model.",
)
def command(files, spectra, survey, batch_size, outputs, model):
    """Write the embedding of every object of one or several FILEs.

    One row per object: its name and embedding_0, embedding_1 and so on.
    """
    embedder = load_any(model)
    if not hasattr(embedder, "transform"):
        raise click.UsageError(f"The model {model!r} is no embedder: it has no transform.")
    opened = open_input(files, spectra, survey, batch_size)
    with open_outputs(outputs) as write:
        for X in progress(opened.batches, opened.n_objects):
            table = embed(embedder, X)
            write(table)
            if not outputs:
                click.echo(table.round(4).to_string(max_cols=8))


def load_any(model):
    """Load a packaged model by its name, or a model file."""
    from sklearn_sn.persistence import list_pretrained, load_model, load_pretrained

    if model in list_pretrained():
        return load_pretrained(model)
    if Path(model).expanduser().is_file():
        return load_model(model)
    raise click.BadParameter(
        f"There is no packaged model and no file {model!r}; the packaged models are "
        f"{', '.join(list_pretrained())}.",
        param_hint="'--model'",
    )


def embed(embedder, X):
    """Return the embeddings of a table as a table with one column per component."""
    import pandas as pd

    wanted = getattr(embedder, "modalities_", ())
    # An embedder asks for all of its columns; a null cell is a missing modality.
    absent = {name: None for name in wanted if name not in X.columns}
    Z = embedder.transform(X.assign(**absent))
    names = [f"embedding_{number}" for number in range(Z.shape[1])]
    return pd.DataFrame(Z, index=X.index, columns=names)
