"""Strict JSON: NaN, infinity and duplicate keys are rejected."""

import json
import math

from sklearn_sn.persistence._errors import ModelFileError


def write_json(value):
    """Return a value of plain JSON types as ASCII bytes; equal values give equal bytes."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.encode("ascii")


def read_json(data, name):
    """Parse the bytes of a JSON file strictly.

    Parameters
    ----------
    data : bytes
        Content of the file, encoded as UTF-8.
    name : str
        Name of the file in error messages.

    Raises
    ------
    ModelFileError
        If the bytes are not strict JSON. The message names the file and the defect.
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_constant=_reject_constant,
            parse_float=_parse_finite,
            object_pairs_hook=_parse_unique,
        )
    except RecursionError:
        raise ModelFileError(f"{name} is nested too deeply.") from None
    except ValueError as error:
        raise ModelFileError(f"{name} is no valid JSON: {error}.") from error


def _reject_constant(constant):
    raise ValueError(f"{constant} is not a number of JSON")


def _parse_finite(text):
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is out of range")
    return value


def _parse_unique(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object names one key twice")
    return value
