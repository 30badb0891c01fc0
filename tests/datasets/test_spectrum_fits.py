"""FITS files of spectra: IRAF, SDSS, DESI and tables."""

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import read_spectra

N = 40
WAVELENGTH = 4000.0 + 2.0 * np.arange(N)
FLUX = 3.0 + np.sin(WAVELENGTH / 20)


def content(*hdus):
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits.HDUList(list(hdus)).writeto(file)
    return file.getvalue()


def image(data=FLUX, dtype=">f4", **header):
    hdu = fits.PrimaryHDU(np.asarray(data).astype(dtype))
    hdu.header.update({"CRVAL1": 4000.0, "CDELT1": 2.0, "CRPIX1": 1.0} | header)
    return hdu


def read(*hdus, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_spectra(io.BytesIO(content(*hdus)), **{"object_id": "a"} | kwargs)


def pixels(X, row=0):
    return as_ragged(X["spectrum"].iloc[[row]])


@pytest.mark.parametrize("dtype", [">f4", ">f8", ">i2", ">i4"])
@pytest.mark.parametrize("reference", [1.0, 5.0, -3.5])
def test_linear_wavelengths(dtype, reference):
    found = pixels(read(image(np.arange(1, N + 1), dtype, CRPIX1=reference)))
    np.testing.assert_allclose(found["wavelength"], WAVELENGTH + 2 * (1 - reference))
    assert found["flux"].tolist() == list(range(1, N + 1))
    assert found["flux"].dtype.isnative


def test_cd_matrix_comes_before_cdelt():
    found = pixels(read(image(CD1_1=4.0, CDELT1=1.0)))
    assert np.all(np.diff(found["wavelength"]) == 4)


@pytest.mark.parametrize(
    "header",
    [
        {"CRVAL1": 3.6, "CDELT1": 1e-4, "DC-FLAG": 1},
        {"CRVAL1": 3.6, "CDELT1": 1e-4, "CTYPE1": "LOG-LINEAR"},
    ],
)
def test_log_linear_wavelengths(header):
    found = pixels(read(image(**header)))
    np.testing.assert_allclose(found["wavelength"], 10 ** (3.6 + 1e-4 * np.arange(N)))


def test_natural_logarithms_of_the_fits_standard():
    found = pixels(read(image(CTYPE1="WAVE-LOG", CUNIT1="Angstrom")))
    np.testing.assert_allclose(found["wavelength"], 4000 * np.exp(np.arange(N) * 2 / 4000))


@pytest.mark.parametrize(
    "header, factor", [({"CUNIT1": "nm"}, 10), ({"WAT1_001": "units=nm"}, 10), ({"CUNIT1": "m"}, 1)]
)
def test_units_of_the_axis(header, factor):
    scale = 1e-10 if factor == 1 else 1 / factor
    found = pixels(read(image(CRVAL1=4000 * scale, CDELT1=2 * scale, **header)))
    np.testing.assert_allclose(found["wavelength"], WAVELENGTH)


@pytest.mark.parametrize(
    "kind, medium", [("AWAV", "air"), ("WAVE", "vacuum"), ("LINEAR", "unknown")]
)
def test_the_medium_is_reported(kind, medium):
    assert read(image(CTYPE1=kind)).attrs["read"]["tables"][0]["medium"] == medium


@pytest.mark.parametrize(
    "header, message",
    [
        ({"DC-FLAG": -1}, "not calibrated"),
        ({"CTYPE1": "PIXEL"}, "not calibrated"),
        ({"CDELT1": 0.0}, "no wavelengths"),
        ({"CRVAL1": 3.6, "CDELT1": 1e-4}, "wavelength_unit="),
        ({"CRVAL1": 3.6, "CDELT1": 1e-4, "CUNIT1": "Angstrom"}, "outside"),
        ({"CTYPE1": "MULTISPE", "WAT2_001": 'wtype=multispec spec1 = "1 1 2 4000"'}, "dispcor"),
    ],
)
def test_wavelengths_that_are_unknown_are_rejected(header, message):
    with pytest.raises(ValueError, match=message):
        read(image(**header))


def multispec(data, *apertures):
    text = "wtype=multispec " + " ".join(
        f'spec{i + 1} = "{aperture}"' for i, aperture in enumerate(apertures)
    )
    parts = {f"WAT2_{i + 1:03d}": text[68 * i : 68 * i + 68] for i in range(len(text) // 68 + 1)}
    return image(data, CTYPE1="MULTISPE", WAT0_001="system=multispec", **parts)


def test_multispec_of_one_linear_aperture_is_read():
    found = pixels(read(multispec(FLUX, f"1 1 0 4000. 2. {N} 0. 10.1 20.2")))
    np.testing.assert_allclose(found["wavelength"], WAVELENGTH)
    found = pixels(read(multispec(FLUX, f"1 1 1 3.6 0.0001 {N} 0. 10.1 20.2")))
    np.testing.assert_allclose(found["wavelength"], 10 ** (3.6 + 1e-4 * np.arange(N)))


def test_multispec_of_several_or_non_linear_apertures_is_rejected():
    linear = f"1 1 0 4000. 2. {N} 0. 10.1 20.2"
    with pytest.raises(ValueError, match="dispcor"):
        read(multispec(np.stack([FLUX, FLUX]), linear, linear))
    with pytest.raises(ValueError, match="non-linear wavelengths"):
        read(multispec(FLUX, f"1 1 2 4000. 2. {N} 0. 10.1 20.2 1. 0. 1 3 1. 40. 4000. 2. 0."))


BANDS = np.stack([FLUX, FLUX * 0.9, FLUX * 5, np.full(N, 0.1)])[:, None, :]


def test_the_bands_of_apall():
    names = ["spectrum - background fit", "raw", "background - fit", "sigma - background fit"]
    for header in ({}, {f"BANDID{i + 1}": name for i, name in enumerate(names)}):
        X = read(image(BANDS, ">f8", **header))
        assert pixels(X)["flux"].tolist() == FLUX.tolist()
        assert set(pixels(X)["flux_err"]) == {0.1}
        assert len(X.attrs["read"]["tables"][0]["not_used"]) == 2


def test_bands_in_another_order_go_by_their_names():
    header = {"BANDID1": "sigma", "BANDID2": "raw", "BANDID3": "spectrum - weights variance"}
    X = read(image(BANDS[[3, 1, 0]], ">f8", **header))
    assert pixels(X)["flux"].tolist() == FLUX.tolist()
    assert set(pixels(X)["flux_err"]) == {0.1}


def test_bands_without_a_sigma_have_no_error():
    header = {"BANDID1": "spectrum", "BANDID2": "raw", "BANDID3": "background"}
    assert "flux_err" not in pixels(read(image(BANDS[:3], **header)))


def test_an_image_is_no_spectrum():
    with pytest.raises(ValueError, match="not one spectrum"):
        read(image(np.ones((5, N))))


@pytest.mark.parametrize(
    "name, values", [("ERR", 0.1), ("SIGMA", 0.1), ("VARIANCE", 0.01), ("IVAR", 100.0)]
)
def test_errors_and_masks_in_other_extensions(name, values):
    mask = np.zeros(N, dtype=">i2")
    mask[4] = 2
    companion = fits.ImageHDU(np.full(N, values), name=name)
    X = read(image(), companion, fits.ImageHDU(mask, name="DQ"))
    np.testing.assert_allclose(pixels(X)["flux_err"], 0.1)
    assert len(pixels(X)["flux"]) == N - 1 and X.attrs["read"]["tables"][0]["n_masked"] == 1


def test_names_times_and_coordinates_of_the_header():
    X = read(
        image(OBJECT="SN 2099ab", TELESCOP="NTT", RA="10:00:00", DEC=-5.5, **{"MJD-OBS": 59000.5}),
        object_id=None,
    )
    assert X.index.tolist() == ["SN 2099ab"]
    assert X[["telescope", "ra", "dec"]].iloc[0].tolist() == ["NTT", 150.0, -5.5]
    assert pixels(X)["time"][0] == 59000.5


def sdss(mask=None, ivar=None, **header):
    primary = fits.PrimaryHDU()
    primary.header.update({"MJD": 52762, "PLATEID": 1, "BUNIT": "1E-17 erg/cm^2/s/Ang"} | header)
    columns = {
        "flux": FLUX,
        "loglam": np.log10(WAVELENGTH),
        "ivar": np.full(N, 4.0) if ivar is None else ivar,
        "and_mask": np.zeros(N, dtype=int) if mask is None else mask,
        "sky": np.ones(N),
    }
    formats = {"and_mask": "J"}
    coadd = fits.BinTableHDU.from_columns(
        [fits.Column(n, formats.get(n, "D"), array=v) for n, v in columns.items()], name="COADD"
    )
    return primary, coadd


def test_sdss():
    X = read(*sdss())
    found = pixels(X)
    np.testing.assert_allclose(found["wavelength"], WAVELENGTH)
    np.testing.assert_allclose(found["flux"], FLUX * 1e-17)
    np.testing.assert_allclose(found["flux_err"], 0.5e-17)
    entry = X.attrs["read"]["tables"][0]
    assert entry["medium"] == "vacuum" and entry["not_used"] == ["column 5 'sky'"]


@pytest.mark.parametrize("bit, kept", [(3, False), (16, False), (24, False), (8, True), (11, True)])
def test_masks_of_sdss(bit, kept):
    mask = np.zeros(N, dtype=int)
    mask[5] = 1 << bit
    assert len(pixels(read(*sdss(mask)))["flux"]) == N - (not kept)


def test_pixels_without_weight_are_left_out():
    ivar = np.full(N, 4.0)
    ivar[[0, 9]] = 0
    assert len(pixels(read(*sdss(ivar=ivar)))["flux"]) == N - 2
    X = read(*sdss(ivar=np.zeros(N)))
    assert pixels(X).lengths.tolist() == [0]


@pytest.mark.parametrize("warning", [0, 4])
def test_the_redshift_of_sdss_counts_if_its_fit_was_good(warning):
    columns = [
        fits.Column("Z", "E", array=[0.25]),
        fits.Column("ZWARNING", "J", array=[warning]),
    ]
    X = read(*sdss(), fits.BinTableHDU.from_columns(columns, name="SPECOBJ"))
    assert ("redshift" in X) == (warning == 0)


def desi(n=3, arms=("B", "R"), kind="TGT", times=True):
    targets = 39699999999951412 + np.arange(n)
    columns = [
        fits.Column("TARGETID", "K", array=targets),
        fits.Column("TARGET_RA", "D", array=np.full(n, 10.0)),
        fits.Column("OBJTYPE", "3A", array=[kind] * (n - 1) + ["SKY"]),
        fits.Column("MEAN_MJD", "D", array=np.full(n, 59500.0 if times else np.nan)),
    ]
    hdus = [fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns, name="FIBERMAP")]
    for i, arm in enumerate(arms):
        wavelength = 5000 + 0.8 * np.arange(i * 20, i * 20 + 25)  # arms share five pixels
        hdus.append(fits.ImageHDU(wavelength, name=f"{arm}_WAVELENGTH"))
        flux = fits.ImageHDU(np.full((n, 25), 1.0 + i), name=f"{arm}_FLUX")
        flux.header["BUNIT"] = "10**-17 erg/(s cm2 Angstrom)"
        hdus.append(flux)
        hdus.append(fits.ImageHDU(np.full((n, 25), 4.0), name=f"{arm}_IVAR"))
        hdus.append(fits.ImageHDU(np.zeros((n, 25), ">i4"), name=f"{arm}_MASK"))
    return hdus


def test_desi_arms_are_joined_and_shared_pixels_averaged():
    X = read(*desi(), object_id=None)
    assert X.index.tolist() == ["39699999999951412", "39699999999951413"]  # not the sky
    assert X["ra"].tolist() == [10.0, 10.0]
    found = pixels(X)
    assert len(found["flux"]) == 45 and np.all(np.diff(found["wavelength"]) > 0.5)
    np.testing.assert_allclose(found["flux"][[0, 22, -1]], [1e-17, 1.5e-17, 2e-17])
    np.testing.assert_allclose(found["flux_err"][[0, 22]], [0.5e-17, 0.5e-17 / np.sqrt(2)])
    assert set(found["time"]) == {59500.0}


def test_a_desi_file_without_weights_is_rejected():
    hdus = [hdu for hdu in desi() if hdu.name != "R_IVAR"]
    with pytest.raises(ValueError, match="the arm 'R' lacks"):
        read(*hdus, object_id=None)


def test_a_row_of_arrays_is_a_spectrum_and_several_are_rejected():
    def table(rows):
        columns = [
            fits.Column("WAVE", f"{N}D", "nm", array=np.stack([WAVELENGTH / 10] * rows)),
            fits.Column("FLUX", f"{N}D", array=np.stack([FLUX] * rows)),
            fits.Column("ERR", f"{N}D", array=np.full((rows, N), 0.1)),
        ]
        return fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns)

    found = pixels(read(*table(1)))
    np.testing.assert_allclose(found["wavelength"], WAVELENGTH)
    np.testing.assert_allclose(found["flux_err"], 0.1)
    with pytest.raises(ValueError, match="2 rows of arrays"):
        read(*table(2))


def test_null_integers_are_missing():
    columns = [
        fits.Column("WAVELENGTH", "J", array=WAVELENGTH.astype(int)),
        fits.Column("FLUX", "J", null=-1, array=np.where(np.arange(N) == 3, -1, 7)),
    ]
    found = pixels(read(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns)))
    assert np.flatnonzero(np.isnan(found["flux"])).tolist() == [3]


def test_a_truncated_file_is_rejected():
    whole = content(image(np.ones(5000)))
    with pytest.raises(ValueError, match="truncated or broken"):
        read_spectra(io.BytesIO(whole[: len(whole) // 2]), object_id="a")


def test_a_file_without_spectrum_is_rejected():
    with pytest.raises(ValueError, match="no image and no table"):
        read(fits.PrimaryHDU())
