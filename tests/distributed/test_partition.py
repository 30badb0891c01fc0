"""The task of one partition."""

import pandas as pd
import pytest

from sklearn_sn.distributed._output_folder import OutputFolder
from sklearn_sn.distributed._partition import PartitionTask, transform_partition

X = pd.DataFrame({"a": [1.0, 2.0], "name": ["u", "v"]}, index=[4, 5])
META = pd.DataFrame({"name": X["name"], "predict": X["a"]})[:0]


class Flaky:
    """A model that fails a number of times."""

    def __init__(self, n_failures, error):
        self.n_failures, self.error, self.n_calls = n_failures, error, 0

    def unpack(self):
        return self

    def predict(self, X):
        self.n_calls += 1
        if self.n_calls <= self.n_failures:
            raise self.error
        return 2 * X["a"]


def run(model, retries=2, folder=None, part=X):
    task = PartitionTask("predict", ("a",), ("name",), META, retries, folder)
    return transform_partition(part, pd.Series([3]), model, task)


def test_an_error_is_tried_again(caplog):
    model = Flaky(2, RuntimeError("no memory"))
    assert run(model)["predict"].tolist() == [2.0, 4.0]
    assert model.n_calls == 3
    assert "Attempt 1 of 3 for partition 3 failed: no memory" in caplog.text


def test_the_last_error_names_the_partition():
    model = Flaky(9, RuntimeError("no memory"))
    with pytest.raises(RuntimeError, match="no memory\nThis is partition 3 of the catalogue, of 2"):
        run(model)
    assert model.n_calls == 3


def test_errors_of_the_input_are_not_tried_again():
    model = Flaky(1, ValueError("negative redshift"))
    with pytest.raises(ValueError, match="negative redshift"):
        run(model)
    assert model.n_calls == 1


def test_finished_partitions_are_not_computed(tmp_path):
    folder = OutputFolder(str(tmp_path))
    first = run(Flaky(0, None), folder=folder)
    again = Flaky(9, RuntimeError("called"))
    pd.testing.assert_frame_equal(run(again, folder=folder), first)
    assert again.n_calls == 0


def test_empty_partitions_do_not_reach_the_model():
    model = Flaky(9, RuntimeError("called"))
    result = run(model, part=X[:0])
    assert model.n_calls == 0
    pd.testing.assert_frame_equal(result, META)


@pytest.mark.parametrize("n_failures", [2, 3])
def test_an_error_of_writing_is_tried_again(tmp_path, monkeypatch, n_failures):
    folder, calls = OutputFolder(str(tmp_path)), []

    def write(self, number, content, frame):
        calls.append(number)
        if len(calls) <= n_failures:
            raise OSError("stale handle")

    monkeypatch.setattr(OutputFolder, "write", write)
    if n_failures == 3:
        with pytest.raises(OSError, match="stale handle\nThis is partition 3"):
            run(Flaky(0, None), folder=folder)
    else:
        assert run(Flaky(0, None), folder=folder)["predict"].tolist() == [2.0, 4.0]
    assert len(calls) == 3
