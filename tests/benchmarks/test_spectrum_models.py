"""The packaged models of spectra: folds of cached networks, halves of the calibration."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from sklearn_sn.persistence import save_model

Y = np.array(["SN Ia", "SN II", "SN Ia", "SN Ib/c"])
GROUPS = np.array([0, 1, 0, 2])


@pytest.fixture(scope="module")
def script(load):
    return load("spectrum_models")


def test_a_network_of_other_folds_is_rejected(script, tmp_path):
    path, old = tmp_path / "network.snmodel", tmp_path / "old.snmodel"
    network = StandardScaler().fit([[0.0], [1.0]])
    save_model(network, path, card={"split": script.split_digest(Y, GROUPS)})
    save_model(network, old)
    script.check_split(path, Y, GROUPS)
    for y, groups in ((Y[::-1], GROUPS), (Y, GROUPS + 1), (Y[:3], GROUPS[:3])):
        with pytest.raises(ValueError, match=r"network\.snmodel was trained with other classes"):
            script.check_split(path, y, groups)
    with pytest.raises(ValueError, match=r"old\.snmodel was trained with other"):
        script.check_split(old, Y, GROUPS)


def test_halves_of_the_calibration_do_not_split_groups(load):
    found = {"rows": np.arange(6), "group": np.array([3, 3, 4, 4, 5, 5])}
    halves = load("_spectrum_calibration").calibration_parts(found)
    assert np.sum(halves, axis=0).tolist() == [1] * 6
    assert halves[0].tolist() == [False, False, True, True, False, False]
