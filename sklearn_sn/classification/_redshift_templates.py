"""How templates of class and redshift are trained, and what they say of each object."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted, column_or_1d

from sklearn_sn.base import SpectrumEstimator
from sklearn_sn.base._spectrum_estimator import SpectrumAnswers
from sklearn_sn.classification._redshift_posterior import PosteriorSum
from sklearn_sn.data import MIN_REDSHIFT, as_frame, read_redshifts, warn_quality, wavelength_grid
from sklearn_sn.modules import SpectralFeatureNet, TemplateShiftModule
from sklearn_sn.nets import RedshiftNet, RedshiftSpectrumInput, TableDataset

_NAME = "spectrum"
PRIOR_WIDTH = 0.02  # in ln(1 + z), by which the redshifts of fit are smoothed


class TemplateShiftEstimator(SpectrumEstimator):
    """Base of estimators that correlate features of spectra with templates over shifts.

    ``_told`` is what `fit` was told beside X and y: redshifts and weights, or None.
    """

    _input_class = RedshiftSpectrumInput
    _net_class = RedshiftNet
    _poor_score = True  # the classes of plain arrays need not look alike wherever they are
    frame, grid = "observer", "log"

    # What comes in --------------------------------------------------------------

    def _check_sizes(self, params):
        self._check_grid(params)
        for name in ("widths", "kernels"):
            values = params[name]
            if not len(values) or not all(isinstance(v, Integral) and v > 0 for v in values):
                raise ValueError(
                    f"The {name!r} parameter must hold positive whole numbers. Got {values!r} "
                    "instead."
                )
        if not all(kernel % 2 for kernel in params["kernels"]):
            raise ValueError(
                f"The 'kernels' parameter must hold odd numbers. Got {params['kernels']!r} instead."
            )
        if len(params["widths"]) != len(params["kernels"]):
            raise ValueError(
                f"The 'widths' parameter has {len(params['widths'])} blocks and 'kernels' "
                f"{len(params['kernels'])}; give both."
            )
        ends = np.asarray(params["redshift_range"])
        if ends.shape != (2,) or not MIN_REDSHIFT <= ends[0] < ends[1] <= 10:
            raise ValueError(
                f"The 'redshift_range' parameter must be two rising redshifts in [{MIN_REDSHIFT}, "
                f"10]. Got {params['redshift_range']!r} instead."
            )

    def _columns(self, n_bins):
        return wavelength_grid(*self.wavelength_range, n_bins)

    def _learn_domains(self, X, targets):
        low, high = self.wavelength_range
        step = np.log(high / low) / self._n_bins
        first, last = np.log1p(np.asarray(self.redshift_range, dtype=np.float64))
        n_shifts = max(2, 1 + int(np.ceil((last - first) / step - 1e-9)))
        redshift = self._true_redshifts(X, len(targets))
        shift = (np.log1p(redshift) - first) / step
        beyond = (redshift < self.redshift_range[0] - step) | (redshift > self.redshift_range[1])
        if beyond.any():
            warn_quality(
                f"{beyond.sum()} objects have a redshift beyond redshift_range="
                f"{tuple(self.redshift_range)!r}; they teach their class only."
            )
            shift[beyond] = np.nan
        weight = self._weights(self._told[1], targets)
        known = np.isfinite(shift) & (True if weight is None else weight > 0)
        self.redshift_grid_ = np.expm1(first + step * np.arange(n_shifts))
        self.redshift_prior_ = _smoothed(
            shift[known].clip(0, n_shifts - 1),
            None if weight is None else weight[known],
            n_shifts,
            PRIOR_WIDTH / step,
        )
        self.n_redshifts_ = int(known.sum())
        sizes = {"n_bins": self._n_bins, "n_shifts": n_shifts}
        return {"shift": shift.astype(np.float32)}, None, sizes, {}

    def _true_redshifts(self, X, n_objects):
        """Redshifts of the training objects (n_objects,), NaN where unknown."""
        told = self._told[0]
        if told is not None:
            told = pd.Series(column_or_1d(told, dtype=np.float64))
            if len(told) != n_objects:
                raise ValueError(f"X has {n_objects} objects but redshift has {len(told)}.")
            index = X.index if hasattr(X, "index") else told.index
        elif self._on_array or self.redshift_column is None:
            return np.full(n_objects, np.nan)
        else:
            frame = as_frame(X)
            if self.redshift_column not in frame.columns:
                raise ValueError(
                    f"X lacks the column {self.redshift_column!r}, which holds true redshifts in "
                    f"fit; it has {list(frame.columns)[:10]}. Set the 'redshift_column' parameter, "
                    "or give fit(..., redshift=...)."
                )
            told, index = frame[self.redshift_column], frame.index
        return read_redshifts(told, index, self.redshift_column)

    # The network ----------------------------------------------------------------

    @property
    def _widths(self):
        return self.widths

    def _new_encoder(self, params):
        encoder = SpectralFeatureNet(
            n_channels=self.input_.n_channels,
            widths=tuple(int(width) for width in self.widths),
            kernels=tuple(int(kernel) for kernel in self.kernels),
            output_dim=self.n_features,
        )
        encoder.mixed = self._mixed(self._device())
        return encoder

    def _build(self, params, part, dataset, n_outputs, module_params):
        return TemplateShiftModule(
            self._new_encoder(params),
            n_classes=n_outputs,
            n_templates=self.n_templates,
            template_step=self.template_step,
            learn_prior=self.learn_prior,
            dropout=self.dropout,
            **module_params,
        )

    # What comes out -------------------------------------------------------------

    def _mean_latent(self, dataset, n_outputs):
        total, count = np.zeros(self.net_.module_.width), 0
        for module, batch, _ in self._run(dataset):
            # The posteriors of all training spectra at once may be large.
            latent, _ = module(batch.tensors[_NAME], batch.owners[_NAME], len(batch))
            total += latent.double().sum(0).cpu().numpy()
            count += len(latent)
        return (total / count).astype(np.float32)

    def _blocks(self, table):
        """Latent, logits and whether it reaches the grid, of each spectrum, block by block."""
        reached = [np.empty(0, dtype=bool)]
        for block in self.input_.blocks(table):
            dataset = TableDataset({_NAME: self.input_}, {_NAME: block})
            latent, logits, found = self._outputs_of(dataset, self.net_.module_.n_outputs)
            reached.append(found)
            yield latent, logits, found
        self._say_unreached(table, np.concatenate(reached))

    def _answers(self, X):
        check_is_fitted(self, "net_")
        table = self._checked(X)
        parts = [(latent, found) for latent, _, found in self._blocks(table)]
        empty = (np.empty((0, self.net_.module_.width)), np.empty(0, dtype=bool))
        latent, found = map(np.concatenate, zip(empty, *parts, strict=True))
        time = np.full(len(found), np.nan)
        return SpectrumAnswers(latent, latent, found, time, table.spectrum_offsets, table.index)

    def _posteriors(self, table):
        """Posteriors of class and shift, some objects of a checked table at a time.

        Yields
        ------
        rows : array of int, shape (n,)
            Objects that have a spectrum on the grid, in their order.
        posterior : array of shape (n, n_classes, n_shifts), float64
        """
        owner = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
        combined, start = PosteriorSum(self.combine), 0
        shape = (-1, len(self.classes_), len(self.redshift_grid_))
        for _, logits, found in self._blocks(table):
            own = owner[start : start + len(found)][found]
            start += len(found)
            rows, posterior = combined.add(own, logits[found])
            yield rows, posterior.reshape(shape)
        rows, posterior = combined.rest()
        if len(rows):
            yield rows, posterior.reshape(shape)


def _smoothed(places, weight, n_places, width):
    """Frequencies of the places 0 … n_places - 1, smoothed by a Gaussian; uniform of none."""
    counts = np.bincount(np.rint(places).astype(int), weights=weight, minlength=n_places)
    if not counts.sum() > 0:
        return np.full(n_places, 1.0 / n_places)
    away = np.arange(n_places)[:, None] - np.arange(n_places)
    kernel = np.exp(-0.5 * (away / max(width, 1e-3)) ** 2)
    smooth = kernel @ (counts / kernel.sum(axis=0))
    return smooth / smooth.sum()
