"""What the estimators have in common that train a light-curve transformer."""

from sklearn.utils._param_validation import StrOptions

from sklearn_sn.base._encoders import build_encoder, build_input
from sklearn_sn.base._light_curve_estimator import LightCurveEstimator
from sklearn_sn.base._parameters import size
from sklearn_sn.base._pretrained import TRAINABLE
from sklearn_sn.modules import LightCurveTransceiver

_NAME = "light_curve"
_SIZES = ("d_model", "n_heads", "n_layers", "pooling")


class LightCurveTransformerEstimator(LightCurveEstimator):
    """Base of the classifier and the regressor: the light-curve transformer and its input."""

    _parameter_constraints = {
        **LightCurveEstimator._parameter_constraints,
        "d_model": size(2),
        "n_heads": size(),
        "pooling": [StrOptions({"mean", "attention"})],
        "band_encoding": [StrOptions({"wavelength", "embedding"})],
        "time_origin": [StrOptions({"peak", "first"})],
        "time_window": ["array-like"],
        "trainable": [StrOptions(set(TRAINABLE))],
    }

    _of_encoder = {name: name for name in _SIZES}
    _of_input = ("amplitude", "time_origin", "time_window", "band_encoding")

    def _new_input(self, params):
        return build_input(_NAME, params)

    def _new_encoder(self, params):
        named = {f"{_NAME}_{key}": params[key] for key in _SIZES}
        encoder = {_NAME: params.get("encoder", "transformer")}
        named |= {"encoders": encoder, "dropout": self.dropout, "band_encoding": self.band_encoding}
        return build_encoder(_NAME, self.input_, named)

    def _check_sizes(self, params):
        if params["d_model"] % params["n_heads"] or params["d_model"] % 2:
            raise ValueError(
                "The 'd_model' parameter must be even and a multiple of 'n_heads'; got "
                f"{params['d_model']} and {params['n_heads']}."
            )
        if params.get("encoder") == "transceiver" and params["band_encoding"] != "wavelength":
            raise ValueError(
                "The 'band_encoding' parameter must be 'wavelength' for encoder='transceiver'. Got "
                f"{params['band_encoding']!r} instead."
            )
        super()._check_sizes(params)

    def _check_part(self, part):
        """Refuse a pretrained encoder of another kind than the one asked for."""
        if getattr(self, "encoder", "transformer") == "transceiver" and not isinstance(
            part.encoder, LightCurveTransceiver
        ):
            raise ValueError(
                "The 'encoder' parameter is 'transceiver', but the pretrained encoder is a "
                f"{type(part.encoder).__name__}; leave it at its default."
            )
        super()._check_part(part)

    def _nothing_left(self):
        return f"No light curve has a point within time_window={self.time_window!r} of its origin."
