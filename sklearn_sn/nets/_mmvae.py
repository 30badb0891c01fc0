"""The net of the multimodal autoencoder, and how its modalities are scaled."""

import numpy as np

from sklearn_sn.data import Ragged, band_wavelength, smoothed_peaks, spectra_with_phase
from sklearn_sn.losses import laplace_log_likelihood
from sklearn_sn.nets._light_curve_input import thinned
from sklearn_sn.nets._net import BatchNet
from sklearn_sn.nets._point_set_input import (
    LARGEST_VALUE,
    PointSetInput,
    PreparedPoints,
    mean_and_scale,
    scaled_errors,
)

SOFTENING = 0.05  # of the peak: fluxes below it are linear (Lupton, Gunn & Szalay 1999)
REFERENCE_WAVELENGTH = 5000.0  # Å


class LightCurvePoints(PointSetInput):
    """Photometric points by phase and wavelength of their band; fluxes relative to the peak.

    The network sees asinh(flux / 0.05 peak), standardised over the training points: logarithmic
    where the object is bright, linear where its flux is near 0 or negative.

    Parameters
    ----------
    phase_range : pair of float
        Points outside are left out.
    max_points : int
        A longer light curve is thinned evenly in rank.
    amplitude : bool
        Whether the encoder sees how bright the peak is.
    augmentation : bool
    """

    _cut = 3

    def __init__(self, *, phase_range, max_points, amplitude, augmentation):
        self.phase_range, self.max_points = tuple(phase_range), max_points
        self.amplitude, self.augmentation = amplitude, augmentation

    def fit(self, table, frame):
        """Learn the scales."""
        self.bands_ = np.asarray(table.light_curve["band"].categories, dtype=object)
        curves, _, peak = self._inside(table, frame)
        values = _asinh(curves["flux"] / peak[curves.rows])
        self.mean_, self.scale_ = mean_and_scale(values)
        logs = np.log10(peak[curves.lengths > 0])
        self.amplitude_mean_ = float(logs.mean()) if len(logs) else 0.0
        self.amplitude_scale_ = float(max(logs.std(), 0.1)) if len(logs) else 1.0
        return self

    def prepare(self, table, frame):
        """Scale all light curves of a table, in float64, once."""
        curves, phase, peak = self._inside(table, frame)
        rows = curves.rows
        points = np.empty((curves.n_points, 4), dtype=np.float32)
        with np.errstate(over="ignore"):
            flux, error = curves["flux"] / peak[rows], curves["flux_err"] / peak[rows]
            points[:, 0] = (_asinh(flux) - self.mean_) / self.scale_
            error = scaled_errors(error / np.hypot(flux, SOFTENING) / self.scale_)
        points[:, 1] = error
        names = np.asarray(curves["band"].categories, dtype=object)
        centre = np.log(band_wavelength(names) / REFERENCE_WAVELENGTH)[curves["band"].codes]
        points[:, 2] = centre - np.log(frame.stretch[rows])
        points[:, 3] = phase
        amplitude = (np.log10(peak) - self.amplitude_mean_) / self.amplitude_scale_
        return PreparedPoints(
            points,
            Ragged({}, curves.offsets),
            np.zeros(len(points), dtype=np.int64),
            np.clip(amplitude, -6.0, 6.0).astype(np.float32),
        )

    def _inside(self, table, frame):
        curves = table.light_curve
        peak, _ = smoothed_peaks(curves)
        phase = frame.phase(curves["time"], curves.rows)
        keep = (phase >= self.phase_range[0]) & (phase <= self.phase_range[1])
        keep &= thinned(curves.filter(keep), keep, self.max_points)
        return curves.filter(keep), phase[keep], peak

    def to_flux(self, values):
        """Fluxes in units of the peak, from what the network sees."""
        return SOFTENING * np.sinh(np.clip(values * self.scale_ + self.mean_, -20.0, 20.0))


class SpectrumPixels(PointSetInput):
    """Pixels of all spectra of an object, on their own wavelengths, each with its phase.

    A flux is divided by the median size of its spectrum's fluxes inside `normalization_range`
    (everywhere, where the spectrum does not reach it) and standardised over the training pixels.

    Parameters
    ----------
    wavelength_range, phase_range : pair of float
        Pixels and spectra outside are left out; Å and days.
    normalization_range : pair of float
        Å.
    max_pixels : int
        Neighbouring pixels of a longer spectrum are averaged.
    n_drawn : int
        Spectra of an object that one training batch sees, drawn anew each epoch.
    augmentation : bool
    """

    _cut = 2

    def __init__(
        self,
        *,
        wavelength_range,
        phase_range,
        normalization_range,
        max_pixels,
        n_drawn,
        augmentation,
    ):
        self.wavelength_range, self.phase_range = tuple(wavelength_range), tuple(phase_range)
        self.normalization_range = tuple(normalization_range)
        self.max_pixels, self.n_drawn, self.augmentation = max_pixels, n_drawn, augmentation

    def fit(self, table, frame):
        """Learn the scales, and where the spectra are."""
        _, _, wavelength, _, flux, _ = self._inside(table, frame)
        self.mean_, self.scale_ = mean_and_scale(flux)
        # The central part, so that every wavelength of the default grid has seen many spectra.
        ends = np.percentile(wavelength, [2.0, 98.0]) if len(wavelength) else self.wavelength_range
        self.covered_ = (float(ends[0]), float(ends[1]))
        return self

    def prepare(self, table, frame):
        """Scale all spectra of a table once."""
        pixels, owner, wavelength, phase, flux, error = self._inside(table, frame)
        points = np.empty((pixels.n_points, 4), dtype=np.float32)
        values = (flux - self.mean_) / self.scale_
        points[:, 0] = np.clip(values, -LARGEST_VALUE, LARGEST_VALUE)
        with np.errstate(over="ignore"):
            points[:, 1] = scaled_errors(error / self.scale_)
        points[:, 2] = np.log(wavelength / REFERENCE_WAVELENGTH)
        points[:, 3] = phase[pixels.rows]
        counts = np.bincount(owner, weights=pixels.lengths, minlength=len(table)).astype(np.int64)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        amplitude = np.zeros(len(table), dtype=np.float32)
        return PreparedPoints(points, Ragged({}, offsets), pixels.rows, amplitude)

    def _inside(self, table, frame):
        """Usable pixels: one row a spectrum, its owner and phase, and relative fluxes."""
        spectra, owner, phase = spectra_with_phase(
            table,
            frame,
            wavelength_range=self.wavelength_range,
            phase_range=self.phase_range,
            normalization_range=self.normalization_range,
            max_pixels=self.max_pixels,
        )
        return spectra, owner, spectra["wavelength"], phase, spectra["flux"], spectra["flux_err"]

    def to_flux(self, values):
        """Fluxes in units of the median of their spectrum, from what the network sees."""
        return values * self.scale_ + self.mean_


def _asinh(flux):
    return np.arcsinh(np.clip(flux, -1e4, 1e4) / SOFTENING)


class MMVAENet(BatchNet):
    """The bound of :class:`~sklearn_sn.losses.MMVAELoss`, in nats per point.

    Parameters
    ----------
    n_samples : int
        Samples of each expert, K.
    weights : dict of str to float
        Weight of the log-likelihood of each modality.
    points_per_object : float
        What the loss is divided by, so that gradients are of order 1.
    """

    def __init__(self, module, *, n_samples=2, weights=None, points_per_object=1.0, **kwargs):
        self.n_samples, self.weights = n_samples, weights
        self.points_per_object = points_per_object
        super().__init__(module, **kwargs)

    def infer(self, x, **fit_params):
        return self.module_(x.tensors, x.owners, x.n_objects, self.n_samples)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        total = log_likelihood(y_pred, X, self.weights or {})
        parts = (y_pred[key].flatten(-2) for key in ("z", "mean", "scale"))
        loss = self.criterion_(*parts, y_pred["present"], total)
        return loss.mean() / self.points_per_object


def log_likelihood(answer, batch, weights):
    """Weighted sum over the modalities of the log-likelihood under every sample, (M, K, B).

    Parameters
    ----------
    answer : dict
        Of the module.
    batch : Batch
    weights : dict of str to float
        Of the modalities; 1 where absent.
    """
    z = answer["z"]
    total = z.new_zeros(z.shape[:3])
    for name, chunks in answer["decoded"].items():
        given = batch.tensors[name]
        owners = batch.owners[name].split([len(chunk["pad_mask"]) for chunk in given])
        for (mean, scale), chunk, owner in zip(chunks, given, owners, strict=True):
            points = laplace_log_likelihood(
                chunk["target"], mean, scale, chunk["pad_mask"], chunk["error"]
            )
            total = total.index_add(2, owner, weights.get(name, 1.0) * points)
    return total
