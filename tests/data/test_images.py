import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table, quality_report


def table_of(*cells):
    column = np.empty(len(cells), dtype=object)
    for i, cell in enumerate(cells):
        column[i] = cell
    return pd.DataFrame({"image": column}, index=[f"SN{i}" for i in range(len(cells))])


def image_of(cell):
    return check_table(table_of(cell)).image[0]


GRID = np.arange(63 * 60, dtype=float).reshape(63, 60)
STACK = np.stack([GRID, GRID + 1, GRID + 2])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (STACK, STACK),
        (np.moveaxis(STACK, 0, -1), STACK),
        (np.asfortranarray(STACK), STACK),
        (STACK[:, ::-1], STACK[:, ::-1]),
        (STACK[:2], STACK[:2]),
        (GRID, GRID[None]),
        (GRID.astype(">f4"), GRID[None]),
        (GRID.astype(np.int16), GRID[None]),
        ((GRID % 256).astype(np.uint8), GRID[None] % 256),
        (GRID > 9, (GRID > 9)[None]),
        ([[1, 2], [3, 4]], np.array([[[1.0, 2.0], [3.0, 4.0]]])),
    ],
    ids=[
        "channels first",
        "channels last",
        "Fortran order",
        "negative stride",
        "two of three",
        "plane",
        "big-endian",
        "int16",
        "uint8",
        "bool",
        "lists",
    ],
)
def test_brought_to_float32_channels_first(cell, expected):
    image = image_of(cell)
    assert image.dtype == np.float32 and image.dtype.isnative
    assert image.flags.c_contiguous
    np.testing.assert_array_equal(image, expected.astype(np.float32))


@pytest.mark.parametrize(
    "cell",
    [
        None,
        np.nan,
        pd.NA,
        pd.NaT,
        [],
        np.zeros((0, 0)),
        np.zeros((3, 0, 5)),
        np.full((9, 9), np.nan),
    ],
    ids=["None", "nan", "NA", "NaT", "list", "0x0", "no rows", "all NaN"],
)
def test_missing(cell):
    X = table_of(cell, GRID)
    table = check_table(X)
    assert table.image[0] is None
    assert table.present("image").tolist() == [False, True]
    assert quality_report(X)["flag"].tolist() == ["EMPTY_IMAGE,NOTHING", ""]


def test_bad_pixels_are_nan():
    cell = np.ma.masked_equal(GRID.copy(), 3.0)
    cell[0, :3] = [np.inf, -np.inf, np.nan]
    cell[1, 0] = 1e300  # beyond float32
    image = image_of(cell)
    assert np.flatnonzero(np.isnan(image)).tolist() == [0, 1, 2, 3, 60]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (np.zeros(5), "'SN0': image has 1 dimensions; give an array of shape"),
        (np.zeros((1, 2, 3, 4)), "has 4 dimensions"),
        (np.zeros((4, 4), dtype=complex), "'SN0': image holds complex128 values; give"),
        ("file.fits", "image holds <U9 values"),
    ],
    ids=["1-D", "4-D", "complex", "text"],
)
def test_refused(cell, message):
    with pytest.raises(ValueError, match=message):
        image_of(cell)


def test_input_is_not_modified():
    cell = STACK.copy()
    cell[0, 0, 0] = np.inf
    before = cell.tobytes()
    cell.flags.writeable = False
    image_of(cell)
    assert cell.tobytes() == before


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA], ids=str)
@pytest.mark.parametrize("kind", [list, tuple])
def test_a_null_channel_is_rejected_with_the_remedy(missing, kind):
    message = r"'SN0': image channel 1 is .*; give a missing channel as an array of NaN, or"
    with pytest.raises(ValueError, match=message):
        image_of(kind([GRID, missing, GRID]))


def test_a_list_of_null_channels_is_missing():
    assert check_table(table_of([None, None, None], GRID)).present("image").tolist() == [
        False,
        True,
    ]


def test_channels_of_unequal_shapes_are_rejected():
    message = r"'SN1': image has channels of different shapes \[\(63, 60\), \(62, 60\)\]; give"
    with pytest.raises(ValueError, match=message):
        check_table(table_of(GRID, [GRID, GRID[1:]]))


def test_a_channel_of_nan_stays_and_warns_of_nothing():
    # Warnings are errors in this suite.
    for dtype in (np.float64, np.float32, np.longdouble):
        cell = STACK.astype(dtype)
        cell[1] = np.nan
        image = image_of(cell)
        assert np.isnan(image[1]).all() and np.isfinite(image[[0, 2]]).all()


def test_masks_of_astropy_are_missing_pixels():
    from astropy.utils.masked import Masked

    image = Masked(np.ones((1, 3, 3)), mask=np.eye(3, dtype=bool)[None])
    (checked,) = check_table(pd.DataFrame({"image": [image]})).image
    assert np.isnan(checked).sum() == 3
