"""Confirmation of detections by others."""

import numpy as np

from sklearn_sn.data import Ragged, _confirmation, confirmed_detections, event_mask, peaks
from sklearn_sn.data._confirmation import confirmation_ranks


def curves_of(n_rows=2, n=20):
    rng = np.random.default_rng(0)
    time = np.sort(rng.uniform(0, 60, (n_rows, n)), axis=1).ravel()
    flux = rng.lognormal(3.0, 1.0, n_rows * n)
    fields = {"time": time, "flux": flux, "flux_err": np.ones(n_rows * n)}
    return Ragged(fields, np.arange(n_rows + 1) * n)


def test_confirmation_is_computed_once_for_the_same_points(monkeypatch):
    for n, name in ((20, "_confirm_few"), (200, "_are_confirmed")):
        calls = []
        plain = getattr(_confirmation, name)
        monkeypatch.setattr(
            _confirmation, name, lambda *a, calls=calls, plain=plain: calls.append(1) or plain(*a)
        )
        curves = curves_of(n=n)
        event_mask(curves)
        peaks(curves)
        assert len(calls) == 1
        # Other points are confirmed anew.
        peaks(curves.with_fields(flux=2 * curves["flux"]))
        assert len(calls) == 2


def test_the_mask_of_many_detections_is_that_of_their_ranks():
    rng = np.random.default_rng(0)
    for trial in range(20):
        lengths = rng.integers(0, 200, 12)
        n = lengths.sum()
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        time = np.round(rng.uniform(0, (30, 300, 3000)[trial % 3], n), trial % 2)
        fields = {
            "time": time,
            "flux": rng.lognormal(2.0, (0.5, 1.5)[trial % 2], n)
            * rng.choice([1, -1], n, p=[0.8, 0.2]),
            "flux_err": np.where(rng.random(n) < 0.1, np.nan, 1.0),
        }
        curves = Ragged(fields, offsets).sort("time")
        mask = confirmed_detections(curves)
        assert curves.confirmation is None and 0 < mask.sum() < n
        np.testing.assert_array_equal(mask, confirmation_ranks(curves) < n)


def test_few_detections_are_confirmed_as_many_are():
    rng = np.random.default_rng(0)
    for trial in range(40):
        n = int(rng.integers(0, 65))
        rows = np.sort(rng.integers(0, 1 + trial % 4, n))
        time = np.round(np.cumsum(rng.exponential((3.0, 12.0, 60.0)[trial % 3], n)), 0)
        flux = rng.lognormal(2.0, (0.5, 1.5)[trial % 2], n)
        detected = np.sort(rng.choice(2 * n, n, replace=False))
        few, many = (
            confirm(detected, time, flux, rows, 2 * n)
            for confirm in (_confirmation._confirm_few, _confirmation._confirm_many)
        )
        np.testing.assert_array_equal(few, many)
        np.testing.assert_array_equal(many, confirmed_from(detected, time, flux, rows, 2 * n))


def confirmed_from(detected, time, flux, rows, n):
    """The rule of confirmed_detections, pair by pair."""
    known = [n] * len(detected)
    for i in range(len(detected)):
        for j in range(i + 1, min(i + 9, len(detected))):
            days = time[j] - time[i]
            if rows[i] != rows[j] or days <= 0:
                continue
            near = days <= 20
            if near and 5 * flux[i] >= flux[j]:
                known[j] = min(known[j], detected[j])
            following = j == i + 1 and days <= 100 and 3 * flux[j] >= flux[i]
            if (near and 5 * flux[j] >= flux[i]) or following:
                known[i] = min(known[i], detected[j])
    return known
