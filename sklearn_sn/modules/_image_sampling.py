"""Resample and blur batches of images."""

import torch
from torch.nn import functional as F


def affine_images(
    images: torch.Tensor,
    matrix: torch.Tensor,
    shift: torch.Tensor,
    side: int,
    *,
    mirror: bool = True,
) -> torch.Tensor:
    """Sample images at rotated, scaled and shifted pixels, by bilinear interpolation.

    The pixel at the offset :math:`p` from the centre of the result, as (row, column), has the value
    of the image at the offset :math:`M p + t` from its centre.

    Parameters
    ----------
    images : tensor of shape (N, C, H, W)
        Images.
    matrix : tensor of shape (N, 2, 2)
        Matrices :math:`M`, one for each image.
    shift : tensor of shape (N, 2)
        Shifts :math:`t` in pixels, along rows and columns.
    side : int
        Side of the result in pixels.
    mirror : bool, default=True
        Whether the image continues beyond its border as its mirror image; else it is 0 there.

    Returns
    -------
    tensor of shape (N, C, side, side)
        Images, on the same scale: surface brightness is preserved.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.modules import affine_images
    >>> image = torch.arange(9.0).view(1, 1, 3, 3)
    >>> flip = torch.tensor([[[1.0, 0.0], [0.0, -1.0]]])
    >>> affine_images(image, flip, torch.zeros(1, 2), 3)[0, 0, 0]
    tensor([2., 1., 0.])
    """
    # affine_grid has the columns first and counts in halves of a side.
    half = images.new_tensor([images.shape[3], images.shape[2]]) / 2  # (x, y)
    theta = matrix.flip(1, 2) * (side / 2) / half[:, None]
    theta = torch.cat([theta, (shift.flip(1) / half)[..., None]], dim=2)  # (N, 2, 3)
    grid = F.affine_grid(theta, [len(images), 1, side, side], align_corners=False)
    padding = "reflection" if mirror else "zeros"
    return F.grid_sample(images, grid, padding_mode=padding, align_corners=False)


def blur_images(images: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Convolve each image with a Gaussian of its own width.

    Parameters
    ----------
    images : tensor of shape (N, C, H, W)
        Images.
    sigma : tensor of shape (N,)
        Standard deviations of the Gaussians in pixels; 0 leaves an image unchanged.

    Returns
    -------
    tensor of shape (N, C, H, W)
        Blurred images. Weights beyond the border are spread over those inside.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.modules import blur_images
    >>> image = torch.zeros(1, 1, 9, 9)
    >>> image[..., 4, 4] = 1.0
    >>> blur_images(image, torch.tensor([1.0]))[0, 0, 4, 4].round(decimals=3)
    tensor(0.1590)
    """
    N, C, H, W = images.shape
    down, across = _gaussian_matrix(H, sigma), _gaussian_matrix(W, sigma)
    blurred = down[:, None] @ images
    # One product for all channels is faster than one for each.
    return torch.bmm(blurred.view(N, C * H, W), across.transpose(1, 2)).view(N, C, H, W)


def _gaussian_matrix(n, sigma):
    """Return matrices that blur n pixels along one axis, (N, n, n)."""
    pixel = torch.arange(n, device=sigma.device)
    exponent = -0.5 * (pixel / sigma.clamp(min=1e-3)[:, None]) ** 2  # (N, n)
    # Smaller weights would be denormal numbers, which are slow, and do not matter.
    kernel = torch.exp(exponent.clamp(min=-30.0)).masked_fill(exponent < -25.0, 0.0)
    weights = kernel[:, (pixel[:, None] - pixel).abs()]
    return weights / weights.sum(dim=2, keepdim=True)
