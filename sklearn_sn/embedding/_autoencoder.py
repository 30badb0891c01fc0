"""Assemble the encoders, point sets and module of a multimodal autoencoder."""

from numbers import Real

import numpy as np

from sklearn_sn.base import encoder_width
from sklearn_sn.embedding._checks import check_columns, check_range, is_given
from sklearn_sn.encoders import MODALITIES, DataSettings, resolve_encoder
from sklearn_sn.modules import EncoderExpert, MMVAEModule
from sklearn_sn.preprocessors import ImagePixels, LightCurvePoints, MetadataNumbers, SpectrumPixels

PLAIN = ("image", "metadata")  # modalities without wavelength and phase


def check_parameters(embedder):
    """Raise a ValueError for parameters of an MMVAEEmbedder that conflict."""
    check_columns(embedder, ("metadata_columns",))
    if any(not isinstance(name, str) for name in embedder.metadata_columns):
        raise ValueError(
            "The 'metadata_columns' parameter must be a sequence of column names. Got "
            f"{embedder.metadata_columns!r} instead."
        )
    if is_given(embedder.metadata) and not len(embedder.metadata_columns):
        raise ValueError(
            "The 'metadata' parameter gives an encoder, but 'metadata_columns' names no column."
        )
    check_range("phase_range", embedder.phase_range, -1e4, 1e4, "days")
    check_range("wavelength_range", embedder.wavelength_range, 300.0, 30000.0, "Å")
    weights = embedder.likelihood_weights
    for name, value in weights.items() if isinstance(weights, dict) else ():
        valid = value == "balanced" or (isinstance(value, Real) and value > 0)
        if name not in MODALITIES or not valid:
            raise ValueError(
                "The 'likelihood_weights' parameter must be 'balanced' or a dict of positive "
                f"numbers (or 'balanced') by modality. Got {weights!r} instead."
            )
    if not isinstance(weights, dict) and weights != "balanced":
        raise ValueError(
            f"The 'likelihood_weights' parameter must be 'balanced' or a dict. Got {weights!r} "
            "instead."
        )


def check_not_coordinates(columns, frame):
    """Raise a ValueError for columns that place every point, and so cannot be generated.

    These are ``t_peak`` and, in the rest frame, ``redshift``.
    """
    placing = ("t_peak", "redshift") if frame == "rest" else ("t_peak",)
    for name in columns:
        if name in placing:
            remedy = " or set frame='observer'" if name == "redshift" else ""
            raise ValueError(
                f"'metadata_columns' holds {name!r}, which places the points of light curves and "
                f"spectra, so that it would be read from there. Leave it out{remedy}."
            )


def asked_modalities(embedder, X):
    """Return the modalities to read: those with an encoder that X has, or that are required."""
    names = []
    for name in MODALITIES:
        value = getattr(embedder, name)
        present = bool(len(embedder.metadata_columns)) if name == "metadata" else name in X.columns
        if value is not None and (present or is_given(value)):
            names.append(name)
    return names


def chosen_encoders(embedder, modalities):
    """Return the checked encoder of every modality, as a dict."""
    encoders = {}
    for name in modalities:
        encoder = resolve_encoder(
            getattr(embedder, name),
            name,
            parameter=name,
            estimator=type(embedder).__name__,
            default="transceiver",
        )
        if encoder.gives_features_per_bin:
            raise ValueError(
                f"The {name!r} parameter of MMVAEEmbedder must give one vector for an instance. "
                f"Got {encoder!r} instead."
            )
        for parameter in ("max_shift", "dropout"):
            if getattr(encoder, parameter, 0.0) is None:
                setattr(encoder, parameter, 0.0)
        encoders[name] = encoder
    return encoders


def point_set(name, embedder, encoder, decoder):
    """Return the unfitted point set of a modality, which the decoder explains."""
    # Only an encoder that reads the points themselves has a use for hidden points and amplitudes.
    augmentation = encoder.reads_points and encoder.augmentation
    if name == "metadata":
        return MetadataNumbers(columns=embedder.metadata_columns, augmentation=augmentation)
    if name == "image":
        size = encoder.size if encoder.reads_points else decoder.image_size
        return ImagePixels(size=size, augmentation=augmentation)
    if name == "light_curve":
        return LightCurvePoints(
            phase_range=embedder.phase_range,
            max_points=decoder.max_points,
            amplitude=encoder.reads_points and encoder.amplitude,
            augmentation=augmentation,
        )
    return SpectrumPixels(
        phase_range=embedder.phase_range,
        wavelength_range=embedder.wavelength_range,
        normalization_range=decoder.normalization_range,
        max_pixels=decoder.max_pixels,
        n_drawn=decoder.spectra_per_object,
        augmentation=augmentation,
    )


def encoder_key(name):
    """Return the key of the data that an encoder reads if it does not read points."""
    return f"{name} encoder"


def fitted_preprocessors(embedder, encoders, decoder, table, frame, rest_frame):
    """Return a fitted point set for every modality, and preprocessors of other encoders."""
    settings = DataSettings(
        wavelength_range=tuple(embedder.wavelength_range),
        rest_frame=rest_frame,
        metadata_columns=tuple(embedder.metadata_columns),
    )
    preprocessors = {}
    for name, encoder in encoders.items():
        preprocessors[name] = point_set(name, embedder, encoder, decoder).fit(table, frame)
    for name, encoder in encoders.items():
        if not encoder.reads_points:
            preprocessors[encoder_key(name)] = encoder.make_preprocessor(settings).fit(table)
    return preprocessors


def prepare(preprocessors, table, frame):
    """Scale all modalities of a table once, as a dict."""
    return {
        name: part.prepare(table, frame) if hasattr(part, "to_flux") else part.prepare(table)
        for name, part in preprocessors.items()
    }


def build_module(embedder, encoders, decoder, dataset):
    """Return the module; sizes come from the fitted preprocessors and the parameters."""
    low, high = embedder.phase_range
    tokens, dim, span = embedder.latent_tokens, embedder.latent_dim, float(high - low)
    experts = {}
    for name, encoder in encoders.items():
        if encoder.reads_points:
            points = dataset.preprocessors[name]
            experts[name] = encoder.make_expert(points, tokens, dim, span)
            continue
        key = encoder_key(name)
        network = encoder.make_module(dataset.preprocessors[key])
        first = np.flatnonzero(dataset.prepared[key].lengths[dataset.rows] > 0)[:1]
        sample = dataset.gather(first, "cpu").tensors[key][0]
        width = encoder_width(network, sample)
        experts[name] = EncoderExpert(network, width=width, n_tokens=tokens, latent_dim=dim)
    decoders = {name: decoder.make_module(tokens, dim, span) for name in encoders}
    return MMVAEModule(experts, decoders, latent_tokens=tokens, latent_dim=dim)


def check_inside(preprocessors, prepared):
    """Raise a ValueError for a modality of which nothing lies inside the ranges."""
    for name, part in prepared.items():
        if (part.lengths > 0).any():
            continue
        if name in PLAIN:
            raise ValueError(f"No object of X has {name}; leave it out by {name}=None.")
        preprocessor = preprocessors[name]
        where = f"phase_range={getattr(preprocessor, 'phase_range', None)!r}"
        if name.startswith("spectrum"):
            where += f" and wavelength_range={preprocessor.wavelength_range!r}"
        modality = name.split()[0]
        raise ValueError(
            f"No {modality} lies within {where}; change them, or leave the modality out by "
            f"{modality}=None."
        )


def balanced_weights(embedder, preprocessors, prepared):
    """Return net parameters: weights of the modalities, and weighted points of a mean object."""
    points = {}
    for name in embedder.modalities_:
        part = prepared[name]
        lengths = part.lengths[part.lengths > 0]
        points[name] = float(lengths.mean())
        drawn = preprocessors[name].n_drawn
        if drawn is not None:
            # A training step uses only a part of more spectra than these.
            n_groups = part.n_groups[part.lengths > 0]
            points[name] *= float((n_groups.clip(max=drawn) / n_groups).mean())
    given = embedder.likelihood_weights
    given = {"spectrum": 1.0, **(given if isinstance(given, dict) else {})}
    if given["spectrum"] == "balanced":
        given["spectrum"] = 1.0
    # A balanced modality gets the weight of the spectra or, without them, of the largest modality.
    first = "spectrum" if "spectrum" in points else max(points, key=points.get)
    weights = {}
    for name in points:
        weight = given.get(name, "balanced")
        if weight == "balanced":
            weight = max(1.0, points[first] / points[name]) * given["spectrum"]
        weights[name] = float(weight)
    total = sum(weights[name] * points[name] for name in points)
    return {"weights": weights, "points_per_object": total}
