"""The command ``sklearn-sn models``."""

import textwrap

import click

_WIDTH = 88


@click.command(
    "models",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn models
  sklearn-sn models contrastive-sim
""",
)
@click.argument("name", required=False)
def command(name):
    """List the models of the package, or show the card of the model NAME.

    A card states what a model was trained on, how accurate it is, and its limits.
    """
    from sklearn_sn.persistence import list_pretrained, load_pretrained

    if name is not None:
        card = load_pretrained(name, card=True)
        first = {key: card.pop(key) for key in ("description", "limits") if key in card}
        click.echo("\n".join(card_lines({**first, **card})))
        return
    for name in list_pretrained():
        card = load_pretrained(name, card=True)
        text = textwrap.wrap(str(card.get("description", "")), _WIDTH - 24) or [""]
        click.echo("\n".join([f"{name:<22}  {text[0]}", *(" " * 24 + line for line in text[1:])]))


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
