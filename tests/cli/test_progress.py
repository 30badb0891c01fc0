"""Progress on standard error."""

import io

import pandas as pd
import pytest

from sklearn_sn.cli._progress import progress

BATCHES = [pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [3]})]


@pytest.mark.parametrize("watched", [False, True])
def test_a_bar_is_for_a_person_only(monkeypatch, watched):
    stream = io.StringIO()
    stream.isatty = lambda: watched
    monkeypatch.setattr("sys.stderr", stream)
    assert [len(batch) for batch in progress(BATCHES, 3)] == [2, 1]
    if not watched:
        assert stream.getvalue() == ""
