"""The base of encoders, which are parameter objects."""

from dataclasses import dataclass
from typing import Any, ClassVar, dataclass_transform

from sklearn.base import BaseEstimator
from torch import nn

from sklearn_sn.encoders._parameter_object import parameter_object
from sklearn_sn.preprocessors import Preprocessor

MODALITIES = ("light_curve", "spectrum", "image", "metadata")
# Filled as classes are defined.
ENCODERS: dict[str, dict[str, Any]] = {modality: {} for modality in MODALITIES}


@dataclass(frozen=True)
class DataSettings:
    """What an estimator decides about the data that its encoders read.

    Attributes
    ----------
    wavelength_range : pair of float
        Outer edges of the grid of spectra, Å.
    rest_frame : bool
        Whether spectra are brought to rest by the redshift column of the table.
    metadata_columns : tuple of str
        Plain columns of the modality "metadata".
    n_array_columns : int or None
        Columns of X if it is an array; None for a table.
    """

    wavelength_range: tuple[float, float] = (3500.0, 9000.0)
    rest_frame: bool = False
    metadata_columns: tuple[str, ...] = ()
    n_array_columns: int | None = None


@dataclass_transform(kw_only_default=True)
class Encoder(BaseEstimator):
    """Base of encoders: sizes of a network and how its modality is scaled and augmented.

    An encoder is to an estimator what a kernel is to scikit-learn's GaussianProcessRegressor: a
    parameter object without fitted state. Annotated class attributes are its keyword parameters,
    as in a dataclass; ``clone``, ``repr``, nested parameters and searches come from scikit-learn.
    Defining a class announces it: under ``name``, for its modality, estimators and files find it.

    Subclasses define :meth:`make_module`, and inherit or define :meth:`make_preprocessor`.

    Attributes
    ----------
    modality : str
        The modality that the encoder reads.
    name : str or None
        Name that stands for the encoder with its default parameters.
    normalize_latent : bool
        Whether supervised heads put a layer norm on the output.
    reads_points : bool
        Whether the encoder can read the point sets of a multimodal autoencoder.
    gives_features_per_bin : bool
        Whether the output is (B, features, bins) instead of (B, width).
    is_causal : bool
        Whether the module has ``after_each_point``.
    array_kind : str or None
        What an array X means for this modality; None if only tables make sense.
    longest_exact_array : float
        Arrays of fewer columns are processed in double precision.

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
    modality: ClassVar[str | None] = None
    name: ClassVar[str | None] = None
    normalize_latent = True
    reads_points = False
    gives_features_per_bin = False
    is_causal = False
    array_kind: ClassVar[str | None] = None
    longest_exact_array: ClassVar[float] = 0.0

    def __init_subclass__(cls, *, name=None, modality=None, **kwargs):
        super().__init_subclass__(**kwargs)
        parameter_object(cls)
        cls.modality = modality or cls.modality
        cls.name = name
        if name is not None:
            ENCODERS[cls.modality][name] = cls

    def check(self) -> None:
        """Raise a ValueError for a parameter out of range, or parameters that conflict."""
        self._validate_params()

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        """Return an unfitted preprocessor.

        Parameters
        ----------
        settings : DataSettings
            What the estimator decides.
        """
        raise NotImplementedError

    def make_module(self, preprocessor: Any) -> nn.Module:
        """Return a new torch module.

        Parameters
        ----------
        preprocessor : Preprocessor
            Fitted; it knows the numbers of values, channels, bins or bands.
        """
        raise NotImplementedError
