"""The base of encoders, the parameter objects of one modality."""

from dataclasses import dataclass
from typing import Any, dataclass_transform

from sklearn.base import BaseEstimator
from torch import nn

from sklearn_sn.encoders._parameter_object import parameter_object
from sklearn_sn.preprocessors import Preprocessor

MODALITIES = ("light_curve", "spectrum", "image", "metadata")
ENCODERS = {modality: {} for modality in MODALITIES}  # filled as classes are defined


@dataclass(frozen=True)
class DataSettings:
    """Settings of the data that an estimator passes to its encoders.

    Attributes
    ----------
    wavelength_range : pair of float
        Outer edges of the grid of spectra in Å.
    rest_frame : bool
        Whether spectra are shifted to the rest frame by the redshift column of the table.
    metadata_columns : tuple of str
        Plain columns of the modality "metadata".
    sky_columns : tuple of str
        Columns of right ascension and declination in degrees that encoders of images may read;
        empty if there are none.
    n_array_columns : int or None
        Columns of X if it is an array; None for a table.
    """

    wavelength_range: tuple = (3500.0, 9000.0)
    rest_frame: bool = False
    metadata_columns: tuple = ()
    sky_columns: tuple = ()
    n_array_columns: int | None = None


def register(cls):
    """Make an encoder class known by its modality and name.

    Raises
    ------
    ValueError
        If the class has no modality, or another class has its name.
    """
    if cls.modality is None:
        raise ValueError(
            f"{cls.__name__} has the name {cls.name!r} but no modality. Derive it from the base of "
            f"a modality, such as LightCurveEncoder, or pass modality=, one of {list(MODALITIES)}."
        )
    known = ENCODERS[cls.modality].get(cls.name)
    # A class may be defined again, as in a notebook.
    if known is not None and known.__qualname__ != cls.__qualname__:
        raise ValueError(
            f"The name {cls.name!r} of {cls.__name__} is that of {known.__name__}, another encoder "
            f"of the modality {cls.modality!r}. Choose another name."
        )
    ENCODERS[cls.modality][cls.name] = cls


@dataclass_transform(kw_only_default=True)
class Encoder(BaseEstimator):
    """Base of encoders: sizes of a network, and scaling and augmentation of its modality.

    An encoder is to an estimator what a kernel is to scikit-learn's GaussianProcessRegressor: a
    parameter object without fitted state. Annotated class attributes are its keyword parameters,
    as in a dataclass; ``clone``, ``repr``, nested parameters and searches come from scikit-learn.
    A subclass is registered when it is defined: estimators find it by its modality and ``name``.

    Subclasses define :meth:`make_module`, and inherit or define :meth:`make_preprocessor`.

    Attributes
    ----------
    modality : str
        The modality that the encoder reads.
    name : str or None
        Name by which estimators accept the encoder with its default parameters.
    normalize_latent : bool
        Whether supervised estimators apply a layer norm to the output.
    reads_points : bool
        Whether the encoder can read the point sets of a multimodal autoencoder.
    gives_point_states : bool
        Whether the module has ``point_tokens`` and ``point_states``, which masked pretraining uses.
    gives_window_states : bool
        Whether the module has ``window_states``, which masked pretraining of spectra uses.
    head_parameters : tuple of str
        Parameters of the output layers, which may differ from those of a pretrained encoder. The
        method ``replace_head`` of the module then makes new layers.
    gives_features_per_bin : bool
        Whether the output is (B, features, bins) instead of (B, width).
    is_causal : bool
        Whether the module has the method ``after_each_point``.
    exports_to_onnx : bool
        Whether :func:`sklearn_sn.onnx.export_onnx` supports the module.
    reads_sky_position : bool
        Whether the encoder reads the columns ``ra`` and ``dec`` of the table, if it has them.
    array_kind : str or None
        Meaning of an array X for this modality; None if X must be a table.
    longest_exact_array : float
        Number of columns below which arrays are processed in double precision.

    Examples
    --------
    >>> from torch import nn
    >>> from sklearn_sn.encoders import MetadataEncoder
    >>> class LinearModule(nn.Linear):
    ...     def forward(self, values):
    ...         return super().forward(values)
    >>> class LinearMetadata(MetadataEncoder):
    ...     latent_dim: int = 8
    ...
    ...     def make_module(self, preprocessor):
    ...         return LinearModule(preprocessor.n_values, self.latent_dim)
    >>> LinearMetadata(latent_dim=4)
    LinearMetadata(latent_dim=4)
    """

    _file_kind = "object"
    modality = None
    name = None
    normalize_latent = True
    reads_points = False
    gives_point_states = False
    gives_window_states = False
    head_parameters = ()
    gives_features_per_bin = False
    is_causal = False
    exports_to_onnx = False
    reads_sky_position = False
    array_kind = None
    longest_exact_array = 0.0

    def __init_subclass__(cls, *, name=None, modality=None, **kwargs):
        super().__init_subclass__(**kwargs)
        parameter_object(cls)
        cls.modality = modality or cls.modality
        cls.name = name
        if cls.modality not in (None, *MODALITIES):
            raise ValueError(
                f"The modality of {cls.__name__} must be one of {list(MODALITIES)}. Got "
                f"{cls.modality!r} instead."
            )
        if name is not None:
            register(cls)

    def check(self) -> None:
        """Raise a ValueError if a parameter is out of range or parameters conflict."""
        self._validate_params()

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        """Return an unfitted preprocessor.

        Parameters
        ----------
        settings : DataSettings
            Settings of the estimator.
        """
        raise NotImplementedError

    def make_module(self, preprocessor: Any) -> nn.Module:
        """Return a new torch module.

        Parameters
        ----------
        preprocessor : Preprocessor
            Fitted preprocessor, which has the numbers of values, channels, bins or bands.
        """
        raise NotImplementedError
