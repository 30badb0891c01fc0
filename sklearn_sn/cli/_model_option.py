"""The option that replaces packaged models by model files."""

import click


def model_option(function):
    """Add the option ``--model NAME=FILE``."""

    def check(ctx, parameter, values):
        pairs = [value.partition("=") for value in values]
        wrong = [name for name, equals, path in pairs if not (name and equals and path)]
        if wrong:
            raise click.BadParameter(
                f"{wrong[0]!r} must be NAME=FILE, such as light-curve-types=my.snmodel.",
                ctx,
                parameter,
            )
        return {name: path for name, _, path in pairs}

    return click.option(
        "--model",
        "models",
        multiple=True,
        metavar="NAME=FILE",
        callback=check,
        help="File of save_model to use instead of the packaged model NAME; repeatable.",
    )(function)


def load_named_models(paths):
    """Return the models of files, by name."""
    from sklearn_sn.persistence import load_model

    return {name: load_model(path) for name, path in paths.items()}
