"""Put the inputs and the module of a multimodal autoencoder together."""

from numbers import Real

from sklearn_sn.modules import MMVAEModule
from sklearn_sn.nets import ImagePixels, LightCurvePoints, MetadataNumbers, SpectrumPixels

MODALITIES = ("light_curve", "spectrum", "image", "metadata")
PLAIN = ("image", "metadata")  # without wavelength and phase
_OF_MODULE = (
    "latent_tokens",
    "latent_dim",
    "d_model",
    "n_heads",
    "n_layers",
    "d_feedforward",
    "dropout",
    "n_frequencies",
    "velocity_resolution",
    "phase_resolution",
)


def check_parameters(params):
    """Refuse names, sizes and ranges that do not go together, before any work.

    Raises
    ------
    ValueError
        Naming the parameter.
    """
    modalities = list(MODALITIES if params["modalities"] is None else params["modalities"])
    strange = any(name not in MODALITIES for name in modalities)
    if not modalities or strange or len(set(modalities)) < len(modalities):
        raise ValueError(
            f"The 'modalities' parameter must hold different names of {list(MODALITIES)}. Got "
            f"{params['modalities']!r} instead."
        )
    columns = params["metadata_columns"]
    if isinstance(columns, str) or any(not isinstance(name, str) for name in columns):
        raise ValueError(
            "The 'metadata_columns' parameter must be a sequence of column names. Got "
            f"{columns!r} instead."
        )
    if params["modalities"] is not None and ("metadata" in modalities) != (len(columns) > 0):
        raise ValueError(
            "'metadata' among the modalities and 'metadata_columns' go together; got "
            f"{modalities} and {list(columns)}."
        )
    if params["d_model"] % params["n_heads"]:
        raise ValueError(
            "The 'd_model' parameter must be a multiple of 'n_heads'; got "
            f"{params['d_model']} and {params['n_heads']}."
        )
    _check_range(params, "phase_range", -1e4, 1e4, "days")
    _check_range(params, "wavelength_range", 300.0, 30000.0, "Å")
    _check_range(params, "normalization_range", 300.0, 30000.0, "Å")


def _check_range(params, name, lowest, highest, unit):
    ends = tuple(params[name])
    numbers = len(ends) == 2 and all(isinstance(end, Real) for end in ends)
    if not numbers or not lowest <= ends[0] < ends[1] <= highest:
        raise ValueError(
            f"The {name!r} parameter must be two rising numbers in [{lowest:g}, {highest:g}] "
            f"{unit}. Got {ends!r} instead."
        )


def check_columns(columns, frame):
    """Refuse to generate what every point is placed by.

    Raises
    ------
    ValueError
        For ``t_peak``, and for ``redshift`` in the rest frame.
    """
    placing = ("t_peak", "redshift") if frame == "rest" else ("t_peak",)
    for name in columns:
        if name in placing:
            remedy = " or set frame='observer'" if name == "redshift" else ""
            raise ValueError(
                f"'metadata_columns' holds {name!r}, by which the points of light curves and "
                f"spectra are placed: it would be read from there. Leave it out{remedy}."
            )


def modalities_of(X, params):
    """The modalities to read: those asked for, or those that X has."""
    if params["modalities"] is not None:
        return list(params["modalities"])
    found = [name for name in MODALITIES[:3] if name in X.columns]
    return found + (["metadata"] if len(params["metadata_columns"]) else [])


def build_points(name, params):
    """The input of one modality, from an estimator's parameters (a dict); not fitted."""
    augmentation = params["augmentation"]
    if name == "metadata":
        return MetadataNumbers(columns=params["metadata_columns"], augmentation=augmentation)
    if name == "image":
        return ImagePixels(size=params["image_size"], augmentation=augmentation)
    common = {"phase_range": params["phase_range"], "augmentation": augmentation}
    if name == "light_curve":
        return LightCurvePoints(
            max_points=params["max_points"], amplitude=params["amplitude"], **common
        )
    return SpectrumPixels(
        wavelength_range=params["wavelength_range"],
        normalization_range=params["normalization_range"],
        max_pixels=params["max_pixels"],
        n_drawn=params["spectra_per_object"],
        **common,
    )


def build_module(params, inputs):
    """The module: sizes come from the fitted inputs and the parameters."""
    low, high = params["phase_range"]
    return MMVAEModule(
        {name: source.n_values for name, source in inputs.items()},
        phase_span=float(high - low),
        **{name: params[name] for name in _OF_MODULE},
    )


def check_inside(inputs, prepared):
    """Refuse a modality of which nothing lies inside the ranges.

    Raises
    ------
    ValueError
        Naming the modality and the ranges.
    """
    for name, part in prepared.items():
        if not (part.lengths > 0).any():
            if name in PLAIN:
                raise ValueError(f"No object of X has {name}; leave {name!r} out.")
            source = inputs[name]
            where = f"phase_range={source.phase_range!r}"
            if name == "spectrum":
                where += f" and wavelength_range={source.wavelength_range!r}"
            raise ValueError(
                f"No {name} lies within {where}; change them, or leave {name!r} out by the "
                "'modalities' parameter."
            )


def balance(params, inputs, prepared):
    """Weights of the modalities, and the weighted number of points of an average object."""
    points = {}
    for name, part in prepared.items():
        lengths = part.lengths[part.lengths > 0]
        points[name] = float(lengths.mean())
        drawn = inputs[name].n_drawn
        if drawn is not None:
            # Of more spectra than these a training step sees a part.
            n_groups = part.n_groups[part.lengths > 0]
            points[name] *= float((n_groups.clip(max=drawn) / n_groups).mean())
    # What is balanced weighs as much as the spectra do or, without them, as the largest modality.
    first = "spectrum" if "spectrum" in points else max(points, key=points.get)
    weights = {"spectrum": float(params["spectrum_weight"])}
    for name in points:
        weight = params[f"{name}_weight"]
        if weight == "balanced":
            weight = max(1.0, points[first] / points[name]) * weights["spectrum"]
        weights[name] = float(weight)
    weights = {name: weights[name] for name in points}
    total = sum(weights[name] * points[name] for name in points)
    return {"weights": weights, "points_per_object": total}
