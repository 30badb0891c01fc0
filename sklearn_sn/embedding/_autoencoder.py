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
    """Raise a ValueError if parameters of an MMVAEEmbedder are invalid or conflict."""
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
    """Raise a ValueError for metadata columns that determine the coordinates of all points.

    These are ``t_peak`` and, in the rest frame, ``redshift``. The network could read their values
    from the coordinates instead of from the data.
    """
    coordinate_columns = ("t_peak", "redshift") if frame == "rest" else ("t_peak",)
    for name in columns:
        if name in coordinate_columns:
            remedy = " or set frame='observer'" if name == "redshift" else ""
            raise ValueError(
                f"'metadata_columns' holds {name!r}, which determines the coordinates of light "
                f"curves and spectra and could be read from them. Leave it out{remedy}."
            )


def requested_modalities(embedder, X):
    """Return the modalities to read: those that X has, or that have an explicit encoder."""
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
        # None leaves the choice to the estimator: neither shift nor dropout.
        for parameter in ("max_shift", "dropout"):
            if getattr(encoder, parameter, 0.0) is None:
                setattr(encoder, parameter, 0.0)
        encoders[name] = encoder
    return encoders


def point_set(name, embedder, encoder, decoder):
    """Return the unfitted preprocessor of the points of a modality, the targets of the decoder."""
    # Hidden points and amplitudes only affect an encoder that reads the points themselves.
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


def check_range_of_points(encoder, wavelength_range):
    """Raise a ValueError if an encoder of the points of spectra has a grid of its own."""
    own = getattr(encoder, "wavelength_range", None)
    if encoder.reads_points and own is not None and tuple(own) != tuple(wavelength_range):
        raise ValueError(
            f"The 'wavelength_range' parameter of {type(encoder).__name__} is {own!r}, but the "
            f"encoder reads the points that MMVAEEmbedder selects. Set wavelength_range={own!r} of "
            "MMVAEEmbedder instead."
        )


def encoder_key(name):
    """Return the key of the data that an encoder reads if it does not read points."""
    return f"{name} encoder"


def fitted_preprocessors(embedder, encoders, decoder, table, frame, rest_frame):
    """Return fitted point sets of all modalities, and preprocessors for the other encoders."""
    settings = DataSettings(
        wavelength_range=tuple(embedder.wavelength_range),
        rest_frame=rest_frame,
        metadata_columns=tuple(embedder.metadata_columns),
    )
    preprocessors = {}
    for name, encoder in encoders.items():
        check_range_of_points(encoder, embedder.wavelength_range)
        preprocessors[name] = point_set(name, embedder, encoder, decoder).fit(table, frame)
    for name, encoder in encoders.items():
        if not encoder.reads_points:
            preprocessors[encoder_key(name)] = encoder.make_preprocessor(settings).fit(table)
    return preprocessors


def prepare(preprocessors, table, frame):
    """Return the scaled modalities of a table, as a dict."""
    # Only point sets have `to_flux`, and need the phases of the frame.
    return {
        name: part.prepare(table, frame) if hasattr(part, "to_flux") else part.prepare(table)
        for name, part in preprocessors.items()
    }


def build_module(embedder, encoders, decoder, dataset):
    """Return a new module with sizes from the fitted preprocessors and the parameters."""
    low, high = embedder.phase_range
    tokens, dim, span = embedder.latent_tokens, embedder.latent_dim, float(high - low)
    experts = {}
    for name, encoder in encoders.items():
        # A transceiver is rebuilt as an expert, whose queries give means and scales. The output of
        # any other encoder goes through two linear heads.
        if encoder.reads_points:
            points = dataset.preprocessors[name]
            experts[name] = encoder.make_expert(points, tokens, dim, span)
            continue
        key = encoder_key(name)
        network = encoder.make_module(dataset.preprocessors[key])
        # The width of a custom module is only known from a forward pass of one object.
        first = np.flatnonzero(dataset.prepared[key].lengths[dataset.rows] > 0)[:1]
        sample = dataset.gather(first, "cpu").tensors[key][0]
        width = encoder_width(network, sample)
        experts[name] = EncoderExpert(network, width=width, n_tokens=tokens, latent_dim=dim)
    decoders = {name: decoder.make_module(tokens, dim, span) for name in encoders}
    return MMVAEModule(experts, decoders, latent_tokens=tokens, latent_dim=dim)


def check_inside(preprocessors, prepared):
    """Raise a ValueError if a modality has no data inside the ranges."""
    for name, part in prepared.items():
        if (part.lengths > 0).any():
            continue
        if name in PLAIN:
            raise ValueError(f"No object of X has {name}; leave it out by {name}=None.")
        preprocessor = preprocessors[name]
        ranges = f"phase_range={getattr(preprocessor, 'phase_range', None)!r}"
        if name.startswith("spectrum"):
            ranges += f" and wavelength_range={preprocessor.wavelength_range!r}"
        modality = name.split()[0]
        raise ValueError(
            f"No {modality} lies within {ranges}. Change them, or leave the modality out by "
            f"{modality}=None."
        )


def balanced_weights(embedder, preprocessors, prepared):
    """Return parameters of the net: weights of modalities, and mean weighted points per object."""
    points = {}
    for name in embedder.modalities_:
        part = prepared[name]
        lengths = part.lengths[part.lengths > 0]
        points[name] = float(lengths.mean())
        drawn = preprocessors[name].n_drawn
        if drawn is not None:
            # A training step uses at most `drawn` spectra of an object.
            n_groups = part.n_groups[part.lengths > 0]
            points[name] *= float((n_groups.clip(max=drawn) / n_groups).mean())
    requested = embedder.likelihood_weights
    requested = {"spectrum": 1.0, **(requested if isinstance(requested, dict) else {})}
    if requested["spectrum"] == "balanced":
        requested["spectrum"] = 1.0
    # A balanced modality gets the total weight of the spectra or, without spectra, of the modality
    # with most points.
    reference = "spectrum" if "spectrum" in points else max(points, key=points.get)
    weights = {}
    for name in points:
        weight = requested.get(name, "balanced")
        if weight == "balanced":
            weight = max(1.0, points[reference] / points[name]) * requested["spectrum"]
        weights[name] = float(weight)
    # The net divides its loss by this number, so that gradients are of order 1.
    total = sum(weights[name] * points[name] for name in points)
    return {"weights": weights, "points_per_object": total}
