"""Random vectors as parameters."""

import subprocess
import sys

import torch

from sklearn_sn.modules._scaled_normal import scaled_normal


def test_vectors_have_about_unit_length():
    torch.manual_seed(0)
    values = scaled_normal(500, 64)
    assert values.requires_grad
    assert abs(values.norm(dim=1).mean().item() - 1.0) < 0.02
    torch.manual_seed(0)
    assert torch.equal(values, torch.randn(500, 64) / 8.0)


def test_loading_a_model_does_not_import_the_compiler_of_torch():
    code = (
        "import sys; from sklearn_sn import load_pretrained; load_pretrained('contrastive-sim'); "
        "print('torch._dynamo' in sys.modules, 'sympy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240
    )
    assert done.stdout == "False False\n"
