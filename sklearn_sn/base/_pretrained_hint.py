"""Hint at a packaged model where an estimator is trained from scratch on few objects."""

from dataclasses import dataclass

from sklearn.base import BaseEstimator

from sklearn_sn.base._pretrained import FREE, defaults_of
from sklearn_sn.base._warm_start import same_parameter
from sklearn_sn.data import warn_user
from sklearn_sn.encoders import Encoder, LightCurveTransformer, SpectrumCNN
from sklearn_sn.persistence import PretrainedHint

FEW_OBJECTS = 2000


@dataclass(frozen=True)
class _Packaged:
    """A packaged model that is a start for estimators of supernovae.

    Attributes
    ----------
    name : str
        Name of the model.
    encoders : dict of str to type
        Classes of its encoders, by modality. Their sizes are the defaults.
    needed : str
        Modality that the estimator must have.
    frame : str
        Frame of the spectra.
    """

    name: str
    encoders: dict[str, type[Encoder]]
    needed: str
    frame: str


# "supernova-spectra" is not among them: SpectraNet from scratch is as good with few labels
# (benchmarks/results/astroclip.md).
_MODELS = (
    _Packaged(
        "contrastive-sim",
        {"light_curve": LightCurveTransformer, "spectrum": SpectrumCNN},
        "light_curve",
        "observer",
    ),
)
_hinted = set()  # classes of estimators


def hint_at_pretrained(
    estimator: BaseEstimator, encoders: dict[str, Encoder], n_objects: int
) -> None:
    """Warn once for each class of estimators if a packaged model would be a better start.

    Parameters
    ----------
    estimator : TorchEstimator
        Estimator that is about to be trained.
    encoders : dict of str to Encoder
        Its encoders by modality.
    n_objects : int
        Number of training objects.
    """
    cls = type(estimator)
    untrained = getattr(estimator, "pretrained", "") is None and not estimator._is_warm_start
    if not untrained or n_objects >= FEW_OBJECTS or cls in _hinted:
        return
    name = packaged_model_for(estimator, encoders)
    if name is None:
        return
    _hinted.add(cls)
    warn_user(
        f"{cls.__name__} is trained from scratch on {n_objects} objects. With fewer than "
        f"{FEW_OBJECTS:,}, the packaged model {name!r} is usually a better start: set "
        f"pretrained={name!r}, or train only a head on load_pretrained({name!r}).",
        PretrainedHint,
    )


def packaged_model_for(estimator: BaseEstimator, encoders: dict[str, Encoder]) -> str | None:
    """Return the name of a packaged model whose encoders an estimator can use, or None."""
    if getattr(estimator, "_on_array", False):
        return None
    for model in _MODELS:
        shared = encoders.keys() & model.encoders.keys()
        if (
            model.needed in shared
            and getattr(estimator, "frame", "observer") == model.frame
            and all(_agrees(estimator, encoders[m], m, model.encoders[m]) for m in shared)
        ):
            return model.name
    return None


def _agrees(estimator, encoder, modality, cls):
    """Return whether an encoder is left open, or is that of a packaged model."""
    names = estimator._encoder_parameters
    value = getattr(estimator, modality if modality in names else "encoder")
    if isinstance(value, str) and value == "auto":
        return True
    defaults = defaults_of(cls)
    return type(encoder) is cls and all(
        name in FREE or name in encoder.head_parameters or same_parameter(value, defaults[name])
        for name, value in encoder.get_params(deep=False).items()
    )
