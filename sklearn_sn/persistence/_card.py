"""Model cards: description, data, metrics and limits of a model."""

import importlib.metadata
import math
import platform

import numpy as np

import sklearn_sn

# Entries that save_model writes or completes. Other entries of the user are kept.
_OURS = ("estimator", "classes", "columns", "packages", "limits")
_HOLDS_DATA = (
    "CrossModalGenerator",
    "CrossModalRetriever",
    "KNeighborsClassifier",
    "KNeighborsRegressor",
    "NearestNeighbors",
    "SVC",
    "SVR",
)


def installed_versions(with_torch):
    """Return versions of the packages that a model needs, as a dict of str."""
    names = ["numpy", "pandas", "scikit-learn"]
    if with_torch:
        names += ["skorch", "torch"]
    versions = {name: importlib.metadata.version(name) for name in names}
    return {
        "sklearn-sn": sklearn_sn.__version__,
        "python": platform.python_version(),
        **dict(sorted(versions.items())),
    }


def complete_card(card, estimator, classes, packages):
    """Return a complete card as a dict of plain JSON types.

    Parameters
    ----------
    card : dict, str or None
        Card of the user; a text becomes its "description".
    estimator : estimator
        The estimator to save.
    classes : sequence of str
        Full names of the classes in the estimator.
    packages : dict of str to str
        Versions of the packages in use.

    Returns
    -------
    dict
        The card, completed by the entries that ``save_model`` writes.

    Raises
    ------
    TypeError
        If the card contains a value that JSON does not support.
    ValueError
        If the card contains an entry that ``save_model`` writes.
    """
    entries = {"description": card} if isinstance(card, str) else dict(card or {})
    for key in ("estimator", "classes", "columns", "packages"):
        if key in entries:
            raise ValueError(f"The entry {key!r} is written by save_model. Use another name.")
    limits = entries.pop("limits", [])
    limits = [limits] if isinstance(limits, str) else list(limits)
    holders = [name for name in classes if name.rpartition(".")[2] in _HOLDS_DATA]
    ours = [
        f"Contains rows of the training data, in its {name.rpartition('.')[2]}."
        for name in holders[:1]
    ]
    ours.append(
        "Predictions are equal bit for bit with these versions of the packages on the same kind of "
        "machine. With other versions or machines they may differ in the last digits."
    )
    # The limits of a card that was read from a file hold them already.
    limits += [text for text in ours if text not in limits]
    complete = {**_plain(entries, "card"), "limits": _plain(limits, "card['limits']")}
    complete["estimator"] = _summary(estimator)
    for key, attribute in (("classes", "classes_"), ("columns", "feature_names_in_")):
        names = getattr(estimator, attribute, None)
        if isinstance(names, np.ndarray) and names.ndim == 1 and len(names) <= 200:
            complete[key] = [str(name) for name in names]
    return {**complete, "packages": packages}


def card_text(card):
    """Return a card as markdown."""
    parts = ["# Model card", "", f"`{card['estimator']}`", ""]
    if "description" in card:
        parts += [str(card["description"]), ""]
    for key, value in card.items():
        if key not in ("estimator", "description"):
            parts += [f"## {key.replace('_', ' ').capitalize()}", "", *_lines(value), ""]
    return "\n".join(parts)


def _lines(value, indent=""):
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict | list):
                yield f"{indent}- {key}:"
                yield from _lines(item, indent + "  ")
            else:
                yield f"{indent}- {key}: {item}"
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list):
                yield from _lines(item, indent + "  ")
            else:
                yield f"{indent}- {item}"
    else:
        yield f"{indent}{value}"


def _plain(value, path):
    """Convert a value to plain JSON types: numpy to Python, NaN and infinity to text."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(item, f"{path}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{path}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(
        f"The card may contain text, numbers, lists and dicts; {path} is a {type(value).__name__}."
    )


def _summary(estimator):
    """Return the class name of an estimator, with those of its parts in parentheses."""
    name = type(estimator).__name__
    steps = getattr(estimator, "steps", None) or getattr(estimator, "transformer_list", None)
    inner = [step[1] for step in steps] if steps else []
    if hasattr(estimator, "transformers"):
        inner = [part[1] for part in estimator.transformers]
    elif name == "FrozenEstimator":
        inner = [estimator.estimator]
    texts = [part if isinstance(part, str) else _summary(part) for part in inner]
    return f"{name}({', '.join(texts)})" if texts else name
