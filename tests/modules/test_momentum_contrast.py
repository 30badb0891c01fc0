"""The module of momentum contrast."""

import torch
from torch import nn

from sklearn_sn.modules import MomentumContrastModule


class Mean(nn.Module):
    output_dim = 3

    def forward(self, image):
        return image.mean(dim=(2, 3))


def test_unit_vectors_of_the_projected_encoding():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = MomentumContrastModule(Mean(), 3, 5)
        image = torch.randn(4, 3, 6, 6)
    vectors = module(image)
    assert vectors.shape == (4, 5) and module.projection_dim == 5
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(4))
    hidden = torch.relu(module.projection[0](image.mean(dim=(2, 3))))
    expected = nn.functional.normalize(module.projection[2](hidden), dim=1)
    torch.testing.assert_close(vectors, expected)
