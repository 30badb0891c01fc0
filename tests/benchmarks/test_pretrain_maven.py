"""The pretraining that continues from a saved state."""

import argparse
import pickle

import numpy as np
import pytest

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import read_card


@pytest.fixture(scope="module")
def script(load):
    return load("pretrain_maven")


def embedder(script):
    return ContrastiveEmbedder(
        light_curve="deep_sets",
        embedding_dim=8,
        batch_size=10,
        lr=1e-2,
        lr_schedule=None,
        max_epochs=1,
        warm_start=True,
        callbacks=[("long_run", script.LongRun(80, 1e-2))],
        random_state=0,
    )


def weights(model):
    return {name: v.numpy().copy() for name, v in model.net_.module_.state_dict().items()}


def test_a_run_goes_on_from_a_pickle_as_if_it_had_not_stopped(script):
    chunks = [make_supernovae(40, random_state=seed)[0] for seed in (1, 2)]
    whole = embedder(script).fit(chunks[0])
    first = weights(whole)
    again = pickle.loads(pickle.dumps(whole)).fit(chunks[1])
    whole.fit(chunks[1])
    run = dict(again.net_.callbacks_)["long_run"]
    assert (run.seen, run.steps) == (80, 8)
    for name, value in weights(whole).items():
        np.testing.assert_array_equal(value, weights(again)[name], err_msg=name)
        np.testing.assert_array_equal(value, run.average[name], err_msg=name)
    moved = [not np.array_equal(first[name], value) for name, value in weights(whole).items()]
    assert sum(moved) > len(moved) / 2


def test_the_learning_rate_falls_over_all_parts(script):
    rates = []

    class Net:
        class optimizer_:
            param_groups = [{"lr": 1.0}]

    run = script.LongRun(1000, 2.0)
    for _ in range(100):
        run.on_batch_begin(Net, batch=[range(10)], training=True)
        rates.append(Net.optimizer_.param_groups[0]["lr"])
    peak = int(np.argmax(rates))
    assert rates[peak] == pytest.approx(2.0, rel=0.01)
    assert peak == 100 * script.WARM_UP
    assert np.all(np.diff(rates[peak:]) < 0) and rates[-1] < 0.01


def test_surveys_get_longer_and_denser_baselines(script):
    names = [s.name for s in script.baseline_variants(("ztf", "lsst", "followup"))]
    assert names == [
        *("ztf", "lsst", "followup", "ztf, long baseline", "ztf, dense", "lsst, long baseline")
    ]
    dense = script.baseline_variants(("ztf",))[-1]
    assert max(dense.cadences) == 1.5 and dense.baseline == 45.0


def test_a_run_goes_on_from_a_model_file(script, tmp_path):
    chunks = [make_supernovae(40, random_state=seed)[0] for seed in (1, 2)]
    arguments = argparse.Namespace(
        pairs=80, lr=1e-2, batch_size=10, model=tmp_path / "model", held_out=40
    )
    first = embedder(script).fit(chunks[0])
    counts = {"pairs": 40, "chunks": 1, "losses": [2.0], "cpu": 60.0}
    state = {"embedder": first, "settings": script.settings_of(arguments), **counts}
    saved = weights(first)
    script.save(state, arguments, {})
    recipe = "pretrain_maven.py --pairs 80 --batch-size 10 --lr 0.01,"
    assert recipe in read_card(arguments.model)["recipe"]
    for changed in ({"pairs": 90}, {"batch_size": 20}, {"lr": 1e-3}):
        other = argparse.Namespace(**{**vars(arguments), **changed})
        with pytest.raises(ValueError, match=r"go on with --pairs 80 --batch-size 10 --lr 0\.01"):
            script.state_of_model(other)
    state = script.state_of_model(arguments)
    run = dict(state["embedder"].net_.callbacks_)["long_run"]
    assert (run.seen, state["chunks"], state["cpu"]) == (40, 1, 60.0)
    again = state["embedder"].fit(chunks[1])
    assert run.seen == 80
    assert all(
        np.isfinite(value).all() and not np.array_equal(value, saved[name])
        for name, value in weights(again).items()
        if name.startswith("encoders") and name.endswith("weight")
    )


def test_a_saved_state_refuses_other_settings(script, tmp_path, monkeypatch):
    paths = ["--state", str(tmp_path / "state"), "--model", str(tmp_path / "model")]
    small = ["--chunk", "40", "--held-out", "20", "--pairs", "80"]
    monkeypatch.setattr(script, "simulate", lambda *_: make_supernovae(40, random_state=0))
    monkeypatch.setattr(script, "figures", lambda *_: {})
    monkeypatch.setattr("sys.argv", ["script", *paths, *small, "--batch-size", "20"])
    script.main()
    planned = read_card(tmp_path / "model")["recipe"]
    state = pickle.loads((tmp_path / "state").read_bytes())
    assert state["settings"] == {"pairs": 80, "batch_size": 20, "lr": 1e-3}
    del state["settings"]  # as before they were stored
    (tmp_path / "state").write_bytes(pickle.dumps(state))
    monkeypatch.setattr("sys.argv", ["script", *paths, *small, "--minutes", "0"])
    with pytest.raises(ValueError, match=r"go on with --pairs 80 --batch-size 20 --lr 0\.001"):
        script.main()
    assert read_card(tmp_path / "model")["recipe"] == planned
