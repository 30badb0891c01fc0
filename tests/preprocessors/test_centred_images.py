"""Images of different sizes around one centre."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import _centred_images
from sklearn_sn.preprocessors._centred_images import centred_images, image_positions


def table_of(*cells):
    X = pd.DataFrame({"image": pd.Series(list(cells), dtype=object)})
    return check_table(X, modalities=["image"])


def test_crops_and_pads_by_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    cells = [rng.normal(size=(2, *shape)) for shape in [(9, 9), (3, 3), (9, 3), (9, 9), (9, 9)]]
    table = table_of(*cells[:2], None, *cells[2:])
    assert image_positions(table).tolist() == [0, 1, -1, 2, 3, 4]
    expected = centred_images(table, 2, 5, lambda images: 2 * images)
    monkeypatch.setattr(_centred_images, "_IMAGES_PER_BLOCK", 2)
    images = centred_images(table, 2, 5, lambda images: 2 * images)
    np.testing.assert_array_equal(images, expected)
    assert images.dtype == np.float16
    middle = np.stack([cells[i][:, 2:7, 2:7] for i in (0, 3, 4)])
    np.testing.assert_allclose(images[[0, 3, 4]], 2 * middle, rtol=1e-3)
    np.testing.assert_allclose(images[1, :, 1:4, 1:4], 2 * cells[1], rtol=1e-3)
    assert np.isnan(images[1]).sum() == 2 * (25 - 9)
    np.testing.assert_allclose(images[2, :, :, 1:4], 2 * cells[2][:, 2:7], rtol=1e-3)


def test_other_numbers_of_channels_are_rejected():
    with pytest.raises(ValueError, match=r"Object 1: the image has 1 channels, but 2"):
        centred_images(table_of(np.ones((2, 3, 3)), np.ones((1, 3, 3))), 2, 3, np.asarray)
