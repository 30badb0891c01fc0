"""A file appears whole, or not at all."""

import errno
import os
import signal
import stat
import subprocess
import sys
import time

import pytest
from sklearn.preprocessing import StandardScaler

from sklearn_sn.persistence import _archive, _replace, load_model, save_model


@pytest.fixture
def scaler():
    return StandardScaler().fit([[1.0], [2.0]])


def test_a_file_is_kept_unless_told_otherwise(scaler, tmp_path):
    path = tmp_path / "a"
    save_model(scaler, path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_model(StandardScaler().fit([[5.0], [9.0]]), path)
    assert path.read_bytes() == before
    save_model(StandardScaler().fit([[5.0], [9.0]]), path, overwrite=True)
    assert load_model(path).mean_ == 7.0
    assert os.listdir(tmp_path) == ["a"]


def test_a_file_that_comes_meanwhile_is_kept(scaler, tmp_path, monkeypatch):
    def write(*args):
        (tmp_path / "a").write_text("mine")

    monkeypatch.setattr(_replace, "_check_place", write)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_model(scaler, tmp_path / "a")
    assert (tmp_path / "a").read_text() == "mine"
    assert os.listdir(tmp_path) == ["a"]


def test_without_links_a_rename_serves(scaler, tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(errno.EOPNOTSUPP, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    save_model(scaler, tmp_path / "a")
    assert load_model(tmp_path / "a").mean_ == 1.5
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("where", ["write", "sync", "rename"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_what_fails_in_the_middle_leaves_the_old_file(scaler, tmp_path, monkeypatch, where, error):
    path = tmp_path / "a"
    save_model(scaler, path)
    before = path.read_bytes()

    def fail(*args):
        raise error

    owner, name = {
        "write": (_archive, "write_json"),
        "sync": (os, "fsync"),
        "rename": (os, "replace"),
    }[where]
    monkeypatch.setattr(owner, name, fail)
    with pytest.raises(type(error)):
        save_model(StandardScaler().fit([[5.0], [9.0]]), path, overwrite=True)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a"]


def test_a_full_disk_leaves_nothing(scaler, tmp_path):
    """A limit on the size of files stands in for a disk without space."""
    code = f"""
import numpy as np, resource, signal
from sklearn.preprocessing import StandardScaler
from sklearn_sn.persistence import save_model
model = StandardScaler().fit(np.random.default_rng(0).normal(size=(3, 200000)))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000000, 1000000))
try:
    save_model(model, {str(tmp_path / "a")!r})
except OSError as error:
    print("refused", error.errno)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", str(errno.EFBIG)]
    assert os.listdir(tmp_path) == []


def test_a_killed_process_leaves_no_part_under_the_name(scaler, tmp_path):
    path = tmp_path / "a"
    save_model(scaler, path)
    code = f"""
import time
from sklearn.preprocessing import StandardScaler
from sklearn_sn.persistence import _model, save_model
def wait(*args, **kwargs):
    print("written", flush=True)
    time.sleep(60)
_model._read = wait
save_model(StandardScaler().fit([[5.0], [9.0]]), {str(path)!r}, overwrite=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert load_model(path).mean_ == 1.5
    assert [name for name in os.listdir(tmp_path) if not name.startswith(".")] == ["a"]


def test_two_processes_at_once_never_mix(tmp_path):
    code = f"""
import sys
import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn_sn.persistence import save_model
model = StandardScaler().fit(np.full((2, 1000), float(sys.argv[1])))
for _ in range(25):
    save_model(model, {str(tmp_path / "a")!r}, overwrite=True)
"""
    save_model(StandardScaler().fit([[1.0] * 1000] * 2), tmp_path / "a")
    writers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "12"]
    seen, until = set(), time.monotonic() + 120
    while any(writer.poll() is None for writer in writers) and time.monotonic() < until:
        means = set(load_model(tmp_path / "a").mean_)
        assert len(means) == 1
        seen |= means
    assert [writer.wait() for writer in writers] == [0, 0]
    assert seen <= {1.0, 2.0}
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_is_no_file(scaler, tmp_path):
    with pytest.raises(IsADirectoryError, match="single file"):
        save_model(scaler, tmp_path)
    with pytest.raises(IsADirectoryError, match="single file"):
        load_model(tmp_path)


def test_the_folder_must_exist(scaler, tmp_path):
    with pytest.raises(FileNotFoundError, match="folder to save into"):
        save_model(scaler, tmp_path / "missing" / "a")


def test_a_folder_without_permission(scaler, tmp_path, monkeypatch):
    def refuse(*args):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError, match="into this folder") as caught:
        save_model(scaler, tmp_path / "a")
    assert caught.value.filename == str(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder(scaler, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="into this folder"):
        save_model(scaler, tmp_path / "a")
    tmp_path.chmod(0o700)


def test_a_link_stays_a_link(scaler, tmp_path):
    (tmp_path / "latest").symlink_to(tmp_path / "model-1")
    save_model(scaler, tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert load_model(tmp_path / "model-1").mean_ == 1.5


def test_the_umask_decides_who_reads(scaler, tmp_path):
    before = os.umask(0o077)
    try:
        save_model(scaler, tmp_path / "a")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
