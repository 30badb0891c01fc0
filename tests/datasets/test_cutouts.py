"""Cutouts keep their pixels, whatever the container; damaged ones are missing and counted."""

import base64
import random

import numpy as np
import pytest

from sklearn_sn.datasets._cutouts import decode_cutouts

from .alert_files import stamp

IMAGE = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
IMAGE[-2:] = np.nan  # the border of a chip


@pytest.mark.parametrize(
    "make",
    [
        stamp,
        lambda image: stamp(image, compress=False),
        lambda image: stamp(image.astype(">f4")),
        lambda image: stamp(image.astype(np.float64)),
        lambda image: stamp(image[None]),
        lambda image: base64.b64encode(stamp(image)).decode(),
        lambda image: image,
        lambda image: image.tolist(),
    ],
)
def test_containers(make):
    image, n_damaged = decode_cutouts([make(IMAGE)] * 3)
    assert n_damaged == 0 and image.shape == (3, 7, 5)
    assert image.dtype == np.float32 and image.dtype.isnative
    assert np.array_equal(image[1], IMAGE, equal_nan=True)


def test_integer_pixels():
    image, _ = decode_cutouts([stamp(np.arange(6, dtype=np.int16).reshape(2, 3))])
    assert image.tolist() == [[[0, 1, 2], [3, 4, 5]]]


def test_missing_channels_are_nan():
    image, n_damaged = decode_cutouts([None, stamp(IMAGE), None])
    assert n_damaged == 0 and np.isnan(image[[0, 2]]).all()
    assert decode_cutouts([None, None, None]) == (None, 0)
    assert decode_cutouts([]) == (None, 0)


@pytest.mark.parametrize(
    "bad",
    [b"", b"hello", stamp(IMAGE)[:60], stamp(IMAGE, False)[:2900], "?", 5, [], np.ones(3), {}],
)
def test_damaged_cutouts(bad):
    image, n_damaged = decode_cutouts([stamp(IMAGE), bad, stamp(IMAGE)])
    assert n_damaged == 1 and np.isnan(image[1]).all()
    assert np.array_equal(image[0], IMAGE, equal_nan=True)
    assert decode_cutouts([bad, None, None]) == (None, 1)


def test_a_channel_of_another_shape_is_left_out():
    image, n_damaged = decode_cutouts([stamp(IMAGE), stamp(IMAGE), stamp(IMAGE[:3])])
    assert n_damaged == 1 and image.shape == (3, 7, 5) and np.isnan(image[2]).all()


@pytest.mark.parametrize("compress", [True, False])
def test_flipped_bits_never_raise(compress):
    rng, good = random.Random(0), stamp(IMAGE, compress)
    for _ in range(200):
        damaged = bytearray(good)
        for _ in range(rng.choice([1, 5])):
            damaged[rng.randrange(min(len(damaged), 1000))] ^= 1 << rng.randrange(8)
        image, _ = decode_cutouts([bytes(damaged)])
        assert image is None or image.ndim == 3
