"""Modules that importing the displays loads."""

import subprocess
import sys


def test_neither_matplotlib_nor_torch_is_imported():
    code = (
        "import sys, sklearn_sn.plotting; "
        "sys.exit(' '.join({'matplotlib', 'torch'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_without_matplotlib_the_error_names_the_remedy(monkeypatch):
    import pytest

    from sklearn_sn.plotting import RedshiftDisplay

    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"sklearn-sn\[plot\]"):
        RedshiftDisplay([0.1], [0.1]).plot()
