"""Spectra of SDSS, DESI and other tables."""

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.datasets._fits_parts import FitsPart
from sklearn_sn.datasets._survey_spectra import find_table, is_desi, read_desi, read_table

PRIMARY = FitsPart("PRIMARY", {"MJD": 52762, "BUNIT": "1E-17 erg/cm^2/s/Ang"})


def table(name="COADD", **columns):
    return FitsPart(name, {}, columns={n: np.array(values) for n, values in columns.items()})


def desi(**changed):
    parts = {
        "FIBERMAP": table(
            "FIBERMAP", TARGETID=[2**53 + 1, 5], OBJTYPE=["TGT", "SKY"], TARGET_RA=[10.0, 20.0]
        ),
        "REDSHIFTS": table("REDSHIFTS", TARGETID=[5, 2**53 + 1], Z=[0.1, 0.2], ZWARN=[0, 0]),
    }
    for arm, start, flux in (("B", 4000.0, 1.0), ("R", 4002.0, 4.0)):
        arrays = {
            "WAVELENGTH": start + np.array([0.0, 1.0, 2.0]),
            "FLUX": np.full((2, 3), flux),
            "IVAR": np.full((2, 3), 4.0 if arm == "B" else 12.0),
            "MASK": np.array([[0, 0, 0], [0, 0, 0]]) + (np.arange(3) == 1) * (arm == "R"),
        }
        for name, array in arrays.items():
            parts[f"{arm}_{name}"] = FitsPart(f"{arm}_{name}", {"BUNIT": "mJy"}, array)
    return [FitsPart("PRIMARY", {}), *[p for p in (parts | changed).values() if p is not None]]


def test_files_are_told_by_their_extensions():
    coadd = table(loglam=[3.6], flux=[1.0])
    assert is_desi(desi()) and not is_desi([PRIMARY, coadd])
    assert find_table([PRIMARY, table(flux=[1.0], sky=[2.0]), coadd]) is coadd
    assert find_table(desi()) is None


@pytest.mark.parametrize("warning", [0, 4])
def test_sdss(warning):
    coadd = table(
        flux=[1.0, 2.0, 3.0], loglam=[3.6, 3.61, 3.62], ivar=[4.0, 4.0, 0.0], and_mask=[256, 8, 0]
    )
    fit = table("SPECOBJ", Z=[0.25], ZWARNING=[warning])
    record = read_table([PRIMARY, coadd, fit], coadd)
    assert record.file_format == "SDSS spectrum" and record.medium == "vacuum"
    assert record.wavelength.tolist() == [3.6] and record.units["wavelength"] == u.dex(u.AA)
    assert record.flux.tolist() == [1] and record.flux_err.tolist() == [0.5]
    assert record.time == 52762 and record.n_masked == 2
    assert record.metadata == ({} if warning else {"redshift": 0.25})
    assert record.notes == (["redshift 0.25 has ZWARNING 4: not used"] if warning else [])


def test_a_row_of_arrays_is_one_spectrum_and_several_are_rejected():
    one = table(WAVE=[[4000.0, 5000.0]], FLUX=[[1.0, 2.0]], ID=[3])
    record = read_table([PRIMARY, one], one)
    assert record.flux.tolist() == [1, 2] and record.file_format == "FITS table"
    assert record.units["flux"].to("erg s-1 cm-2 AA-1") == pytest.approx(1e-17)
    two = table(WAVE=np.ones((2, 3)), FLUX=np.ones((2, 3)))
    with pytest.raises(ValueError, match="'COADD' has 2 rows of arrays"):
        read_table([PRIMARY, two], two)


def test_desi_arms_are_joined_and_shared_pixels_averaged_by_weight():
    (record,) = read_desi(desi())
    assert record.name == str(2**53 + 1) and np.isnan(record.time)
    assert record.wavelength.tolist() == [4000, 4001, 4002, 4004]
    np.testing.assert_allclose(record.flux, [1, 1, (1 * 4 + 4 * 12) / 16, 4])
    np.testing.assert_allclose(record.flux_err, [0.5, 0.5, 0.25, 12**-0.5])
    assert record.metadata == {"instrument": "DESI", "ra": 10.0, "redshift": 0.2}
    assert record.units == {"wavelength": u.AA, "flux": u.mJy} and record.n_masked == 1
    exposures = table("EXP_FIBERMAP", TARGETID=[2**53 + 1, 5, 2**53 + 1], MJD=[59000.0, 1, 59002])
    assert read_desi(desi(EXP_FIBERMAP=exposures))[0].time == 59001


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"R_IVAR": None}, "the arm 'R' lacks"),
        ({"B_FLUX": FitsPart("B_FLUX", {}, np.ones((2, 4)))}, r"differ in shape from \(2, 3\)"),
        ({"FIBERMAP": table("FIBERMAP", ID=[1])}, "no column 'TARGETID'"),
        (
            {"FIBERMAP": table("FIBERMAP", TARGETID=[1, 2], OBJTYPE=["SKY", "SKY"])},
            "no target, only sky",
        ),
    ],
)
def test_incomplete_desi_files_are_rejected(changed, message):
    with pytest.raises(ValueError, match=message):
        read_desi(desi(**changed))
