"""Damaged files of spectra give a typed error or a table, in bounded time."""

import gzip
import io
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.datasets import read_spectra

FILES = sorted(p for p in (Path(__file__).parent / "files").iterdir() if p.suffix != ".json")
FILES = [path for path in FILES if path.stat().st_size < 60_000]
N_DAMAGED = 25  # of each kind and file; 150 found nothing more
LIMIT = 5.0  # seconds for one file


def damaged(content, kind, rng):
    """Return the content with one kind of damage."""
    array = np.frombuffer(content, dtype=np.uint8).copy()
    if kind == "bits":
        for place in rng.integers(0, len(array), size=rng.integers(1, 12)):
            array[place] ^= 1 << rng.integers(8)
    elif kind == "truncated":
        array = array[: rng.integers(0, len(array))]
    elif kind == "characters":
        signs = np.frombuffer(b"0123456789eE+-.,;#'/= \n\tTNaA", dtype=np.uint8)
        head = min(len(array), 3000)  # headers are where text means something
        for place in rng.integers(0, head, size=rng.integers(1, 12)):
            array[place] = rng.choice(signs)
    elif kind == "moved":
        start, stop = sorted(rng.integers(0, len(array), size=2))
        array = np.concatenate([array[stop:], array[start:stop], array[:start]])
    else:
        array = rng.integers(0, 256, size=rng.integers(1, 4000), dtype=np.uint8)
        array = np.concatenate([np.frombuffer(content[: rng.integers(0, 100)], np.uint8), array])
    return array.tobytes()


def read(content):
    """Read some content; only errors that the documentation names may leave."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UserWarning)
        try:
            read_spectra(io.BytesIO(content), object_id="a")
        except (ValueError, OSError) as error:
            assert type(error) in (ValueError, FileNotFoundError), repr(error)
            assert str(error).startswith("item 1: ")
    assert time.perf_counter() - start < LIMIT


@pytest.mark.parametrize("kind", ["bits", "truncated", "characters", "moved", "random"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_damaged_files(path, kind):
    rng = np.random.default_rng(0)
    content = path.read_bytes()
    for _ in range(N_DAMAGED):
        read(damaged(content, kind, rng))


def test_damaged_gzip_files():
    rng = np.random.default_rng(0)
    content = gzip.compress(FILES[-1].read_bytes())
    for kind in ("bits", "truncated"):
        for _ in range(N_DAMAGED):
            read(damaged(content, kind, rng))
