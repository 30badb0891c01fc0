"""Names of the columns of text files: repeated and excessive ones."""

import io
import time

import pytest

from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._column_names import check_column_names

SNANA = "SURVEY: LSST\nSNID: 7\nVARLIST: MJD FLT FLUXCAL FLUXCALERR MJD\nOBS: 60000 g 1 2 60000\n"
SALT2 = "@SN 7\n@Z 0.1\n#Date :\n#Flux :\n#Fluxerr :\n#Flux :\n#end :\n60000 1 2 1\n"


def read(text):
    handle = io.BytesIO(text.encode())
    handle.name = "a.txt"
    return read_tables(handle)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mjd mag mjd\n60000 18 60000\n", "mjd"),
        ("mjd,mag,mag\n60000,18,18\n", "mag"),
        (SNANA, "MJD"),
        (SALT2, "Flux"),
    ],
    ids=["blanks", "commas", "SNANA", "SALT2"],
)
def test_repeated_names(text, name):
    with pytest.raises(ValueError, match=rf"two columns '{name}'; rename one"):
        read(text)


@pytest.mark.parametrize("separator", [" ", ","])
def test_a_long_name_is_no_name(separator):
    start = time.process_time()
    long = "nan (" * 100_000 if separator == "," else "nan(" * 100_000
    with pytest.raises(ValueError, match=r"name of column 2 \('nan.*has \d00000 characters"):
        read(f"mjd{separator}{long}{separator}mag\n60000{separator}1{separator}18\n")
    assert time.process_time() - start < 5


def test_a_long_comment_takes_no_time():
    start = time.process_time()
    text = "# " + "word " * 20_000 + "\nmjd magnitude band object_id\n60000 18 g a\n"
    assert read(text).index.tolist() == ["a"]
    assert time.process_time() - start < 5


def test_good_names():
    check_column_names([], "a.txt")
    check_column_names(["mjd", "MJD", "n" * 500], "a.txt")
