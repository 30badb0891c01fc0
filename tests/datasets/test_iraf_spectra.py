"""FITS images that are spectra."""

import numpy as np
import pytest

from sklearn_sn.datasets._fits_parts import FitsPart
from sklearn_sn.datasets._iraf_spectra import read_image

LINEAR = {"CRVAL1": 4000.0, "CDELT1": 2.0}


def part(array, name="PRIMARY", **header):
    return FitsPart(name, header, np.asarray(array))


def test_wavelengths_follow_the_reference_pixel():
    record = read_image([part([1.0, 2.0, 3.0], **LINEAR, CRPIX1=2.0)])
    assert record.wavelength.tolist() == [3998, 4000, 4002]
    assert record.flux.tolist() == [1, 2, 3] and record.flux_err is None


def test_integers_beyond_those_of_numpy():
    record = read_image([part(np.ones(2), CRVAL1=10**30, CDELT1=10**29)])
    np.testing.assert_allclose(record.wavelength, [1e30, 1.1e30])


def test_four_bands_without_names_are_in_the_order_of_apall():
    bands = np.array([10.0, 9.0, 50.0, 0.5])[:, None, None] * np.ones((4, 1, 3))
    record = read_image([part(bands, **LINEAR)])
    assert record.flux.tolist() == [10, 10, 10] and record.flux_err.tolist() == [0.5, 0.5, 0.5]
    assert record.not_used == ["band 2", "band 3"]
    assert record.sources["flux_err"] == "extension 'PRIMARY', band 4"


def test_multispec_is_divided_by_one_plus_the_shift():
    text = 'wtype=multispec spec1 = "1 1 0 4000. 2. 3 0.25 10. 20."'
    header = {"CTYPE1": "MULTISPE", "WAT2-001": text}
    assert read_image([part(np.ones(3), **header)]).wavelength.tolist() == [3200, 3201.6, 3203.2]


def test_other_extensions_give_errors_masks_and_wavelengths():
    parts = [
        part([1.0, 2.0, 3.0]),
        part([5000.0, 5010.0, 5030.0], "WAVE"),
        part([4.0, 9.0, 0.0], "VAR"),
        part([0, 1, 0], "DQ"),
        part([1.0, 2.0], "SKY"),
    ]
    record = read_image(parts)
    assert record.wavelength.tolist() == [5000, 5030] and record.flux.tolist() == [1, 3]
    np.testing.assert_array_equal(record.flux_err, [2, np.nan])
    assert record.n_masked == 1 and record.not_used == ["extension 'SKY'"]


@pytest.mark.parametrize(
    "parts, message",
    [
        ([FitsPart("PRIMARY", {})], "no image and no table"),
        ([part(np.ones(3))], "the header has no wavelengths"),
        ([part(np.ones(3), CRVAL1=10**400, CDELT1=1)], "the header has no wavelengths"),
        ([part(np.ones((5, 3)), **LINEAR)], r"the shape \(5, 3\)"),
        ([part(["a", "b"], **LINEAR)], "does not hold numbers"),
        ([part(np.ones(3), CTYPE1="MULTISPE")], "multispec format with 0 apertures"),
    ],
)
def test_images_that_are_no_spectrum_are_rejected(parts, message):
    with pytest.raises(ValueError, match=message):
        read_image(parts)
