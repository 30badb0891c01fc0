"""Folders of finished partitions."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.distributed._output_folder import OutputFolder

FRAME = pd.DataFrame(
    {1: np.array([0.5, 0.25], dtype=np.float32), "n": ["u", "v"]},
    index=pd.Index([7, 3], dtype="int64[pyarrow]", name="_healpix_29"),
)


@pytest.fixture
def folder(tmp_path):
    folder = OutputFolder(str(tmp_path / "new" / "scores"))
    folder.open({"model": "m", "n_partitions": 2})
    return folder


def files(folder):
    from pathlib import Path

    return sorted(path.name for path in Path(folder.path).iterdir())


def test_reads_what_was_written(folder):
    assert folder.read(1, "abc", FRAME[:0]) is None
    folder.write(1, "abc", FRAME)
    pd.testing.assert_frame_equal(folder.read(1, "abc", FRAME[:0]), FRAME)
    pd.testing.assert_frame_equal(folder.read(1, None, FRAME[:0]), FRAME)
    assert files(folder) == ["_catalogue.json", "part-000001.parquet"]
    assert list(pd.read_parquet(folder.path).columns) == ["1", "n"]


def test_an_empty_partition_is_finished_too(folder):
    folder.write(0, "abc", FRAME[:0])
    pd.testing.assert_frame_equal(folder.read(0, "abc", FRAME[:0]), FRAME[:0])


def test_a_failed_write_leaves_nothing(folder, monkeypatch):
    def fail(table, path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr("pyarrow.parquet.write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        folder.write(0, "abc", FRAME)
    assert files(folder) == ["_catalogue.json"]


def test_other_input_and_damage_are_errors(folder):
    from pathlib import Path

    folder.write(0, "abc", FRAME)
    with pytest.raises(ValueError, match="partition 0 has changed since"):
        folder.read(0, "def", FRAME[:0])
    file = Path(folder.path) / "part-000000.parquet"
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(ValueError, match=r"is damaged .* Delete it and run again"):
        folder.read(0, "abc", FRAME[:0])


def test_another_description_is_an_error(folder):
    folder.open({"model": "m", "n_partitions": 2})
    with pytest.raises(ValueError, match="its n_partitions is 2, and that of this run is 3"):
        folder.open({"model": "m", "n_partitions": 3})


def test_other_files_beside_the_results_are_an_error(folder):
    from pathlib import Path

    folder.write(1, "abc", FRAME)
    folder.open({"model": "m", "n_partitions": 2})
    (Path(folder.path) / "part-000002.parquet").write_bytes(b"other")
    with pytest.raises(ValueError, match=r"no results of this run, such as 'part-000002.parquet'"):
        folder.open({"model": "m", "n_partitions": 2})


@pytest.mark.parametrize("text", ["", "{half", "[1]"])
def test_a_damaged_description_is_an_error(folder, text):
    from pathlib import Path

    (Path(folder.path) / "_catalogue.json").write_text(text)
    with pytest.raises(ValueError, match=r"_catalogue\.json is damaged"):
        folder.open({"model": "m", "n_partitions": 2})


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "scores").write_text("x")
    with pytest.raises(ValueError, match="scores is a file"):
        OutputFolder(str(tmp_path / "scores")).open({"model": "m"})


def test_files_of_killed_writers_are_removed_after_a_day(folder):
    import os
    import time
    from pathlib import Path

    old, new = (Path(folder.path) / f".part-000001.parquet-{name}" for name in ("aa", "bb"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 1e5,) * 2)
    folder.open({"model": "m", "n_partitions": 2})
    assert (old.exists(), new.exists()) == (False, True)


def test_a_deleted_result_is_named(folder):
    with pytest.raises(ValueError, match=r"part-000001.parquet has been deleted. Run write_cat"):
        folder.read_finished(1, FRAME[:0])
    folder.write(1, "abc", FRAME)
    pd.testing.assert_frame_equal(folder.read_finished(1, FRAME[:0]), FRAME)


def test_a_folder_that_an_equal_run_creates_meanwhile_is_shared(tmp_path, monkeypatch):
    from pathlib import Path

    path, listed = tmp_path / "scores", Path.iterdir

    def list_late(folder):
        monkeypatch.setattr(Path, "iterdir", listed)
        other = OutputFolder(str(path))
        other.open({"model": "m", "n_partitions": 2})
        other.write(1, "abc", FRAME)
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", list_late)
    folder = OutputFolder(str(path))
    folder.open({"model": "m", "n_partitions": 2})
    pd.testing.assert_frame_equal(folder.read(1, "abc", FRAME[:0]), FRAME)


def test_processes_that_create_a_folder_at_once(tmp_path):
    from multiprocessing import get_context

    context = get_context("spawn")
    barrier, queue = context.Barrier(2), context.SimpleQueue()
    paths = [str(tmp_path / str(number)) for number in range(300)]
    processes = [
        context.Process(target=open_all, args=(place, paths, barrier, queue)) for place in range(2)
    ]
    for process in processes:
        process.start()
    outcomes = dict(queue.get() for _ in processes)
    for process in processes:
        process.join()
    pairs = list(zip(outcomes[0], outcomes[1], strict=True))
    # Equal runs share a folder; of two different ones, either gets it.
    assert set(pairs[::2]) == {("", "")}
    other = "The 'output' folder FOLDER belongs to another run: its model is"
    kinds = {tuple(error[: len(other)] for error in pair) for pair in pairs[1::2]}
    assert kinds <= {("", other), (other, "")}


def open_all(place, paths, barrier, queue):
    """Open each folder and write a part, as runs do that are equal in every second folder."""
    from pathlib import Path

    errors = []
    for number, path in enumerate(paths):
        barrier.wait(60)
        try:
            OutputFolder(path).open({"model": number % 2 * place, "n_partitions": 2})
            (Path(path) / f"part-{place:06d}.parquet").write_bytes(b"result")
            errors.append("")
        except ValueError as error:
            errors.append(str(error).replace(path, "FOLDER"))
    queue.put((place, errors))
