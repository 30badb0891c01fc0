"""What an embedder refuses before any work, and what it says."""

from numbers import Real

import numpy as np
from sklearn.frozen import FrozenEstimator

from sklearn_sn.base import ENCODERS, TRAINABLE, named_encoders, raise_on_conflicting_params

_OF_INPUT = {
    "light_curve": ("amplitude", "time_origin", "time_window", "band_encoding"),
    "spectrum": ("spectrum_range", "spectrum_n_bins"),
    "metadata": ("metadata_columns",),
}


def _numbers(values):
    return all(isinstance(value, Real) for value in values)


def check_names(params):
    """Refuse names and sizes that do not go together, before any work.

    Raises
    ------
    ValueError
        Naming the parameter.
    """
    encoders = named_encoders(params["encoders"])
    if isinstance(params["encoders"], str) and not encoders:
        raise ValueError(
            f"The 'encoders' parameter must name an encoder of {ENCODERS!r}. Got "
            f"{params['encoders']!r} instead."
        )
    _known_modalities("encoders", encoders)
    modalities = list(params["modalities"] or ())
    _known_modalities("modalities", modalities)
    if len(set(modalities)) < len(modalities):
        raise ValueError(
            f"The 'modalities' parameter must hold different names. Got {modalities!r} instead."
        )
    for modality, encoder in encoders.items():
        if isinstance(encoder, str) and encoder not in ENCODERS[modality]:
            raise ValueError(
                f"The 'encoders' parameter gives {encoder!r} for {modality!r}; it must be one of "
                f"{list(ENCODERS[modality])}, a torch.nn.Module, or a callable that returns one."
            )
    _check_columns(params)
    sizes = [("light_curve_d_model", "light_curve_n_heads")]
    if encoders.get("spectrum") in ("transformer", "transceiver"):
        sizes.append(("spectrum_d_model", "spectrum_n_heads"))
    for size, heads in sizes:
        if params[size] % params[heads] or params[size] % 2:
            raise ValueError(
                f"The {size!r} parameter must be even and a multiple of {heads!r}; got "
                f"{params[size]} and {params[heads]}."
            )
    if encoders.get("light_curve") == "transceiver" and params["band_encoding"] != "wavelength":
        raise ValueError(
            "The 'band_encoding' parameter must be 'wavelength' for encoders={'light_curve': "
            f"'transceiver'}}. Got {params['band_encoding']!r} instead."
        )
    if params["learn_temperature"] and params["temperature"] < params["min_temperature"]:
        raise ValueError(
            f"The 'temperature' parameter is {params['temperature']!r}, below 'min_temperature', "
            f"{params['min_temperature']!r}."
        )
    window = tuple(params["time_window"])
    if not _numbers(window) or len(window) != 2 or not window[0] <= 0.0 < window[1]:
        raise ValueError(
            "The 'time_window' parameter must be a pair of days, one not above 0 and one above it. "
            f"Got {window!r} instead."
        )
    ends = tuple(params["spectrum_range"])
    if not _numbers(ends) or len(ends) != 2 or not 1000.0 <= ends[0] < ends[1] <= 30000.0:
        raise ValueError(
            "The 'spectrum_range' parameter must be two rising wavelengths in [1000, 30000] Å. Got "
            f"{ends!r} instead."
        )
    how = params["trainable"]
    if how != "all" and params["pretrained"] is None:
        raise ValueError(
            f"The 'trainable' parameter is {how!r}, but nothing is 'pretrained': what is not "
            "pretrained trains. Give pretrained=FrozenEstimator(fitted embedder)."
        )
    if isinstance(how, dict):
        _known_modalities("trainable", how)
    for word in how.values() if isinstance(how, dict) else [how]:
        if word not in TRAINABLE:
            raise ValueError(
                f"The 'trainable' parameter must be one of {list(TRAINABLE)}, or a dict of them by "
                f"modality. Got {word!r} instead."
            )


def _known_modalities(parameter, names):
    for name in names:
        if name not in ENCODERS:
            raise ValueError(
                f"The {parameter!r} parameter must hold names of {list(ENCODERS)}. Got {name!r} "
                "instead."
            )


def _check_columns(params):
    for parameter in ("metadata_columns", "aux_columns"):
        if isinstance(params[parameter], str):
            raise ValueError(
                f"The {parameter!r} parameter must be a sequence of names: [{params[parameter]!r}]."
            )
        taken = [name for name in params[parameter] if name in ENCODERS]
        if taken:
            raise ValueError(
                f"The {parameter!r} parameter must name plain columns; {taken[0]!r} is a modality."
            )
    if "metadata" in (params["modalities"] or ()) and not len(params["metadata_columns"]):
        raise ValueError(
            "The 'modalities' parameter asks for 'metadata'; name its columns by metadata_columns."
        )


def check_modalities(params, modalities, table, columns):
    """Refuse a table with too little to align.

    Raises
    ------
    ValueError
        Saying what is missing, and what to do.
    """
    if len(modalities) >= 2 or (modalities and params["aux_weight"] > 0):
        return
    report = table.report
    empty = [
        f"{name} holds nothing usable in any of {len(table)} objects ({_given(report, name)})"
        for name in ("light_curve", "spectrum", "image")
        if name in columns and table.has(name) and not table.present(name).any()
    ]
    here = f"has {' and '.join(modalities) or 'none'} (columns: {', '.join(map(str, columns))})"
    found = "; ".join([here, *empty])
    raise ValueError(
        f"Contrastive learning needs two modalities; X {found}. Give X another column "
        "(light_curve, spectrum, image), name metadata_columns, or train a single encoder by its "
        "auxiliary heads with aux_weight > 0 and y."
    )


def _given(report, name):
    if f"{name}_given" in report and report[f"{name}_given"].sum():
        return f"{int(report[f'{name}_given'].sum())} given, none left; see quality_report"
    return "all cells are empty"


def check_learnable(params, inputs, prepared, table, extras):
    """Refuse what leaves no pair to contrast and no label to learn.

    Raises
    ------
    ValueError
        Saying why.
    """
    if params["aux_weight"] > 0 and not extras:
        raise ValueError(
            "aux_weight > 0 asks for auxiliary heads, but there is nothing for them to learn: give "
            "y with known labels to fit, or name aux_columns; or set aux_weight=0."
        )
    for name, part in prepared.items():
        if not (part.lengths > 0).any():
            raise ValueError(
                f"No {name} lies within {_range(inputs[name])}; change it, or leave {name!r} out "
                "by the 'modalities' parameter."
            )
    found = np.stack([part.lengths > 0 for part in prepared.values()])
    if (found.sum(axis=0) >= 2).sum() < 2 and not extras:
        raise ValueError(
            "Fewer than two objects of X have two modalities, so that there are no pairs to "
            "contrast; train single encoders with aux_weight > 0 and y."
        )


def _range(source):
    if hasattr(source, "wavelength_range"):
        low, high = source.wavelength_range
        return f"spectrum_range, {low:.0f}–{high:.0f} Å"
    return "the reach of its encoder"


def check_validation(params, valid):
    """Refuse to stop early by a loss that is always 0.

    Raises
    ------
    ValueError
        If the objects held out hold no two pairs, and there is no auxiliary head.
    """
    pairs = int(valid.paired.sum())
    if pairs < 2 and not params["aux_weight"] > 0:
        raise ValueError(
            f"early_stopping holds out {len(valid)} objects, of which {pairs} have two modalities; "
            "two are needed for a loss. Raise validation_fraction, or set early_stopping=False."
        )


def check_pretrained_compatible(params, modalities, defaults):
    """Refuse parameters that contradict those of a pretrained encoder, which would win.

    Raises
    ------
    ValueError
        Naming the parameter.
    """
    given = params["pretrained"]
    named = given if isinstance(given, dict) else dict.fromkeys(modalities, given)
    for modality, estimator in named.items():
        inner = estimator.estimator if isinstance(estimator, FrozenEstimator) else estimator
        if inner is None or modality not in getattr(inner, "modalities_", ()):
            continue
        if modality in named_encoders(params["encoders"]):
            raise ValueError(
                f"The encoder of {modality!r} is given twice, by 'encoders' and by 'pretrained'."
            )
        theirs = inner.get_params(deep=False)
        own = [name for name in params if name.startswith(f"{modality}_")]
        names = [name for name in (*own, *_OF_INPUT.get(modality, ())) if name in theirs]
        raise_on_conflicting_params(params, {name: theirs[name] for name in names}, defaults)
