"""Emission lines follow star formation and abundance."""

import numpy as np
import pytest

from sklearn_sn.datasets._nebular_lines import EMISSION_LINES, line_luminosities


def lines(log_sfr=0.0, metallicity=8.7, shocked=0.0, offset=0.0):
    parts = np.broadcast_arrays(*map(np.atleast_1d, (log_sfr, metallicity, shocked, offset)))
    light = line_luminosities(*(part.astype(float) for part in parts))
    return dict(zip(EMISSION_LINES, light.T, strict=True))


def test_h_alpha_is_that_of_kennicutt_and_evans():
    light = lines(log_sfr=[0.0, 1.0])
    np.testing.assert_allclose(np.log10(light["Hα"]), [41.27, 42.27])
    np.testing.assert_allclose(light["Hα"] / light["Hβ"], 2.86)


def test_abundances_are_those_of_pettini_and_pagel():
    light = lines(metallicity=np.array([8.2, 8.4, 8.6]))
    n2 = np.log10(light["[N II] 6583"] / light["Hα"])
    np.testing.assert_allclose(8.90 + 0.57 * n2, [8.2, 8.4, 8.6])
    o3n2 = np.log10(light["[O III] 5007"] / light["Hβ"]) - n2
    np.testing.assert_allclose(8.73 - 0.32 * o3n2[1:], [8.4, 8.6])
    assert light["[O III] 5007"] == pytest.approx(light["[O III] 4959"] * 2.98, rel=0.01)


def test_shocked_gas_has_the_ratios_of_liners():
    light = lines(log_sfr=-9.0, shocked=1e39)
    assert light["[N II] 6583"] > light["Hα"]
    assert light["Hα"] == pytest.approx(1e39, rel=1e-3)
