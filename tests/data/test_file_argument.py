"""Files in place of a table."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pds
import pyarrow.parquet as pq

from sklearn_sn.data import is_object_files


def test_what_names_files(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    assert all(map(is_object_files, ("a", tmp_path, ["a", tmp_path], pds.dataset(tmp_path))))
    assert not any(map(is_object_files, ([], [[1.0]], np.zeros((2, 2)), pd.DataFrame(), None)))
    # A DataFrame has its columns as attributes, too.
    assert not is_object_files(pd.DataFrame({"get_fragments": [1]}))
