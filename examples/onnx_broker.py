"""
==================================
Classify in a broker without torch
==================================

Run a recurrent classifier that ``sklearn_sn.onnx.export_onnx`` wrote. This program needs numpy and
onnxruntime only. Arguments: the ONNX file, and a file of one JSON object per light curve, with the
lists ``time`` (MJD, increasing), ``flux`` and ``flux_err`` (any one unit of the training data, such
as µJy) and ``wavelength`` (effective wavelength of the band, Å). Needs the arguments; it is
therefore not run in the documentation.
"""

import json
import sys

import numpy as np
import onnxruntime

# %%
# Inputs of a recurrent network
# -----------------------------
# Every value depends on the points so far. A light curve must be that of the event: without the
# points of years before it and stray points, which ``sklearn_sn.onnx.onnx_arrays`` drops, and with
# at most ``scaling["max_points"]`` points.
MAG = 2.5 / np.log(10.0)
SOFTENING = 0.02


def preprocess(light_curves, scaling):
    """Return the arrays of the network: values, time, log_wavelength and pad_mask."""
    n_points = max(len(curve["time"]) for curve in light_curves)
    shape = len(light_curves), n_points
    n_values = 3 + scaling["amplitude"]
    arrays = {
        "values": np.zeros((*shape, n_values), dtype=np.float32),
        "time": np.zeros(shape, dtype=np.float32),
        "log_wavelength": np.zeros(shape, dtype=np.float32),
        "pad_mask": np.ones(shape, dtype=bool),
    }
    for row, curve in enumerate(light_curves):
        time, flux, error = (np.asarray(curve[k], float) for k in ("time", "flux", "flux_err"))
        detected = (flux > 0) & ~(flux < 3.0 * error)
        peak = np.maximum.accumulate(np.where(detected, flux, 0.0))
        fallback = np.maximum(np.abs(flux), np.nan_to_num(error))
        scale = np.where(peak > 0, peak, np.maximum(fallback, 1e-30))
        flux_part, error_part = flux / scale, error / scale
        magnitude = np.arcsinh(flux_part / SOFTENING) - np.arcsinh(1.0 / SOFTENING)
        error_part = np.nan_to_num(MAG * error_part / np.hypot(flux_part, SOFTENING), nan=0.1)
        values = [
            1.0 + 0.5 * MAG * magnitude,
            1.0 + np.log10(np.clip(error_part, 1e-3, 10.0)),
            np.clip(np.diff(np.log(scale), prepend=np.log(scale[0])), -3.0, 3.0),
        ]
        if scaling["amplitude"]:
            size = np.arcsinh(flux / scaling["scale_"])
            size = (size - scaling["size_mean_"]) / scaling["size_scale_"]
            values.append(np.clip(size, -6.0, 6.0))
        points = slice(0, len(time))
        arrays["values"][row, points] = np.stack(values, axis=1)
        since = np.maximum(time - time[detected.argmax()], 0.0) if detected.any() else 0.0 * time
        arrays["time"][row, points] = since
        arrays["log_wavelength"][row, points] = np.log(np.asarray(curve["wavelength"]) / 5000.0)
        arrays["pad_mask"][row, points] = False
    return arrays


# %%
# The file describes itself: inputs, outputs, classes and the numbers of the scaling.
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
description = json.loads(session.get_modelmeta().custom_metadata_map["sklearn_sn"])
with open(sys.argv[2]) as file:
    light_curves = [json.loads(line) for line in file]
arrays = preprocess(light_curves, description["scaling"])
for row in session.run(["probabilities"], arrays)[0]:
    print(json.dumps(dict(zip(description["classes"], row.tolist(), strict=True))))
