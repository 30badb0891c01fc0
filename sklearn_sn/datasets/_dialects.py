"""Survey dialects: how the columns of surveys, brokers and archives map to fields.

A dialect is recognised by its columns. To add one, add a row to `DIALECTS`.
"""

import difflib
import re

import pandas as pd

from sklearn_sn.data import bare_name
from sklearn_sn.datasets._dialect import Dialect

_PREFIX = re.compile(r"^[a-z]:(?=.)", re.IGNORECASE)  # of the columns of Fink: i:, d:, v:, r:, f:


def _number(rule):
    """Return a rule for a column of numbers; other values count as 0."""
    return lambda values: rule(pd.to_numeric(values, errors="coerce").fillna(0.0))


_POSITION = {"ra": "ra", "dec": "dec|decl"}
_ATLAS = {
    "fields": {"time": "mjd", "band": "f", "flux": "ujy", "flux_err": "dujy"}
    | {"limit_mag": "mag5sig"},
    "survey": "atlas",
    "quality": ("err", _number(lambda values: values != 0)),
    "signed_magnitudes": True,
    "objects": _POSITION,
}
_ZTF = {"time": "mjd|jd", "band": "fid", "mag": "magpsf", "mag_err": "sigmapsf"}
# Of the host galaxy, which may be another than that of the object.
_HOST_REDSHIFTS = ("hostgal_zspec", "hostgal_zspec_err", "hostgal_zphot", "hostgal_zphot_err")
_RUBIN_TIME = "midpointmjdtai|expmidptmjd|midpointtai|mjd|obsstartmjd"
_SNANA_OBJECTS = {
    "redshift": "redshift_helio|redshift_final|redshift_cmb",
    "ra": "ra",
    "dec": "decl|dec",
    "ebv": "mwebv",
    "type": "sntype|type",
}

DIALECTS = (
    # https://fallingstar-data.com/forcedphot/output/: F is the filter, err a code of the fit.
    Dialect("atlas", ("mjd", "ujy", "dujy", "f"), **_ATLAS),
    Dialect(
        "atlas-magnitudes",
        ("mjd", "m", "dm", "f"),
        **_ATLAS
        | {"fields": {"time": "mjd", "band": "f", "mag": "m", "mag_err": "dm", "flux": ""}},
    ),
    # The ZTF forced-photometry service (Masci et al. 2023, arXiv:2305.16279). Images with
    # infobitssci of 2^25 and more are not to be used.
    Dialect(
        "ztf-forced",
        ("forcediffimflux", "forcediffimfluxunc", "zpdiff|magzpsci"),
        fields={
            "time": "jd|mjd",
            "band": "filter|fid",
            "flux": "forcediffimflux",
            "flux_err": "forcediffimfluxunc",
            "zero_point": "zpdiff|magzpsci",
            "mag": "",
        },
        survey="ztf",
        quality=("infobitssci", _number(lambda values: values >= 33554432)),
        objects=_POSITION,
    ),
    # One oid per source, field, chip and band; catflags & 32768 marks bad images.
    Dialect(
        "ztf-dr",
        ("oid", "filtercode", "mag", "magerr"),
        fields={"object_id": "oid", "time": "mjd|hjd", "band": "filtercode"},
        survey="ztf",
        quality=("catflags", _number(lambda values: values % 65536 >= 32768)),
        objects=_POSITION,
        joined=True,
    ),
    Dialect(
        "alerce-non-detections",
        ("oid", "mjd|jd", "fid", "diffmaglim"),
        without=("magpsf", "mag", "flux"),
        fields={"object_id": "oid", "time": "mjd|jd", "band": "fid", "mag": "diffmaglim"},
        survey="ztf",
        limits=(("fid", ".*"),),
    ),
    Dialect(
        "fink",
        ("objectid", "jd", "fid", "magpsf", "isdiffpos"),
        fields=_ZTF | {"object_id": "objectid", "time": "jd"},
        survey="ztf",
        limits=(("tag", "upperlim"),),
        quality=("tag", lambda values: values == "badquality"),
        objects=_POSITION,
    ),
    Dialect(
        "lasair",
        ("objectid", "mjd|jd", "fid", "magpsf"),
        fields=_ZTF | {"object_id": "objectid"},
        survey="ztf",
        limits=(("candid", ""),),
        objects={"ra": "ramean|ra", "dec": "decmean|dec", "type": "classification"},
    ),
    # Loci of the ANTARES broker. An alert without a magnitude is a limit.
    Dialect(
        "antares",
        ("ant_mjd", "ant_passband", "ant_mag"),
        fields={"object_id": "locus_id", "time": "ant_mjd", "band": "ant_passband"}
        | {"mag": "ant_mag", "mag_err": "ant_magerr", "limit_mag": "ant_maglim"},
        survey="ztf",
        limits=(("ant_mag", ""),),
        objects={"ra": "ant_ra", "dec": "ant_dec"},
    ),
    # Also alerts of ZTF in general.
    Dialect(
        "alerce",
        ("mjd|jd", "fid", "magpsf|mag", "isdiffpos"),
        fields=_ZTF
        | {"object_id": "oid|objectid", "mag": "magpsf|mag", "mag_err": "sigmapsf|e_mag"},
        survey="ztf",
        objects=_POSITION,
    ),
    Dialect(
        "asas-sn",
        ("hjd|jd", "flux(mjy)", "filter"),
        fields={"time": "hjd|jd", "flux": "flux(mjy)", "mag_err": "mag_err|mag err"}
        | {"flux_err": "flux_err|flux err"},
        survey="asassn",
        zero_point=16.4,
    ),
    Dialect(
        "asas-sn-v2",
        ("jd", "flux", "flux error", "mag", "mag error", "limit"),
        fields={"flux_err": "flux error", "mag_err": "mag error", "band": "filter|phot_filter"},
        survey="asassn",
        zero_point=16.4,
        quality=("quality", lambda values: values == "B"),
    ),
    # The AAVSO writes an upper limit as <13.1, fainter than 13.1, in files of observers (Extended
    # format) and in those of its archive.
    Dialect(
        "aavso-extended",
        ("name", "date", "mag", "merr", "filt"),
        fields={"object_id": "name", "time": "date", "mag_err": "merr", "band": "filt"},
        limit_sign="<",
    ),
    Dialect(
        "aavso",
        ("jd|hjd", "magnitude", "uncertainty", "band", "observer code|hquncertainty|star name"),
        fields={"object_id": "star name|name", "time": "jd|hjd|mjd", "mag_err": "uncertainty"},
        limit_sign="<",
    ),
    # Swift's Optical/Ultraviolet Supernova Archive (Brown et al. 2014, Ap&SS 354, 89): U, B and V
    # are the u, b and v of UVOT.
    Dialect(
        "sousa",
        ("filter", "mjd[days]", "mag", "magerr", "3sigmaglim"),
        fields={"time": "mjd[days]", "mag_err": "magerr", "limit_mag": "3sigmaglim"},
        survey="swift",
        limits=(("mag", ""),),
    ),
    # Averages over the field of view, without errors, in the Vega system.
    Dialect(
        "gaia-alerts",
        ("jd(tcb)", "averagemag."),
        fields={"time": "jd(tcb)", "mag": "averagemag."},
        band="gaiaG",
        missing=("untrusted",),
    ),
    # Epoch photometry of Gaia DR3, from the archive or by Gaia@AIP: BJD (TCB) since 2010.0,
    # magnitudes in the Vega system, and fluxes in electrons per second, which are not used.
    Dialect(
        "gaia-dr3",
        ("transit_id", "band", "time", "mag", "flux_over_error"),
        fields={"object_id": "source_id", "flux": "", "flux_err": ""},
        snr="flux_over_error",
        survey="gaia",
        quality=("rejected_by_photometry", lambda values: values.isin([True, "True", "true", 1])),
        time_offset=2455197.5,
    ),
    Dialect(
        "skyportal",
        ("obj_id", "mjd", "filter", "magsys|zp"),
        fields={
            "object_id": "obj_id",
            "limit_mag": "limiting_mag",
            "instrument": "instrument_name",
        },
        objects=_POSITION,
    ),
    Dialect(
        "plasticc",
        ("object_id", "mjd", "passband", "flux", "flux_err", "detected|detected_bool"),
        fields={"object_id": "object_id"},
        survey="plasticc",
        zero_point=27.5,
    ),
    # psFlux with one f has the zero point of SNANA.
    Dialect(
        "elasticc",
        ("diaobjectid", "midpointtai", "filtername", "psflux"),
        fields={"object_id": "diaobjectid"},
        survey="lsst",
        zero_point=27.5,
        objects=_POSITION
        | {"redshift": "z_final", "ebv": "mwebv"}
        | {name: name for name in _HOST_REDSHIFTS},
    ),
    # Sources of Rubin: psfDiffFlux is measured on the difference image. Where it stands, psfFlux is
    # measured on the visit image and includes the host; in alerts and DiaSource, psfFlux is the
    # difference.
    Dialect(
        "rubin-forced",
        ("diaobjectid|objectid", "psfdiffflux", _RUBIN_TIME),
        fields={
            "object_id": "diaobjectid|objectid",
            "time": _RUBIN_TIME,
            "flux": "psfdiffflux",
            "flux_err": "psfdifffluxerr",
        },
        survey="lsst",
        zero_point=31.4,
        quality=("psfdiffflux_flag", lambda values: values.isin([True, "True", "true", 1])),
    ),
    Dialect(
        "rubin",
        ("diaobjectid", "psfflux", _RUBIN_TIME),
        fields={"object_id": "diaobjectid", "time": _RUBIN_TIME, "flux": "psfflux"},
        survey="lsst",
        zero_point=31.4,
        objects=_POSITION,
    ),
    Dialect(
        "salt2",
        ("date|mjd", "flux", "fluxerr", "zp", "filter", "magsys"),
        objects={"redshift": "z_helio|redshift|z_cmb", "ebv": "mwebv", "ra": "ra", "dec": "dec"},
    ),
    # Files of SNANA; the survey in the header names that of the bands.
    Dialect(
        "snana",
        ("fluxcal", "fluxcalerr"),
        fields={
            "object_id": "snid|cid|object_id",
            "band": "flt|band|filter",
            "flux": "fluxcal",
            "flux_err": "fluxcalerr",
            "mag": "",
        },
        zero_point=27.5,
        objects=_SNANA_OBJECTS,
    ),
    Dialect(
        "snoopy",
        ("snoopy_time", "mag", "mag_err", "band"),
        fields={"time": "snoopy_time"},
        objects=_POSITION | {"redshift": "redshift"},
    ),
    # Tables of objects.
    Dialect(
        "tns",
        ("name", "ra", "dec", "obj. type"),
        kind="objects",
        objects=_POSITION | {"object_id": "name", "type": "obj. type", "redshift": "redshift"},
    ),
    Dialect(
        "tns-public",
        ("objid", "name_prefix", "name", "declination"),
        kind="objects",
        objects={"object_id": "name", "ra": "ra", "dec": "declination", "redshift": "redshift"},
    ),
    # A_V = 3.1 E(B-V).
    Dialect(
        "bts",
        ("ztfid", "iauid", "peakt"),
        kind="objects",
        objects=_POSITION
        | {"object_id": "ztfid", "type": "type", "redshift": "redshift", "a_v": "a_v"},
    ),
    Dialect(
        "snana-head",
        ("snid", "nobs|ptrobs_min", "redshift_final|redshift_helio|ra"),
        kind="objects",
        objects=_SNANA_OBJECTS | {"object_id": "snid"},
    ),
)


def plain_names(names):
    """Return columns by their names in lower case, without the prefixes of Fink.

    Parameters
    ----------
    names : iterable of str
        Names of columns as given.

    Returns
    -------
    dict of str to str
        Name as given by lower-case name; of names that are equal then, the first is kept.
    """
    names = [str(name) for name in names]
    prefixed = 2 * sum(bool(_PREFIX.match(name)) for name in names) > len(names)
    out = {}
    for name in names:
        out.setdefault((_PREFIX.sub("", name) if prefixed else name).lower().strip(), name)
    for name in names:
        out.setdefault(bare_name(_PREFIX.sub("", name) if prefixed else name), name)
    return out


def find_dialect(names, kind=None):
    """Return the first dialect that columns identify, or None.

    Parameters
    ----------
    names : iterable of str
        Names of columns as given.
    kind : {"light_curves", "objects"}, optional
        Kind of the dialect.

    Returns
    -------
    Dialect or None
    """
    plain = set(plain_names(names))
    for dialect in DIALECTS:
        if kind in (None, dialect.kind) and dialect.matches(plain):
            return dialect
    return None


def get_dialect(name):
    """Return the dialect of a name.

    Parameters
    ----------
    name : str
        Name of a row of `DIALECTS`.

    Returns
    -------
    Dialect

    Raises
    ------
    ValueError
        If there is no such dialect.
    """
    known = {dialect.name: dialect for dialect in DIALECTS}
    if name not in known:
        close = difflib.get_close_matches(str(name), known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(
            f"The 'dialect' parameter of read_tables must be one of {sorted(known)}. Got {name!r} "
            f"instead.{hint}"
        )
    return known[name]


def pick(plain, alternatives):
    """Return the given name of the first of some alternatives, or None.

    Parameters
    ----------
    plain : dict of str to str
        Given names by lower-case name, as of :func:`plain_names`.
    alternatives : str
        Lower-case names, separated by ``|``.

    Returns
    -------
    str or None
    """
    return next((plain[name] for name in alternatives.split("|") if name in plain), None)
