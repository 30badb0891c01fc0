"""Columns of the position in the sky."""

from sklearn_sn.base._sky_position import sky_columns
from sklearn_sn.encoders import ConvNeXtImage, ImageCNN, MetadataTowers

NAMES = ["ra", "dec", "image"]


def test_only_encoders_that_read_the_position_get_it():
    assert sky_columns(NAMES, [MetadataTowers(), ConvNeXtImage()]) == ("ra", "dec")
    assert sky_columns(NAMES, [MetadataTowers(), ImageCNN()]) == ()
    assert sky_columns(NAMES, [ConvNeXtImage(sky_position=False)]) == ()


def test_both_columns_are_needed():
    assert sky_columns(["ra", "image"], [ConvNeXtImage()]) == ()
