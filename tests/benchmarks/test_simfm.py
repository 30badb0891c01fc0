"""What the benchmarks of simulation-pretrained classifiers count, and what trees see of a curve."""

import json
from argparse import Namespace

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import as_ragged


def test_every_class_has_one_vote_in_the_flat_loss(load):
    truth = np.array(["a"] * 8 + ["b"] * 2)
    proba = np.where(truth[:, None] == ["a", "b"], 0.8, 0.2)
    proba[8:] = [0.9, 0.1]
    found = load("_simfm").figures(truth, proba, np.array(["a", "b"]))
    assert found["flat log-loss"] == pytest.approx(-(np.log(0.8) + np.log(0.1)) / 2)
    assert found["accuracy"] == 0.8 and found["AUROC"] == 0.0


def test_results_are_kept_beside_those_of_other_runs(load, tmp_path, capsys):
    simfm, arguments = load("_simfm"), Namespace(out=tmp_path / "new", epochs=3)
    simfm.write(arguments, "some", {"one": [{"AUROC": 0.5}]})
    simfm.write(arguments, "some", {"two": [{"AUROC": 0.7}, {"AUROC": 0.9}]})
    content = json.loads((tmp_path / "new" / "some.json").read_text())
    assert content["one"]["fits"] == [{"AUROC": 0.5}]
    assert content["two"]["settings"]["epochs"] == "3"
    assert "| two | 0.800±0.100 | 2 |" in capsys.readouterr().out
    assert "| one | 0.500 | 1 |" in simfm.markdown(content)


def test_fits_that_were_not_made_are_left_out(load):
    scores = {"AUROC": np.array([[[0.5, np.nan]]]), "F1": np.array([[[0.4, np.nan]]])}
    assert load("_simfm").fits(scores) == [{"AUROC": 0.5, "F1": 0.4}]


def curves(*cells):
    return pd.DataFrame({"light_curve": list(cells)}, index=[f"sn{i}" for i in range(len(cells))])


def curve(factor=1.0, start=59000.0):
    time = np.arange(-100.0, 200.0, 5.0)
    shape = factor * 100.0 * np.exp(-0.5 * (time / 20.0) ** 2)
    flux = np.repeat(shape, 2) * np.tile([1.0, 0.5], len(time))
    error = np.full(2 * len(time), factor)
    band = ["lsstg", "lsstr"] * len(time)
    return {"time": start + np.repeat(time, 2), "band": band, "flux": flux, "flux_err": error}


def test_points_far_from_detections_are_found(load):
    plasticc = load("_plasticc")
    ragged = as_ragged(curves(curve(), curve(factor=0.0))["light_curve"], kind="light_curve")
    ragged = ragged.with_fields(flux_err=np.ones(ragged.n_points))
    near = ragged.with_fields(near=plasticc.near_detections(ragged))
    phase = near["time"][near["near"] & (near.rows == 0)] - 59000.0
    # exp(-x²/2) = 5 % at 2.4 standard deviations of 20 days; the points are 5 days apart.
    assert (phase.min(), phase.max()) == (-60.0, 60.0)
    assert near["near"][near.rows == 1].all()


def test_statistics_tell_bands_and_do_not_tell_distance(load):
    table = curves(curve(), curve(factor=0.1, start=50000.0))
    found = load("_plasticc").band_statistics(table)
    assert found["colour 2"].tolist() == pytest.approx([-0.46, -0.46], abs=0.06)
    assert found["band 2, max"].tolist() == pytest.approx([0.5, 0.5])
    assert found["band 0, mean"].isna().all() and found["band 0, stretch 3"].isna().all()
    same = [c for c in found if c.startswith("band 1, stretch") or "colour" in c or "std" in c]
    np.testing.assert_allclose(found[same].iloc[0], found[same].iloc[1], rtol=1e-6)
    assert found["log peak"].diff().iloc[1] == pytest.approx(-1.0)


def test_folds_are_those_of_all_objects(load):
    pytest.importorskip("lightgbm")
    y = np.repeat(["SN Ia", "SN II", "SLSN-I"], [50, 25, 25])
    kept = y != "SLSN-I"
    folds = list(load("simfm_real").folds_of(y, kept))
    tests = np.concatenate([test for _, test in folds])
    np.testing.assert_array_equal(np.sort(tests), np.arange(75))
    assert all(not set(train) & set(test) for train, test in folds)


def test_anomalies_are_counted_among_the_first(load):
    pytest.importorskip("lightgbm")
    y = np.repeat(["SN Ia", "SLSN-I", "SN IIn"], [80, 10, 10])
    strangeness = np.concatenate([np.zeros(80), np.full(10, 2.0), np.full(10, -1.0)])
    found = load("simfm_anomaly").anomaly_figures(strangeness, y)
    assert found["purity"] == 1.0 and found["share"] == 0.2 and found["AUROC"] == 0.5
    assert found["AUROC SLSN-I"] == 1.0 and found["AUROC SN IIn"] == 0.0


def test_samples_of_redshifts(load):
    pytest.importorskip("lightgbm")
    in_sample = load("simfm_redshift").in_sample
    y = np.array(["SN Ia", "SLSN-I", "SN II", "SN Ia", "SN Ia"])
    z = np.array([0.05, 0.1, 0.4, 1.2, np.nan])
    assert in_sample("near", y, z).tolist() == [True, True, False, False, False]
    assert in_sample("wide", y, z).tolist() == [True, False, True, False, False]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_head_of_redshifts_is_chosen_and_does_not_extrapolate(load):
    pytest.importorskip("lightgbm")
    study, rng = load("simfm_redshift"), np.random.default_rng(0)
    latent = rng.normal(size=(120, 4))
    z = 0.05 * np.exp(0.5 * latent[:, 0])
    head = study.of_logarithm(study.chosen_head()).fit(latent, z)
    far = 1e4 * np.sign(latent)
    assert head.score(latent, z) > 0.8
    assert head.predict(far).min() >= 0.0 and head.predict(far).max() < 3.0 * z.max()


def test_the_table_of_redshifts(load):
    fits = [{"MSE": 0.001, "R2": 0.4}, {"MSE": 0.003, "R2": 0.6}]
    contents = [
        {"model": name, "limited": fits, "full": fits[:1]} for name in ("x, frozen", "mean")
    ]
    first, second = load("table_simfm").redshifts(contents).splitlines()[2:]
    assert first.startswith(
        "| mean | 0.200±0.100 | 0.500±0.100 | 0.100±0.000 | 0.400±0.000 | 2, 1 |"
    )
    assert second.startswith("| x, frozen |")
