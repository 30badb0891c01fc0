"""Convolutions over bins with kernels of any width."""

import math

import torch
from scipy.fft import next_fast_len
from torch import nn
from torch.nn import functional as F

# On a CPU, one operation of the Fourier transforms takes as long as this number of products of the
# direct sum.
PRODUCTS_PER_OPERATION = 24.0
N_ROWS = 16  # rows of a batch that the comparison assumes
# On other devices, Fourier transforms are used from this kernel width on.
FOURIER_KERNEL = 127


class WideConv(nn.Module):
    """Convolution that keeps the number of bins: (B, n_in, 1, P) to (B, n_out, 1, P).

    Wide kernels are applied in Fourier space. The result is equal up to rounding, and the time is
    almost independent of the width; with many channels this is faster from 31 bins on. In bfloat16,
    which has fast products but no Fourier transform, the convolution is summed directly. Tensors
    are two-dimensional with channels last, because torch convolves and pools them twice as fast as
    one-dimensional tensors.

    Parameters
    ----------
    n_in, n_out : int
        Channels of input and output.
    kernel : int
        Odd width in bins.
    """

    direct = False  # whether to sum always, as for ONNX, which has no fast Fourier transforms

    def __init__(self, n_in: int, n_out: int, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel
        self.weight = nn.Parameter(torch.empty(n_out, n_in, 1, kernel))
        bound = (n_in * kernel) ** -0.5
        nn.init.uniform_(self.weight, -bound, bound)  # as in the layers of torch

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.multiplied(x) if self.in_fourier_space(x) else self.summed(x)

    def in_fourier_space(self, x: torch.Tensor) -> bool:
        """Return whether Fourier space is faster, independent of the batch for equal results."""
        if self.direct or torch.is_autocast_enabled(x.device.type):
            return False
        if x.device.type != "cpu":
            return self.kernel >= FOURIER_KERNEL
        n_out, n_in = self.weight.shape[:2]
        n_bins = x.shape[-1]
        n = self.length(n_bins)
        sums = N_ROWS * n_bins * self.kernel * n_in * n_out
        transforms = n * math.log2(n) * (N_ROWS * (n_in + n_out) + n_in * n_out)
        return sums > PRODUCTS_PER_OPERATION * transforms

    def length(self, n_bins: int) -> int:
        """Return a length of the transform without wrap-around, a product of 2, 3 and 5."""
        return next_fast_len(n_bins + self.kernel - 1, real=True)

    def summed(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve by direct summation over the kernel."""
        return F.conv2d(x, self.weight, padding=(0, self.kernel // 2))

    def multiplied(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve by products of Fourier transforms."""
        n_bins = x.shape[-1]
        n = self.length(n_bins)
        spectra = torch.fft.rfft(x[:, :, 0], n)
        # torch convolutions are correlations: flip the kernel.
        kernels = torch.fft.rfft(self.weight[:, :, 0].flip(-1), n)
        product = products_by_frequency(spectra, kernels)
        start = self.kernel // 2
        y = torch.fft.irfft(product, n)[..., start : start + n_bins]  # (B, O, P)
        return y[:, :, None].contiguous(memory_format=torch.channels_last)


def products_by_frequency(one, other):
    """Multiply matrices at each frequency: (B, C, F) and (O, C, F) to (B, O, F).

    The matrices are made contiguous first, because torch copies non-contiguous matrices one by one.
    The hook does the same for the gradient.
    """
    product = torch.matmul(one.permute(2, 0, 1).contiguous(), other.permute(2, 1, 0).contiguous())
    if product.requires_grad:
        product.register_hook(_contiguous)
    return product.permute(1, 2, 0)


def _contiguous(gradient):
    return None if gradient is None else gradient.contiguous()
