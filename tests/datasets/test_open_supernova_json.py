"""The JSON format of the Open Supernova Catalog, on invented entries."""

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.data import mag_to_flux
from sklearn_sn.datasets._open_supernova_json import (
    number,
    parse_metadata,
    parse_photometry,
    parse_spectra,
    read_unit,
)


def photometry(*entries):
    return parse_photometry({"photometry": [{"time": "59000", "band": "g", **e} for e in entries]})


def spectrum(**entry):
    rows = [["4000", "1.0", "0.1"], ["5000", "2.0", "0.2"], ["6000", "3.0", "0"]]
    spectra, dropped = parse_spectra({"spectra": [{"data": rows, **entry}]}, 0.5)
    return spectra[0] if spectra else dropped


def test_metadata_are_the_first_quoted():
    known = parse_metadata(
        {
            "ra": [{"value": "10:00:00", "u_value": "hours"}, {"value": "11:00:00"}],
            "dec": [{"value": "-00:30:00"}],
            "redshift": [{"value": "-0.001"}, {"value": "0.02"}, {"value": "0.03"}],
            "claimedtype": [{"value": "II P"}, {"value": "II"}],
            "alias": [{"value": "SN2020xx"}, {"value": '<a id="1">PSN 1</a>'}],
        }
    )
    assert (known["ra"], known["dec"]) == (pytest.approx(150.0), pytest.approx(-0.5))
    assert (known["redshift"], known["type"]) == (0.02, "II P")
    assert known["alias"] == "SN2020xx, PSN 1"
    assert np.isnan(known["ebv"]) and known["host"] is None
    assert np.isnan(parse_metadata({})["ra"])


def test_magnitudes_errors_and_times():
    fields, dropped = photometry(
        {"magnitude": "20.0", "e_magnitude": "0.1"},
        {"magnitude": "20.0", "e_lower_magnitude": "0.1", "e_upper_magnitude": "0.3"},
        {"magnitude": "20.0", "time": "2459000.5", "u_time": "JD"},
        {"magnitude": "20.0", "time": ["59000", "59002"], "band": "V"},
    )
    flux, err = mag_to_flux(20.0, 0.1)
    vega = mag_to_flux([20.0], band="V", system="Vega")[0]
    assert fields["flux"] == pytest.approx([flux, flux, flux, vega])
    assert fields["flux_err"][:2] == pytest.approx([err, 2 * err])
    assert np.isnan(fields["flux_err"][2:]).all()
    assert fields["time"].tolist() == [59000.0, 59000.0, 59000.0, 59001.0]
    assert not dropped


def test_fluxes():
    fields, dropped = photometry(
        {"fluxdensity": "0.01", "e_fluxdensity": "0.001", "u_fluxdensity": "mJy"},
        {"flux": "1e-15", "u_flux": "ergs/s/cm^2/Angstrom"},
        {"flux": "100", "e_flux": "1", "zeropoint": "28.9"},
        {"flux": "100"},
    )
    wavelength = 4701.0 * u.AA  # of sdssg
    expected = (1e-15 * u.Unit("erg s-1 cm-2 AA-1")).to_value(
        u.uJy, equivalencies=u.spectral_density(wavelength)
    )
    assert fields["flux"] == pytest.approx([10.0, expected, 1.0])
    assert fields["flux_err"][[0, 2]] == pytest.approx([1.0, 0.01])
    assert dropped == {"no magnitude or flux": 1}


def test_zero_points_have_a_system():
    entry = {"flux": "100", "zeropoint": "25", "band": "U"}
    fields, _ = photometry(
        entry,
        {**entry, "system": "Vega"},
        {**entry, "system": "AB"},
        {"magnitude": "20", "band": "U"},
    )
    ab, vega = mag_to_flux(20.0), mag_to_flux([20.0], band="U", system="Vega")[0]
    assert fields["flux"] == pytest.approx([ab, vega, ab, vega])


@pytest.mark.parametrize("sign", [">", "≥ ", "<"])
def test_limits_as_text_are_left_out(sign):
    fields, dropped = photometry(
        {"magnitude": f"{sign}19.5"},
        {"fluxdensity": f"{sign}0.01", "u_fluxdensity": "mJy"},
        {"flux": f"{sign}100", "zeropoint": "25"},
        {"magnitude": "20.0"},
    )
    assert fields["flux"] == pytest.approx([mag_to_flux(20.0)])
    assert dropped == {"limit": 3}


def test_what_is_no_measurement_is_counted():
    fields, dropped = photometry(
        {"magnitude": "20", "upperlimit": True},
        {"magnitude": "20", "model": "1"},
        {"magnitude": "20", "kcorrected": True},
        {"magnitude": "20", "band": None},
        {"magnitude": "20", "band": "clear"},
        {"magnitude": "20", "time": ""},
        {"fluxdensity": "1", "u_fluxdensity": "mJy", "frequency": "5.9", "u_frequency": "GHz"},
        {"flux": "1", "u_flux": "ergs/s/cm^2", "energy": ["0.3", "10"], "u_energy": "keV"},
        {"countrate": "1", "u_countrate": "s^-1", "zeropoint": "27"},
    )
    assert len(fields["time"]) == 0
    assert dropped == {
        "limit": 1,
        "no observation": 2,
        "no band": 1,
        "unknown band": 1,
        "no time": 1,
        "radio or X-ray": 2,
        "no magnitude or flux": 1,
    }


def test_spectra_come_in_angstrom_and_per_wavelength():
    plain = spectrum(u_wavelengths="Angstrom", u_fluxes="Uncalibrated", time="59000", u_time="MJD")
    assert plain["wavelength"].tolist() == [4000.0, 5000.0, 6000.0]
    assert plain["flux"].tolist() == [1.0, 2.0, 3.0]
    assert plain["flux_err"][:2].tolist() == [0.1, 0.2] and np.isnan(plain["flux_err"][2])
    assert plain["time"].tolist() == [59000.0] * 3
    assert spectrum(u_wavelengths="nm")["wavelength"][0] == pytest.approx(40000.0)
    jansky = spectrum(u_wavelengths="Angstrom", u_fluxes="Jy")
    assert jansky["flux"][1] == pytest.approx(2 * 2.998e-5 / 5000**2, rel=1e-3)
    assert np.isnan(jansky["time"]).all()
    counts = spectrum(u_wavelengths="Angstrom", u_fluxes="counts")
    assert counts["flux"].tolist() == [1.0, 2.0, 3.0]


def test_rest_frame_spectra_are_shifted_back():
    assert spectrum(deredshifted=True)["wavelength"][0] == pytest.approx(6000.0)
    own = spectrum(deredshifted=True, redshift="0.1")
    assert own["wavelength"][0] == pytest.approx(4400.0)
    entry = {"data": [["4000", "1"]], "deredshifted": True}
    assert parse_spectra({"spectra": [entry]}, np.nan) == ([], {"rest frame without redshift": 1})


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ({"above": "5500"}, [4000, 5000]),
        ({"below": "4500"}, [5000, 6000]),
        ({"range": ["4500", "5500"]}, [4000, 6000]),
        ([{"below": "4500"}, {"above": "5500"}], [5000]),
    ],
)
def test_suggested_exclusions(rule, kept):
    assert spectrum(exclude=rule)["wavelength"].tolist() == kept


def test_unusable_spectra_are_counted():
    assert spectrum(u_wavelengths="pixels") == {"unknown unit of wavelength": 1}
    assert spectrum(model="1") == {"no observation": 1}
    assert parse_spectra({"spectra": [{"filename": "x"}]}, 0.1) == ([], {"no data": 1})


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), ("-2e-16", -2e-16), ("55000.0-55002.0", 55001.0), ("<0.2", 0.2), ("5/7", 6.0)],
)
def test_numbers(text, value):
    assert number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", [None, "", "unknown", []])
def test_no_number(text):
    assert np.isnan(number(text))


@pytest.mark.parametrize(
    "text",
    ["erg/s/cm^2/Angstrom", "ergs/s/cm^2/Angstrom", "erg s^-1 cm^-2 Angstrom^-1"],
)
def test_units_of_flux(text):
    assert read_unit(text) == u.Unit("erg s-1 cm-2 AA-1")
    assert read_unit("Uncalibrated") is None
