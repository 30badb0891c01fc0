"""The table of the contrastive embedder's own parameters."""

from numbers import Real

from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from sklearn_sn.base import TRAINABLE, fraction, size

CONTRASTIVE_CONSTRAINTS = {
    "modalities": ["array-like", None],
    "metadata_columns": ["array-like"],
    "encoders": [dict, None],
    "output": [str, "array-like"],
    "embedding_dim": size(),
    "light_curve_d_model": size(2),
    "light_curve_n_heads": size(),
    "light_curve_n_layers": size(),
    "light_curve_pooling": [StrOptions({"mean", "attention"})],
    "band_encoding": [StrOptions({"wavelength", "embedding"})],
    "time_origin": [StrOptions({"peak", "first"})],
    "time_window": ["array-like"],
    "amplitude": ["boolean"],
    "max_points": size(2),
    "spectrum_d_model": size(2),
    "spectrum_n_heads": size(),
    "spectrum_n_layers": size(),
    "spectrum_pooling": [StrOptions({"mean", "attention"})],
    "spectrum_patch": size(),
    "spectrum_range": ["array-like"],
    "spectrum_n_bins": size(8),
    "image_d_model": size(),
    "image_n_layers": size(),
    "metadata_d_model": size(),
    "metadata_n_layers": size(),
    "dropout": fraction(),
    "temperature": [Interval(Real, 0, None, closed="neither")],
    "learn_temperature": ["boolean"],
    "min_temperature": [Interval(Real, 0, None, closed="neither")],
    "noise_augmentation": ["boolean"],
    "augmentation": ["boolean"],
    "aux_weight": [Interval(Real, 0, None, closed="left")],
    "aux_columns": ["array-like"],
    "class_weight": [StrOptions({"balanced"}), dict, None],
    "pretrained": [HasMethods("fit"), dict, None],
    "trainable": [StrOptions(set(TRAINABLE)), dict],
    "pretrained_lr_factor": [Interval(Real, 0, None, closed="neither")],
}
