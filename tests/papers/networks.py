"""Networks of the configurations, without training."""

import numpy as np

from sklearn_sn.encoders import DataSettings


def n_weights(module):
    return sum(parameter.numel() for parameter in module.parameters())


def module_of(encoder, bands=("ztfg", "ztfr", "ztfi")):
    preprocessor = encoder.make_preprocessor(DataSettings())
    preprocessor.bands_ = np.array(bands, dtype=object)
    return encoder.make_module(preprocessor)
