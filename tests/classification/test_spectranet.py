"""The convolutional classifier of spectra."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.regression import SpectraNetRegressor

TINY = {
    "widths": (8, 12),
    "kernels": ((3, 9, 31), (3, 5, 9)),
    "latent_dim": 12,
    "n_bins": 64,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


def expected_failures(estimator):
    return {
        "check_sample_weight_equivalence_on_dense_data": (
            "The batches of an epoch are drawn from the objects that there are: an object that "
            "comes twice is in two batches, one of weight two in one."
        )
    }


@parametrize_with_checks(
    [
        SpectraNetClassifier(**{**TINY, "max_epochs": 20, "lr": 0.01}),
        SpectraNetRegressor(**{**TINY, "max_epochs": 20, "lr": 0.01}),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_checks_them_on_arrays(estimator, check):
    check(estimator)
