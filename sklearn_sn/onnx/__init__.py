"""Export fitted networks to ONNX, for brokers that do not run torch."""

from sklearn_sn.onnx._arrays import onnx_arrays
from sklearn_sn.onnx._export import export_onnx

__all__ = ["export_onnx", "onnx_arrays"]
