"""The gallery returns cells unchanged."""

import numpy as np
import pandas as pd

from sklearn_sn.cross_modal._gallery import Gallery
from sklearn_sn.data import as_ragged


def test_nested_cells(dated):
    for name in ("light_curve", "spectrum"):
        rows = np.array([3, 1, 7])
        gallery = Gallery.from_table(dated, name, rows)
        assert len(gallery) == 3 and list(gallery.index) == list(dated.index[rows])
        column = gallery.take([2, 2, 0], pd.Index(list("abc")))
        assert list(column.index) == list("abc") and column.name == name
        got, expected = as_ragged(column), as_ragged(dated[name]).take([7, 7, 3])
        assert set(got.fields) == set(expected.fields)
        for field, values in expected.fields.items():
            assert list(got[field]) == list(values)


def test_images():
    images = [np.full((1, 2, 2), value, dtype=np.float32) for value in (1.0, 2.0, 3.0)]
    X = pd.DataFrame({"image": pd.Series(images, dtype=object)})
    column = Gallery.from_table(X, "image", np.array([2, 0])).take([1, 0, 0], X.index)
    assert [image.max() for image in column] == [1.0, 3.0, 3.0]
