"""Fixtures of the tests of encoders."""

import pytest
import torch


@pytest.fixture(autouse=True)
def seeded():
    """Weights and inputs are the same in every run."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield
