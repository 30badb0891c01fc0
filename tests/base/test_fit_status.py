"""Warnings about a training that ended early."""

import warnings
from types import SimpleNamespace

import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_sn.base._fit_status import finish_fit


def fitted(status, warm_start=False):
    net = SimpleNamespace(max_epochs=9)
    return SimpleNamespace(
        net_=net, n_iter_=4, fit_status_=status, warm_start=warm_start, _partial=None, lr=0.1
    )


def test_a_complete_training_is_silent():
    model = fitted("completed")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert finish_fit(model) is model


@pytest.mark.parametrize(("warm_start", "done"), [(False, "4 of 9 epochs"), (True, "4 epochs")])
@pytest.mark.parametrize("status", ["diverged", "interrupted"])
def test_the_warning_counts_the_epochs(status, warm_start, done):
    with pytest.warns(ConvergenceWarning, match=f"{status} after {done}"):
        finish_fit(fitted(status, warm_start))
