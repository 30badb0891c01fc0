"""Names of the objects of spectra."""

from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.datasets._spectrum_names import ObjectNames
from sklearn_sn.datasets._spectrum_record import SpectrumRecord

SOURCE = Path("folder/file.dat")


def assigned(object_id, *names, source=SOURCE, position=0, stem="file", n_sources=2):
    records = [SpectrumRecord("text", np.ones(1), np.ones(1), name=name) for name in names]
    ObjectNames(object_id, n_sources).assign(records, source, position, stem)
    return [record.name for record in records]


def test_given_names_come_before_the_header_and_that_before_the_file():
    assert assigned("given", "header", "header") == ["given", "given"]
    assert assigned(["first", 7.0], "header", position=1) == ["7"]
    assert assigned(None, "header", None) == ["header", "file"]
    assert assigned([None, "b"], "header") == ["header"]


@pytest.mark.parametrize("key", ["folder/file.dat", "file.dat", "file", "header"])
def test_a_dict_goes_by_path_file_stem_or_name(key):
    assert assigned({key: "given", "other": "x"}, "header") == ["given"]
    assert assigned({"other": "x"}, "header") == ["header"]


def test_missing_and_ambiguous_names_are_rejected():
    with pytest.raises(ValueError, match="Got 1 names for 2 files"):
        assigned(["a"], "header")
    with pytest.raises(ValueError, match=r"holds 2 objects, .* the one name 'a'"):
        assigned("a", "x", "y")
    with pytest.raises(ValueError, match="give object_id="):
        assigned(None, None, source=object(), stem=None)
