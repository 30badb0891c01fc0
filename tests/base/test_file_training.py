"""Training on files of more objects than the sample."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.base import _file_input, _file_training
from sklearn_sn.base._file_training import weighted_rows
from sklearn_sn.base._learning_task import LearningTask
from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.datasets import ObjectFiles, TableWriter, make_supernovae
from sklearn_sn.embedding import ContrastiveEmbedder, MMVAEEmbedder
from sklearn_sn.encoders import DeepSets, SpectraNet
from sklearn_sn.nets import MaxSteps, StreamedLoader, TableDataset
from tests.base.tiny import STILL, classifier, regressor
from tests.conftest import SMALL

N_OBJECTS = 60


@pytest.fixture(scope="module")
def X():
    X, y = make_supernovae(N_OBJECTS, random_state=0)
    return X.assign(type=np.asarray(y)).iloc[np.argsort(y, kind="stable")]  # sorted by class


@pytest.fixture(scope="module")
def path(X, tmp_path_factory):
    path = tmp_path_factory.mktemp("objects") / "objects.parquet"
    with TableWriter(path, row_group_size=8) as writer:
        writer.write(X)
    return path


@pytest.fixture
def small_buffers(monkeypatch):
    monkeypatch.setattr(_file_input, "SAMPLE_OBJECTS", 30)
    monkeypatch.setattr(_file_training, "BUFFER_OBJECTS", 25)
    monkeypatch.setattr(_file_training, "MIXED_GROUPS", 3)


@pytest.fixture
def rows_of_batches(monkeypatch):
    """Rows of all training batches, in order."""
    seen, original = [], StreamedLoader.__iter__

    def spy(self):
        for batch, rows in original(self):
            seen.append((rows, batch))
            yield batch, rows

    monkeypatch.setattr(StreamedLoader, "__iter__", spy)
    return seen


def test_every_epoch_uses_every_object_once(X, path, small_buffers, rows_of_batches):
    model = classifier(max_epochs=2, batch_size=8).fit(path, "type")
    assert model.n_iter_ == 2 and len(rows_of_batches) == 2 * (4 + 4 + 2)
    half = len(rows_of_batches) // 2
    for epoch in (rows_of_batches[:half], rows_of_batches[half:]):
        rows = np.concatenate([rows for rows, _ in epoch])
        assert np.sort(rows).tolist() == list(range(N_OBJECTS))
    # The labels are those of the rows.
    codes = np.searchsorted(model.classes_, X["type"].to_numpy())
    for rows, batch in rows_of_batches:
        assert batch.targets["targets"].tolist() == codes[rows].tolist()


def test_the_steps_are_those_of_the_table_in_memory(
    X, path, small_buffers, rows_of_batches, monkeypatch
):
    settings = {"max_epochs": 2, "batch_size": 10}
    settings["encoder"] = DeepSets(d_model=8, latent_dim=6, **STILL)
    model = classifier(**settings).fit(path, "type")
    order = [rows for rows, _ in rows_of_batches]
    # Train again, on the same batches of a dataset of the whole table.
    prepared = model.preprocessor_.prepare(model._read(X, model.encoder_))
    codes = np.searchsorted(model.classes_, X["type"].to_numpy())
    dataset = TableDataset(
        {"light_curve": model.preprocessor_}, {"light_curve": prepared}, {"targets": codes}
    )

    def in_memory(self):
        for rows in order[self.epoch * len(self) : (self.epoch + 1) * len(self)]:
            # With a generator, because batches of training are cut into other chunks.
            yield dataset.gather(rows, "cpu", np.random.default_rng(0)), rows
        self.epoch += 1

    monkeypatch.setattr(StreamedLoader, "__iter__", in_memory)
    again = classifier(**settings).fit(path, "type")
    assert [row["train_loss"] for row in again.history_] == [
        row["train_loss"] for row in model.history_
    ]
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))


def test_classes_and_weights_are_those_of_the_whole_file(X, path, small_buffers):
    labels = np.where(np.arange(N_OBJECTS) == 7, "rare", X["type"].to_numpy())
    params = {"class_weight": {name: 1.0 for name in np.unique(labels)}, "max_epochs": 1}
    of_file = classifier(**params).fit(path, labels)
    of_table = classifier(**params).fit(X, labels)
    assert of_file.classes_.tolist() == of_table.classes_.tolist()
    assert np.array_equal(of_file.class_prior_, of_table.class_prior_)
    number = regressor(max_epochs=1).fit(path, "redshift")
    assert number.target_mean_ == pytest.approx(X["redshift"].mean())


def test_held_out_objects_are_not_trained_on(path, small_buffers, rows_of_batches):
    model = classifier(max_epochs=3, early_stopping=True, validation_fraction=0.3)
    model.fit(path, "type")
    assert "valid_loss" in model.history_[0]
    trained = {int(row) for rows, _ in rows_of_batches for row in rows}
    assert len(trained) == N_OBJECTS - 9  # 30 % of the sample of 30


def test_few_steps_are_spread_over_the_file(path, small_buffers, rows_of_batches):
    classifier(batch_size=8, callbacks=[MaxSteps(3)]).fit(path, "type")
    assert len(rows_of_batches) == 3
    groups = {int(row) // 8 for rows, _ in rows_of_batches for row in rows}
    assert len(groups) >= 5  # of eight


def test_other_estimators_train_on_files(X, path, small_buffers):
    embedder = ContrastiveEmbedder(**SMALL).fit(path)
    assert embedder.n_iter_ == 2 and embedder.transform(X).shape == (N_OBJECTS, 8)
    encoder = SpectraNet(size="small", n_bins=64)
    spectra = SpectraNetClassifier(encoder=encoder, max_epochs=1, random_state=0)
    spectra.fit(path, "type")
    assert spectra.predict_proba(path).shape == (N_OBJECTS, len(spectra.classes_))
    repeated = ContrastiveEmbedder(**SMALL).fit(path)
    assert np.array_equal(repeated.transform(X), embedder.transform(X))


def test_a_fit_leaves_no_trace_of_the_files(path, small_buffers):
    model = classifier(max_epochs=1).fit(path, "type")
    assert "_file_training" not in vars(model) and "_train" not in vars(model)


@pytest.mark.filterwarnings("ignore::sklearn_sn.data.DataQualityWarning")
def test_a_part_may_lack_a_modality(X, small_buffers, rows_of_batches, monkeypatch, tmp_path):
    monkeypatch.setattr(_file_training, "BUFFER_OBJECTS", 8)  # a part is a row group
    monkeypatch.setattr(_file_training, "MIXED_GROUPS", 1)
    # The first objects have no spectrum, so that whole parts have none.
    sparse = pd.concat([X.iloc[:40].drop(columns="spectrum"), X.iloc[40:]])[list(X.columns)]
    with TableWriter(tmp_path / "sparse.parquet", row_group_size=8) as writer:
        writer.write(sparse)
    generator = MMVAEEmbedder(max_epochs=1, random_state=0)
    for model in (ContrastiveEmbedder(**{**SMALL, "max_epochs": 1}), generator):
        rows_of_batches.clear()
        model.fit(tmp_path / "sparse.parquet")
        trained = np.concatenate([rows for rows, _ in rows_of_batches])
        assert np.sort(trained).tolist() == list(range(N_OBJECTS))
        assert any("spectrum" not in batch.present for _, batch in rows_of_batches)
        assert np.isfinite(model.transform(sparse)).all()


def test_weights_are_relative_to_those_of_all_objects(path, small_buffers, rows_of_batches):
    # Parts of equal weights would all have weight 1 if each were scaled by itself.
    weight = np.where(np.arange(N_OBJECTS) < 40, 0.0, np.arange(N_OBJECTS))
    weight[0] = 1.0
    classifier(max_epochs=1).fit(path, "type", sample_weight=weight)
    scaled = weight / weight[weight > 0].mean()
    trained = np.concatenate([rows for rows, _ in rows_of_batches])
    assert np.sort(trained).tolist() == np.flatnonzero(weight).tolist()
    for rows, batch in rows_of_batches:
        np.testing.assert_allclose(batch.targets["weight"].numpy(), scaled[rows], rtol=1e-6)


@pytest.mark.parametrize("n_weighted", [2, 12])
def test_few_objects_of_positive_weight_are_enough(
    X, path, small_buffers, rows_of_batches, monkeypatch, n_weighted
):
    monkeypatch.setattr(_file_input, "SAMPLE_OBJECTS", 14)
    weight = np.zeros(N_OBJECTS)
    ends = np.r_[0 : n_weighted // 2, N_OBJECTS - n_weighted // 2 : N_OBJECTS]
    weight[ends] = 2.0  # of two classes, since X is sorted
    rows = _file_input._sample_rows(ObjectFiles(path), weight, np.random.default_rng(0))
    assert (weight[rows] > 0).any()
    model = classifier(max_epochs=1).fit(path, "type", sample_weight=weight)
    trained = np.concatenate([rows for rows, _ in rows_of_batches])
    assert np.sort(trained).tolist() == ends.tolist()
    assert sorted(model.classes_) == sorted(X["type"].iloc[ends].unique())


def test_samples_with_enough_weight_are_those_without_weights(path, small_buffers):
    files, weight = ObjectFiles(path), np.arange(N_OBJECTS) % 2
    draws = [_file_input._sample_rows(files, w, np.random.default_rng(0)) for w in (None, weight)]
    np.testing.assert_array_equal(*draws)


def test_weights_that_are_all_0_are_rejected(path, small_buffers):
    with pytest.raises(ValueError, match="at least one non-zero number"):
        classifier(max_epochs=1).fit(path, "type", sample_weight=np.zeros(N_OBJECTS))


def test_a_random_state_repeats_the_sample(X, path, small_buffers):
    models = [
        classifier(max_epochs=1, random_state=np.random.RandomState(0)).fit(path, "type")
        for _ in range(2)
    ]
    assert np.array_equal(models[0].predict_proba(X), models[1].predict_proba(X))


@pytest.mark.parametrize(
    ("weight", "rows", "expected"),
    [(None, [0, 1, 2], None), ([2.0, 0.0, 6.0], [0, 2], [0.5, 0.0, 1.5])],
)
def test_weights_of_a_table_become_relative_targets(weight, rows, expected):
    task = LearningTask({}, 1, sample_weight=None if weight is None else np.array(weight))
    estimator = SimpleNamespace(_file_training=None)
    assert weighted_rows(estimator, task, 3).tolist() == rows
    found = task.targets.get("weight")
    assert found is expected is None or found.tolist() == expected
