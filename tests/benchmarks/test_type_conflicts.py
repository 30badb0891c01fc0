"""Which types of the real spectra are usable."""

import pandas as pd
import pytest

COLUMNS = ("class", "subtype", "type_all_osc", "type_source", "type_conflict")


@pytest.mark.parametrize(
    ("row", "usable"),
    [
        (("SN II", "IIP", "II P|Ia", "WISeREP", False), True),
        (("SLSN-I", "SLSN-I", "Ic-pec", "slsne", True), True),
        (("SN Ib/c", "IIb", "II|IIb", "WISeREP", True), True),
        (("SN IIn", "IIn", "II|IIn?", "WISeREP", True), True),
        (("SN Ib/c", "Ic-BL", "BL-Ic|Ic|Ic BL|Ic Pec", "WISeREP", True), True),
        (("SN Ib/c", "Ib/c", "Ib|c|Ib/c", "WISeREP", True), True),
        (("SN Ia", "Ia", ".IaPec|Ia|Ia Pec", "WISeREP", True), True),
        (("SN Ia", "Ia", "Ib|Ia", "WISeREP", True), False),
        (("SN II", "IIP", "IIn", "WISeREP", True), False),
        (("SN Ib/c", "Ib", "II", "WISeREP", True), False),
        (("SN Ib/c", "IIb", "Ia", "WISeREP", True), False),
        (("other", "Ibn", "Ibn|Ib", "WISeREP", True), False),
        (("SN IIn", "IIn", None, "WISeREP", True), False),
    ],
)
def test_less_specific_types_are_no_conflict(load, row, usable):
    objects = pd.DataFrame([row], columns=COLUMNS)
    assert load("_type_conflicts").usable_types(objects).tolist() == [usable]
