"""The model card: what a model is, from what, how good, and where it ends."""

import importlib.metadata
import math
import platform

import numpy as np

import sklearn_sn

# Written by us; whatever else a user gives is kept beside it.
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
    """A card as a dict of plain JSON types.

    Parameters
    ----------
    card : dict, str or None
        The user's; a text becomes its "description".
    estimator : estimator
    classes : sequence of str
        Full names of the classes inside.
    packages : dict of str to str

    Raises
    ------
    TypeError
        If the card holds what JSON cannot.
    ValueError
        If it gives an entry that we write.
    """
    given = {"description": card} if isinstance(card, str) else dict(card or {})
    for key in ("estimator", "classes", "columns", "packages"):
        if key in given:
            raise ValueError(f"The card's {key!r} is written by save_model; use another name.")
    limits = given.pop("limits", [])
    limits = [limits] if isinstance(limits, str) else list(limits)
    holders = [name for name in classes if name.rpartition(".")[2] in _HOLDS_DATA]
    if holders:
        limits.append(
            f"Contains rows that it was fitted on, in its {holders[0].rpartition('.')[2]}."
        )
    limits.append(
        "Predictions are equal bit for bit with these versions of the packages on the same kind of "
        "machine; with others they may differ in the last digits."
    )
    whole = {**_plain(given, "card"), "limits": _plain(limits, "card['limits']")}
    whole["estimator"] = _summary(estimator)
    for key, attribute in (("classes", "classes_"), ("columns", "feature_names_in_")):
        found = getattr(estimator, attribute, None)
        if isinstance(found, np.ndarray) and found.ndim == 1 and len(found) <= 200:
            whole[key] = [str(item) for item in found]
    return {**whole, "packages": packages}


def card_text(card):
    """A card as markdown."""
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
    """Plain JSON types; numpy's numbers and arrays become Python's, NaN a word."""
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
        f"The card holds text, numbers, lists and dicts; {path} is a {type(value).__name__}."
    )


def _summary(estimator):
    """Class names, nested as the estimators are."""
    name = type(estimator).__name__
    steps = getattr(estimator, "steps", None) or getattr(estimator, "transformer_list", None)
    inner = [step[1] for step in steps] if steps else []
    if hasattr(estimator, "transformers"):
        inner = [part[1] for part in estimator.transformers]
    elif name == "FrozenEstimator":
        inner = [estimator.estimator]
    texts = [part if isinstance(part, str) else _summary(part) for part in inner]
    return f"{name}({', '.join(texts)})" if texts else name
