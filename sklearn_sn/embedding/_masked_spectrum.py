"""Pretrain an encoder of spectra by predicting hidden segments."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    TorchEstimator,
    check_redshifts,
    positive_int,
)
from sklearn_sn.embedding._filled_spectra import FilledSpectra
from sklearn_sn.embedding._self_supervised import SelfSupervisedEmbedder
from sklearn_sn.encoders import DataSettings, EncoderLike, check_wavelength_range
from sklearn_sn.losses import MaskedSpectrumLoss
from sklearn_sn.modules import MaskedSpectrumModule
from sklearn_sn.nets import MaskedSpectrumNet, TableDataset
from sklearn_sn.preprocessors import MaskedSpectrumPreprocessor

NAME = "spectrum"
PREDICT_BINS = 2**17  # bins in a batch of predictions; limits the memory


class MaskedSpectrumEmbedder(SelfSupervisedEmbedder):
    """Embed spectra by an encoder that was trained to predict hidden segments, without labels.

    In every epoch, other segments of each spectrum are set to zero, and the network predicts their
    flux [1]_. A segment consists of windows that overlap by half. Its bins are zero in the windows
    beside it too, so that these do not reveal it. The loss is the mean squared error in the covered
    bins of the hidden windows.

    A fitted embedder is the start of a classifier:
    ``SpectraNetClassifier(pretrained=FrozenEstimator(embedder))``.

    Parameters
    ----------
    encoder : str or Encoder, default="auto"
        Encoder that gives states of windows: "patch_transformer", which "auto" stands for, "cnn" or
        "spectranet"; or such an encoder with its sizes.
    n_segments : int, default=6
        Number of hidden segments of a spectrum.
    segment_length : int or None, default=None
        Windows of a segment. None means 30 on the published grid of 778 windows, and the same
        fraction of other grids, at least 1. In a spectrum with few windows, segments are shorter,
        and fewer: they have at most half of the windows. Their overlap hides other windows too, so
        that of 130 bins about 100 are hidden, of 1,024 bins 300. Without windows of its own, an
        encoder has those of the patch transformer: 20 bins, every 10 bins.
    wavelength_range : pair of float, default=(3500.0, 9000.0)
        Outer edges of the wavelength grid in Å, unless the encoder has its own.
    frame : {"observer", "rest"}, default="observer"
        Frame of the grid. "rest" divides wavelengths by 1 + ``redshift``, a column of the table.
    %(training)s

    Attributes
    ----------
    encoder_ : Encoder
        The encoder that was used, with its parameters.
    preprocessor_ : Preprocessor
        Fitted preprocessor of the encoder.
    missing_embedding_ : array of shape (n_features_out,)
        Output of `transform` for an object without a spectrum: the mean over the training objects.
    %(fitted_network)s

    See Also
    --------
    sklearn_sn.encoders.PatchSpectrumTransformer : The default encoder.
    MaskedEventEmbedder : The same for light curves.
    attention_maps : Attention over wavelength of the fitted encoder.
    sklearn_sn.plotting.MaskFillingDisplay : Plot of predictions in hidden segments.

    Notes
    -----
    The scale of a spectrum, and the mean and standard deviation in the first token, are computed
    from all bins, as in the paper. They are the only values that depend on hidden bins; of the
    convolutional encoders, also the continuum by which their second channel is divided.

    The embedding is the mean of the states of the windows. Output layers of the encoder, such as
    ``pooling="cross_attention"``, are not trained, except those of the convolutional encoders.

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".

    Examples
    --------
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn_sn import SpectraNetClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.embedding import MaskedSpectrumEmbedder
    >>> from sklearn_sn.encoders import PatchSpectrumTransformer
    >>> X, y = make_supernovae(40, modalities=["spectrum"], random_state=0)
    >>> encoder = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=1, n_bins=256)
    >>> embedder = MaskedSpectrumEmbedder(encoder=encoder, max_epochs=2, random_state=0).fit(X)
    >>> embedder.transform(X).shape
    (40, 16)
    >>> embedder.fill(X).filled.shape
    (40, 256)
    >>> model = SpectraNetClassifier(pretrained=FrozenEstimator(embedder), max_epochs=1)
    >>> model.fit(X, y).encoder_.d_model
    16
    """

    _net_class = MaskedSpectrumNet
    _encoder_parameters = {"encoder": (NAME, "patch_transformer")}
    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "n_segments": positive_int(),
        "segment_length": [*positive_int(), None],
        "wavelength_range": ["array-like"],
        "frame": [StrOptions({"observer", "rest"})],
    }

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        n_segments: int = 6,
        segment_length: int | None = None,
        wavelength_range: tuple[float, float] = (3500.0, 9000.0),
        frame: str = "observer",
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 64,
        max_epochs: int = 40,
        lr_schedule: str | None = "one_cycle",
        early_stopping: bool = False,
        validation_fraction: float = 0.15,
        n_iter_no_change: int = 10,
        warm_start: bool = False,
        callbacks: Sequence[Any] | None = None,
        device: str | torch.device = "auto",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.encoder = encoder
        self.n_segments = n_segments
        self.segment_length = segment_length
        self.wavelength_range = wavelength_range
        self.frame = frame
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.lr_schedule = lr_schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Train the encoder on spectra with hidden segments.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column ``spectrum``, and ``redshift`` for ``frame="rest"``; see
            :func:`sklearn_sn.data.check_table`.
            Also files, as :ref:`large_files` describes.
        y : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the input cannot be repaired, the encoder gives no
            states of windows, or no spectrum covers two windows of the grid.

        Warns
        -----
        ConvergenceWarning
            If training diverged or was interrupted; the model then has the best weights so far.
        """
        return self._fit(X)

    def _check_parameters(self):
        check_wavelength_range(self.wavelength_range)

    def _check_encoder(self, encoder):
        if not encoder.gives_window_states:
            raise ValueError(
                "The 'encoder' parameter of MaskedSpectrumEmbedder must be an encoder that gives "
                "states of windows: PatchSpectrumTransformer, SpectrumCNN or SpectraNet. Got "
                f"{encoder!r} instead."
            )

    def _chosen_encoder(self):
        encoder = super()._chosen_encoder()
        if encoder.max_shift is None:
            encoder.max_shift = 0.0
        return encoder

    def _read(self, X, **checks):
        columns = ("redshift",) if self.frame == "rest" else ()
        table = super()._read(X, metadata_columns=columns, **checks)
        if columns:
            check_redshifts(table)
        return table

    def _new_preprocessor(self, encoder):
        settings = DataSettings(
            wavelength_range=tuple(self.wavelength_range), rest_frame=self.frame == "rest"
        )
        return encoder.make_preprocessor(settings)

    def _net_params(self):
        return {"criterion": MaskedSpectrumLoss}

    def _training_set(self, prepared):
        """Return the dataset of the objects with a spectrum of which a part can be hidden."""
        masking = self._masking()
        usable = masking.maskable(prepared.covered)
        rows = np.unique(prepared.object_index[usable])
        if not len(rows):
            raise ValueError(
                "No spectrum of X covers two windows of the grid, "
                f"{tuple(self.preprocessor_.wavelength_range)!r} Å, so that none can be hidden."
            )
        return TableDataset({NAME: masking}, {NAME: prepared}, rows=rows)

    def _masking(self):
        return MaskedSpectrumPreprocessor(
            self.preprocessor_,
            n_segments=self.n_segments,
            segment_length=self.segment_length,
            window=getattr(self.encoder_, "window", 20),
            stride=getattr(self.encoder_, "stride", 10),
        )

    def _build(self):
        network = self.encoder_.make_module(self.preprocessor_)
        return MaskedSpectrumModule(network, self.preprocessor_.n_channels)

    @property
    def _predict_limit(self):
        return max(1, PREDICT_BINS // self.preprocessor_.n_bins)

    def _encodings(self, prepared):
        """Return the mean state of the windows, averaged over the spectra of each object with one.

        States of windows without a covered bin are left out.
        """
        rows = np.flatnonzero(prepared.lengths > 0)
        dataset = TableDataset({NAME: self.preprocessor_}, {NAME: prepared}, rows=rows)
        total = np.zeros((len(rows), self.net_.module_.encoder.state_dim), dtype=np.float32)
        for module, batch, positions in self._run(dataset):
            for chunk in batch.tensors.get(NAME, ()):
                states = module.encoder.window_states(**chunk)  # (B, L, state_dim)
                weight = module.encoder.window_mask(chunk["pad_mask"]).to(states.dtype)[..., None]
                mean = (states * weight).sum(1) / weight.sum(1)
                # add.at, because an object occurs once for each of its spectra.
                index = batch.object_index[NAME].cpu().numpy()
                np.add.at(total, positions[index], mean.cpu().numpy())
        return total / prepared.lengths[rows, None].astype(np.float32)

    def fill(self, X: pd.DataFrame, random_state: int | None = None) -> FilledSpectra:
        """Hide segments of spectra, and predict them.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.
        random_state : int or None, default=None
            Seed of the positions of the segments, which then depend on the other rows; None spreads
            them evenly.

        Returns
        -------
        FilledSpectra
            All spectra that cover three bins of the grid, with the true fluxes, the predictions,
            and the mask of hidden bins.
        """
        check_is_fitted(self, "net_")
        prepared = self._prepared(X)
        single = prepared.one_per_object()
        masking = self._masking()
        flux, covered = prepared.channels[:, 0] * prepared.covered, prepared.covered
        rng = None if random_state is None else np.random.default_rng(random_state)
        hidden, filled = masking.hidden(covered, rng), flux.copy()
        dataset = TableDataset({NAME: self.preprocessor_}, {NAME: single})
        for module, batch, positions in self._run(dataset):
            for chunk in batch.tensors.get(NAME, ()):
                mask = torch.from_numpy(hidden[positions]).to(chunk["flux"].device)
                visible = chunk["flux"].masked_fill(mask[:, None], 0.0)
                whole = module.fill({**chunk, "flux": visible, "hidden": mask})
                filled[positions] = whole[:, 0].cpu().numpy()
        return FilledSpectra(
            self.preprocessor_.wavelength_, flux, filled, hidden, covered, prepared.object_index
        )

    def score(self, X: pd.DataFrame, y: Any = None) -> float:
        """Return minus the loss in hidden segments, which are evenly spread; larger is better.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.
        y : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        float
            Minus the mean squared error over all hidden windows of X.

        Raises
        ------
        ValueError
            If no spectrum covers two windows of the grid.
        """
        check_is_fitted(self, "net_")
        dataset = self._training_set(self._prepared(X))
        total, n_total = 0.0, 0
        for module, batch, _ in self._run(dataset):
            targets = module.targets(batch.tensors[NAME])
            loss = self.net_.criterion_(module(batch.tensors[NAME]), **targets)
            n_counted = int(targets["counted"].sum())
            total, n_total = total + float(loss) * n_counted, n_total + n_counted
        return -total / n_total
