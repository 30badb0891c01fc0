"""Records of spectra."""

import numpy as np
import pytest

from sklearn_sn.datasets._spectrum_header import HeaderFacts
from sklearn_sn.datasets._spectrum_record import SpectrumRecord


def record(**fields):
    return SpectrumRecord("text", np.arange(3.0), np.arange(3.0) + 5, **fields)


def test_masked_pixels_are_left_out_and_counted():
    one = record(flux_err=np.array([0.1, 0.2, 0.3]))
    one.keep(np.array([True, False, True]))
    one.keep(np.array([False, True]))
    assert one.wavelength.tolist() == [2] and one.flux.tolist() == [7]
    assert one.flux_err.tolist() == [0.3] and one.n_masked == 2
    other = record()
    other.keep(np.zeros(3, dtype=bool))
    assert other.flux.size == 0 and other.flux_err is None and other.n_masked == 3


def test_a_mask_of_another_length_is_rejected():
    with pytest.raises(IndexError, match="boolean index"):
        record().keep(np.array([True]))


def test_facts_of_a_header_are_added():
    one = record(medium="air", metadata={"type": "Ia", "ra": 1.0}, sources={"flux": "column 2"})
    facts = HeaderFacts("SN 2099ab", 59000.5, {"ra": 2.0}, "vacuum", {"time": "MJD"}, ["a note"])
    assert one.describe(facts) is one
    assert (one.name, one.time, one.medium) == ("SN 2099ab", 59000.5, "air")
    assert one.metadata == {"type": "Ia", "ra": 2.0} and one.notes == ["a note"]
    assert one.sources == {"flux": "column 2", "time": "MJD"}
    assert record().describe(facts).medium == "vacuum"
