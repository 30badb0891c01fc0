"""The option that replaces packaged models by model files."""

import click

# Packaged models that a file may replace, and a method that it must have.
METHODS = {
    "light-curve-types": "predict_proba",
    "light-curve-redshift": "predict",
    "spectrum-types": "predict_proba",
    "spectrum-redshift": "predict_redshift",
    "contrastive-sim": "encode",
}


def model_option(*names):
    """Return the option ``--model NAME=FILE``.

    The command receives ``models``, a dict of paths by name.

    Parameters
    ----------
    *names : str
        Packaged models that the command uses, of those in `METHODS`.
    """

    def check(ctx, parameter, values):
        paths = {}
        for value in values:
            name, equals, path = value.partition("=")
            if not (name and equals and path):
                message = f"{value!r} must be NAME=FILE, such as {names[0]}=my.snmodel."
            elif name not in names:
                message = f"{name!r} is no model of this command; use one of {', '.join(names)}."
            elif name in paths:
                message = f"The model {name!r} is given twice."
            else:
                paths[name] = path
                continue
            raise click.BadParameter(message, ctx, parameter)
        return paths

    return click.option(
        "--model",
        "models",
        multiple=True,
        metavar="NAME=FILE",
        callback=check,
        help="File of save_model to use instead of the packaged model NAME, one of "
        f"{', '.join(names)}; repeatable.",
    )


def load_named_models(paths):
    """Return the models of files, by name.

    Raises
    ------
    click.UsageError
        If a model lacks the method of the packaged one.
    ValueError, OSError
        If a file cannot be read.
    """
    from sklearn_sn.persistence import load_model

    models = {name: load_model(path) for name, path in paths.items()}
    for name, model in models.items():
        if not hasattr(model, METHODS[name]):
            raise click.UsageError(
                f"{paths[name]} cannot replace the model {name!r}: {type(model).__name__} has no "
                f"{METHODS[name]}."
            )
    return models
