"""Learning tasks, as classifiers and regressors fill them in."""

import numpy as np
import pytest

from sklearn_sn.base import LearningTask
from sklearn_sn.losses import ClassificationLoss
from tests.base.tiny import classifier, regressor


def test_dicts_are_not_shared_between_tasks():
    first, second = (LearningTask({"targets": np.zeros(2)}, 1) for _ in range(2))
    first.net_params["lr"] = 1.0
    first.module_params["width"] = 2
    first.attributes["classes_"] = np.arange(2)
    assert second.net_params == second.module_params == second.attributes == {}


def test_optional_parts_are_none():
    task = LearningTask(targets={}, n_outputs=3)
    parts = (task.encoder, task.strata, task.sample_weight, task.groups)
    assert parts == (None, None, None, None)


def test_targets_and_outputs_are_required():
    with pytest.raises(TypeError, match="n_outputs"):
        LearningTask(targets={})


def test_a_classifier_learns_the_codes_of_sorted_classes():
    task = classifier()._label_task(np.array(["II", "Ia", "II", "Ib"]), None)
    np.testing.assert_array_equal(task.targets["targets"], [0, 1, 0, 2])
    np.testing.assert_array_equal(task.strata, task.targets["targets"])
    assert task.n_outputs == 3 and task.sample_weight is None
    assert list(task.attributes["classes_"]) == ["II", "Ia", "Ib"]
    np.testing.assert_array_equal(task.attributes["class_prior_"], [0.5, 0.25, 0.25])
    assert task.net_params["criterion"] is ClassificationLoss


def test_a_class_of_weight_0_is_no_output():
    y, weight = np.array(["a", "b", "c", "a"]), np.array([1.0, 3.0, 0.0, 0.0])
    task = classifier()._label_task(y, weight)
    assert task.n_outputs == 2
    np.testing.assert_array_equal(task.attributes["class_prior_"], [0.25, 0.75])
    np.testing.assert_array_equal(task.sample_weight, weight)
    # The code of the object that is left out stays valid.
    assert task.targets["targets"].max() == 1


def test_one_class_is_rejected():
    with pytest.raises(ValueError, match=r"y holds one class only \(\['a'\]\)"):
        classifier()._label_task(np.array(["a", "a"]), None)
    with pytest.raises(ValueError, match=r"one class only"):
        classifier()._label_task(np.array(["a", "b"]), np.array([1.0, 0.0]))


def test_the_task_of_a_regressor_is_standardised():
    task = regressor()._label_task(np.array([1.0, 2.0, 3.0]), None)
    assert task.n_outputs == 1
    targets = task.targets["targets"].ravel()
    np.testing.assert_allclose(targets, np.array([-1.0, 0.0, 1.0]) * np.sqrt(1.5), rtol=1e-6)
