"""The epochs in which layers start to train; tests/base/test_unfreezing.py covers the training."""

import pytest

from sklearn_sn.nets import GradualUnfreezing


@pytest.mark.parametrize(
    ("last_start", "n_groups", "expected"),
    [(4, 4, [1, 2, 3, 4]), (10, 3, [4, 7, 10]), (1, 3, [1, 1, 1]), (2, 6, [1, 1, 1, 2, 2, 2])],
)
def test_groups_start_at_even_steps(last_start, n_groups, expected):
    assert GradualUnfreezing(last_start).starts(n_groups) == expected
