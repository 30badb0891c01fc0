"""What estimators have in common that learn from light curves end to end."""

from numbers import Real

from sklearn.utils._param_validation import HasMethods, Interval
from torch import nn

from sklearn_sn.base._encoders import add_bands
from sklearn_sn.base._parameters import fraction, size
from sklearn_sn.base._pretrained import (
    defaults_of,
    frozen_modules,
    pretrained_parts,
    raise_on_conflicting_params,
)
from sklearn_sn.base._supervised_estimator import SupervisedEstimator


class LightCurveEstimator(SupervisedEstimator):
    """Base of classifiers and regressors of light curves, whose encoder may come trained."""

    _parameter_constraints = {
        **SupervisedEstimator._parameter_constraints,
        "n_layers": size(),
        "amplitude": ["boolean"],
        "max_points": size(2),
        "dropout": fraction(),
        "noise_augmentation": ["boolean"],
        "augmentation": ["boolean"],
        "pretrained": [HasMethods("fit"), None],
        "pretrained_lr_factor": [Interval(Real, 0, None, closed="neither")],
    }

    modalities_ = ("light_curve",)
    _of_encoder = {}  # parameters that a pretrained encoder brings, by its own names
    _of_input = ()  # and those that its input brings

    def _load_pretrained(self, params):
        part = pretrained_parts(self.pretrained, self.modalities_).get(self._modality)
        if part is not None:
            self._check_part(part)
            sizes = getattr(part.encoder, "sizes", {})
            taken = {name: sizes[key] for name, key in self._of_encoder.items() if key in sizes}
            taken |= {name: getattr(part.source, name) for name in self._of_input}
            raise_on_conflicting_params(params, taken, defaults_of(type(self)))
            add_bands(part, self.input_)
            for attribute in ("noise", "augmentation", "max_points"):
                setattr(part.source, attribute, getattr(self.input_, attribute))
            self.input_ = part.source
            for module in part.encoder.modules():
                if isinstance(module, nn.Dropout):
                    module.p = float(self.dropout)
        return part

    def _check_part(self, part):
        """Refuse a pretrained encoder of another kind; any will do here."""

    def _param_groups(self, part):
        if part is None or self.pretrained_lr_factor == 1.0:
            return []
        return [("encoder.*", {"lr": self.pretrained_lr_factor * self.lr})]

    def _frozen(self, part, encoder, head):
        return frozen_modules(part, encoder, head, self.trainable)

    def _nothing_left(self):
        return "No light curve has a point that the network would see."

    def _check_sizes(self, params):
        if params["trainable"] != "all" and params["pretrained"] is None:
            raise ValueError(
                f"The 'trainable' parameter is {params['trainable']!r}, but nothing is "
                "'pretrained'. Give pretrained=FrozenEstimator(fitted estimator)."
            )
