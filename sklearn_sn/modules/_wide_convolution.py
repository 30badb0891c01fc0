"""Convolutions over bins with kernels of any width."""

import torch
from torch import nn
from torch.nn import functional as F

# From this kernel on, the Fourier transform is faster than the sum: by 2 at 255 and by 8 at 1021.
FOURIER_KERNEL = 127


class WideConv(nn.Module):
    """A convolution that keeps the number of bins: (B, C, 1, P) to (B, n_out, 1, P).

    A wide kernel multiplies in Fourier space, which is the same to rounding and costs next to
    nothing for its width; in bfloat16, which has no Fourier transform but fast products, it sums.
    The layout is two-dimensional with channels last, in which torch convolves and pools twice as
    fast as along one dimension.

    Parameters
    ----------
    n_in, n_out : int
    kernel : int
        Odd.
    """

    def __init__(self, n_in, n_out, kernel):
        super().__init__()
        self.kernel = kernel
        self.weight = nn.Parameter(torch.empty(n_out, n_in, 1, kernel))
        bound = (n_in * kernel) ** -0.5
        nn.init.uniform_(self.weight, -bound, bound)  # as torch's own layers

    def forward(self, x):
        summed = self.kernel < FOURIER_KERNEL or torch.is_autocast_enabled(x.device.type)
        return self.summed(x) if summed else self.multiplied(x)

    def summed(self, x):
        """The sum over the kernel, bin by bin."""
        return F.conv2d(x, self.weight, padding=(0, self.kernel // 2))

    def multiplied(self, x):
        """The same by products of Fourier transforms."""
        n_bins = x.shape[-1]
        # So long that the ends do not meet, and a power of two.
        n = 1 << (n_bins + self.kernel - 2).bit_length()
        seen = torch.fft.rfft(x[:, :, 0], n).permute(2, 0, 1)  # (F, B, C)
        kernels = torch.fft.rfft(self.weight[:, :, 0].flip(-1), n).permute(2, 1, 0)  # (F, C, O)
        product = torch.matmul(seen, kernels).permute(1, 2, 0)  # (B, O, F)
        start = self.kernel // 2
        y = torch.fft.irfft(product, n)[..., start : start + n_bins]  # (B, O, P)
        return y[:, :, None].contiguous(memory_format=torch.channels_last)
