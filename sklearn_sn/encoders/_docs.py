"""Shared documentation of the parameters of several classes."""

from textwrap import indent
from typing import Any

_SHARED = {
    "light_curve_scaling": """\
amplitude : bool, default=True
    Whether the peak flux is an input of the network. The fluxes of points are relative to it.
max_points : int, default=200
    Longer light curves are thinned to this number of points, evenly in rank.
days_before : float or None, default=30.0
    Points more than this number of days before the first significant detection are dropped, such as
    years of forced photometry before an event. None keeps them.
noise_augmentation : bool, default=True
    Add Gaussian noise of the reported errors to training batches, newly drawn in each epoch.
augmentation : bool, default=True
    Thin and truncate light curves in training, drop bands, cut gaps, and add noise points before
    and long after the event, newly drawn in each epoch.""",
    "light_curve_window": """\
time_origin : {"peak", "first"}, default="peak"
    Origin of times: the brightest point or the first point.
time_window : pair of float, default=(-200.0, 400.0)
    Days before and after the origin; points outside are dropped.""",
    "light_curve_events": """\
time_origin : {"detection", "first"}, default="detection"
    Origin of times: the first significant detection, or the first point. Without such a detection,
    the first point.
band_encoding : {"wavelength", "embedding"}, default="wavelength"
    Encoding of the band. "wavelength" encodes its effective wavelength and accepts any band.
    "embedding" learns a vector for each band, which is the linear map of its one-hot code, and
    drops points in bands that were not in fit.
flux_transform : {"asinh", "log"}, default="asinh"
    "asinh" is logarithmic for bright points and linear near 0, and keeps the sign. "log" is the
    logarithm, with fluxes below the typical error raised to it.
relative_flux : bool, default=True
    Whether the flux relative to the peak of the light curve is an additional input. With
    ``amplitude=False`` it is the only one.
log_times : bool, default=False
    Whether times t are replaced by ln(1 + abs(t) / day), with the sign of t.
merge_hours : float or None, default=12.0
    Points of one band within so many hours are averaged with weights 1 / flux_err². None keeps all.
color_days : float, default=3.0
    A colour flag of a point is 1 if its range of wavelengths was observed at the time of this point
    or up to this number of days before. The ranges are those of u, g, r, i, z and y.
truncation : float, default=0.5
    Fraction of the light curves in training batches that end at a random horizon: a time after the
    first significant detection, drawn evenly in its logarithm from half a day to the duration of
    the longest training object. One model then serves every horizon. Does not depend on
    `augmentation`.""",
    "spectrum_scaling": """\
wavelength_range : pair of float or None, default=%(wavelength_range)s
    Outer edges of the wavelength grid in Å. None means that of the estimator, or 3500-9000 Å if it
    has no such parameter. A pretrained encoder keeps its own grid.
n_bins : int, default=%(n_bins)s
    Bins of the wavelength grid. None means 1,024 bins for size="small" and otherwise, for
    SpectraNet, 4,096, for PatchSpectrumTransformer, 7,781.
grid : {"log", "linear"}, default="log"
    Spacing of the bins.
channels : sequence of {"flux", "continuum_divided", "amplitude"}, default=None
    Channels of the input: the flux, standardised within its spectrum; the flux divided by a smooth
    continuum of five knots; the flux in units of the training spectra, which keeps the brightness.
    None means the first two for tables and all three for arrays, and for PatchSpectrumTransformer
    only the first.
noise_augmentation : bool, default=True
    Add Gaussian noise of the reported errors to training batches, newly drawn in each epoch.
augmentation : bool, default=True
    Crop and shift spectra in training, and add a slope, a bend and noise of a random level.
max_crop : float, default=%(max_crop)s
    Largest fraction of the grid that augmentation crops at either end.
max_shift : float or None, default=%(max_shift)s
    Largest fraction of the grid by which augmentation shifts a spectrum. The estimator replaces
    None by 0.1 for classes in the observer frame on a logarithmic grid, by 0.003 for other classes,
    and by 0 otherwise.""",
    "sizes_of_transceiver": """\
d_model, n_heads, n_layers, d_feedforward : int, default=32, 4, 4, 32
    Width, attention heads, blocks, and width of the feed-forward layers.
n_frequencies : int, default=16
    Frequencies of the encoding of each coordinate.
velocity_resolution : float, default=1000.0
    Width in km/s of the narrowest line that the encoding of wavelength resolves.
phase_resolution : float, default=2.0
    Duration in days of the fastest change that the encoding of time resolves.
n_tokens, token_dim : int, default=4, 8
    Number of tokens of the latent sequence, and numbers in each token. A multimodal autoencoder
    replaces both by the shape of its own latent.
dropout : float, default=0.1
    Dropout of attention outputs and feed-forward layers.""",
    "training": """\
optimizer : {"adamw", "adam", "radam"}, default=%(optimizer)s
    Optimiser of torch.
lr : float, default=%(lr)s
    Peak learning rate.
weight_decay : float, default=%(weight_decay)s
    Weight decay of the optimiser.
batch_size : int, default=%(batch_size)s
    Objects in a training batch.
max_epochs : int, default=%(max_epochs)s
    Passes through the training data.
lr_schedule : {"one_cycle", "cosine"} or None, default="one_cycle"
    Schedule of the learning rate over all of `max_epochs`: "one_cycle" rises linearly for a tenth
    of the steps and then falls as a cosine; "cosine" only falls; None keeps the rate constant.
early_stopping : bool, default=False
    Whether to hold out a part of the objects, stratified by class, to stop when its loss has not
    improved for `n_iter_no_change` epochs, and to keep the best weights. For fewer than a thousand
    objects a fixed schedule is safer.
validation_fraction : float, default=0.15
    Fraction of the objects that `early_stopping` holds out.
n_iter_no_change : int, default=%(n_iter_no_change)s
    Epochs without improvement before `early_stopping` ends the training.
warm_start : bool, default=False
    Whether a second `fit` continues from the first. `max_epochs`, `lr`, `batch_size` and
    `random_state` may then differ. Changed `callbacks` have no effect in a second `fit`.
callbacks : sequence of skorch callbacks, default=None
    Additional callbacks, or pairs of a name and a callback.
device : str or torch.device, default="auto"
    Device of the network. "auto" is CUDA if available, else the CPU.
random_state : int, RandomState or None, default=None
    An integer makes `fit` repeatable, bit for bit on the CPU with an equal number of threads.
    The global random generators are never changed.
verbose : int, default=0
    1 shows a progress bar, 2 prints one line for each epoch.""",
    "pretraining": """\
pretrained : str, FrozenEstimator or None, default=None
    Name of a packaged model (:func:`~sklearn_sn.persistence.list_pretrained`) or a fitted estimator
    with an encoder of the same modality. Training starts from this encoder, with its sizes and the
    scaling of its input; leave `encoder` at its default, or let it agree. The wrapper keeps
    scikit-learn's clone from discarding the weights.
trainable : {"all", "dense", "first_block", "head", "none"}, default="all"
    Parts to train besides the head: the whole pretrained encoder, its dense layers after the
    convolutions, its first block, or nothing. The head is always new and is therefore trained with
    "none" too. "head" also trains pooling and output layer of a PatchSpectrumTransformer.
pretrained_lr_factor : float, default=1.0
    Learning rate of a pretrained encoder, relative to `lr`.""",
    "class_weighting": """\
class_weight : {"balanced"} or dict, default=None
    Weights of the classes in the loss.
prior : {"auto", "frequencies", "weighted"}, default="auto"
    Class prior of the probabilities. "frequencies" divides them by the weights of `class_weight`,
    so that they reflect the class frequencies in fit. "weighted" leaves them as trained, which
    finds more objects of rare classes but overestimates their probabilities. "auto" is "weighted"
    if `class_weight` is a dict, and else "frequencies". Set it before or after fit. It has no
    effect with focal losses.""",
    "ema_decay": """\
ema_decay : float or None, default=0.995
    Decay of the moving average of the weights, which is used in validation and prediction. None
    uses the weights themselves.""",
    "fitted_network": """\
net_ : skorch.NeuralNet
    The trained net; ``net_.module_`` is the torch module.
history_ : list of dict
    Losses and seconds of every epoch.
n_iter_ : int
    Number of epochs trained.
fit_status_ : {"completed", "early_stopping", "diverged", "interrupted"}
    Reason why training ended.
training_range_ : dict of str to pair of float
    Ranges of the training data, such as of the time span; see
    :func:`sklearn_sn.data.training_range`. Objects far outside are flagged. Not set for arrays.
feature_names_in_ : array of str
    Columns of the table in fit.
n_features_in_ : int
    Number of these columns.""",
    "fitted_supervised": """\
encoder_ : Encoder
    The encoder that was used, with its parameters.
preprocessor_ : Preprocessor
    Fitted preprocessor, which scales the modality and gathers batches.
missing_embedding_ : array of shape (n_features_out,)
    Output of `transform` for an object without the modality.""",
}


def fill_doc(doc: str | None, **values: Any) -> str | None:
    """Replace placeholders such as ``%(training)s`` in a docstring by shared documentation.

    Parameters
    ----------
    doc : str or None
        A docstring with each placeholder on a line of its own.
    **values : dict
        Values for the placeholders inside the shared text, such as ``lr="1e-3"``.

    Returns
    -------
    str or None
        The completed docstring; None if `doc` is None.
    """
    if not doc or "%(" not in doc:
        return doc
    lines = []
    for line in doc.splitlines():
        name = line.strip().removeprefix("%(").removesuffix(")s")
        if line.strip() == f"%({name})s" and name in _SHARED:
            text = _SHARED[name]
            for key, value in values.items():
                text = text.replace(f"%({key})s", str(value))
            line = indent(text, " " * (len(line) - len(line.lstrip())))
        lines.append(line)
    return "\n".join(lines)
