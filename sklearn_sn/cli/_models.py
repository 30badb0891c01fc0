"""The command ``sklearn-sn models``."""

import textwrap

import click

_WIDTH = 88
_MAX_TEXT = 3 * _WIDTH  # characters of an entry of the summary
_N_METRICS = 5  # metrics of the summary


@click.command(
    "models",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn models
  sklearn-sn models light-curve-types
  sklearn-sn models light-curve-types --all
""",
)
@click.argument("name", required=False)
@click.option("--all", "complete", is_flag=True, help="Show the complete card of NAME.")
def command(name, complete):
    """List the models of the package, or summarise the card of the model NAME.

    A card states what a model was trained on, how accurate it is, and its limits.
    """
    from sklearn_sn.persistence import list_pretrained, load_pretrained

    names = list_pretrained()
    if name is None and complete:
        raise click.UsageError("--all needs the NAME of a model.")
    if name is not None and name not in names:
        raise click.BadParameter(
            f"There is no packaged model {name!r}; the packaged models are {', '.join(names)}.",
            param_hint="'NAME'",
        )
    if name is not None:
        card = load_pretrained(name, card=True)
        first = {key: card.pop(key) for key in ("description", "limits") if key in card}
        card = {**first, **card}
        click.echo("\n".join(card_lines(card) if complete else summary_lines(card, name)))
        return
    for name in names:
        card = load_pretrained(name, card=True)
        text = textwrap.wrap(str(card.get("description", "")), _WIDTH - 24) or [""]
        click.echo("\n".join([f"{name:<22}  {text[0]}", *(" " * 24 + line for line in text[1:])]))


def summary_lines(card, name):
    """Return the summary of a model card as lines of text.

    Parameters
    ----------
    card : dict
        Card of the model.
    name : str
        Name of the model, for the line that tells how to see the rest.

    Returns
    -------
    list of str
        Description, classes, data, the first metrics, and all limits.
    """
    short = {
        key: _shortened(card[key]) for key in ("description", "classes", "data") if key in card
    }
    metrics = card.get("metrics", {})
    if metrics:
        title = "metrics"
        if len(metrics) > _N_METRICS:
            title = f"metrics, {_N_METRICS} of {len(metrics)}"
        short[title] = dict(list(metrics.items())[:_N_METRICS])
    short["limits"] = card.get("limits", [])
    rest = [key.replace("_", " ") for key in card if key not in short and key != "metrics"]
    return [
        *card_lines(short),
        *_wrapped(f"sklearn-sn models {name} --all also shows: {', '.join(rest)}", "", "  "),
    ]


def _shortened(value):
    """Return an entry of a card as text of a few lines."""
    if isinstance(value, dict):
        value = "; ".join(f"{key}: {_entry(item)}" for key, item in value.items())
    elif isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return textwrap.shorten(str(value), _MAX_TEXT, placeholder=" ...")


def card_lines(card, indent=0):
    """Return a model card, a dict of texts, numbers, lists and dicts, as lines of text."""
    lines = []
    margin = "  " * indent
    for key, value in card.items():
        title = str(key).replace("_", " ")
        if isinstance(value, dict) and value:
            lines += [f"{margin}{title}:", *card_lines(value, indent + 1)]
        elif isinstance(value, list | tuple) and (len(value) > 1 or _is_rows(value)):
            lines.append(f"{margin}{title}:")
            for item in value:
                lines += _wrapped(_entry(item), f"{margin}  - ", f"{margin}    ")
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            lines += _wrapped(f"{title}: {text}", margin, f"{margin}  ")
    return lines


def _is_rows(value):
    return bool(value) and isinstance(value[0], dict)


def _entry(item):
    """Return an item of a list as text; a row of a table as its names and values."""
    if isinstance(item, dict):
        return ", ".join(f"{key} {value}" for key, value in item.items())
    return str(item)


def _wrapped(text, first, other):
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=other, break_long_words=False
    )
