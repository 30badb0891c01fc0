"""The data folder and downloads into it."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import sklearn_sn
from sklearn_sn.datasets import get_data_home
from sklearn_sn.datasets._data_home import download, write_atomically


@pytest.fixture
def server():
    """Server that responds to each path with the status codes in a list."""
    answers, seen = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["User-Agent"]))
            codes = answers.get(self.path, [404])
            self.send_response(codes.pop(0) if len(codes) > 1 else codes[0])
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", answers, seen
        http.shutdown()
        thread.join()


def get(urls, n_retries=2):
    return list(download(urls, n_retries=n_retries, delay=0.0))


def test_home_comes_from_the_argument_or_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SKLEARN_SN_DATA_HOME", str(tmp_path / "env"))
    assert get_data_home() == tmp_path / "env" and (tmp_path / "env").is_dir()
    assert get_data_home(tmp_path / "own") == tmp_path / "own"
    monkeypatch.delenv("SKLEARN_SN_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert get_data_home() == tmp_path / "sklearn_sn_data"


def test_missing_pages_are_passed_over_at_once(server):
    base, answers, seen = server
    answers["/there"] = [200]
    assert get([f"{base}/not", f"{base}/there"]) == [(f"{base}/there", b"/there")]
    assert [path for path, _ in seen] == ["/not", "/there"]
    assert seen[0][1] == f"sklearn-sn/{sklearn_sn.__version__}"


def test_a_failing_server_is_retried(server):
    base, answers, seen = server
    answers["/late"] = [503, 500, 200]
    assert get([f"{base}/late"]) == [(f"{base}/late", b"/late")]
    assert len(seen) == 3


def test_a_dead_server_is_an_os_error(server):
    base, answers, seen = server
    answers["/dead"] = [503]
    with pytest.raises(OSError, match="503"):
        get([f"{base}/dead"], n_retries=1)
    assert len(seen) == 2
    assert get([f"{base}/nothing"]) == []


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "new" / "file.json"
    write_atomically(path, b"old")
    monkeypatch.setattr("os.replace", lambda *args: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old" and list(path.parent.iterdir()) == [path]
