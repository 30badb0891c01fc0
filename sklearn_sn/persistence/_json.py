"""JSON without its traps: no NaN, no infinity, no name twice."""

import json
import math

from sklearn_sn.persistence._errors import ModelFileError


def write_json(value):
    """ASCII bytes of a value of plain JSON types; the same value gives the same bytes."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.encode("ascii")


def read_json(data, name):
    """Parse bytes strictly.

    Raises
    ------
    ModelFileError
        Naming the file and what is wrong with it.
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_unique,
        )
    except RecursionError:
        raise ModelFileError(f"{name} is nested too deeply.") from None
    except ValueError as error:
        raise ModelFileError(f"{name} is no valid JSON: {error}.") from error


def _refuse(word):
    raise ValueError(f"{word} is not a number of JSON")


def _finite(text):
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is out of range")
    return value


def _unique(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object names one key twice")
    return value
