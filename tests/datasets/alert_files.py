"""Alert packets with the published names, and Avro files of them, for the tests of alerts."""

import gzip
import io

import numpy as np
from astropy.io import fits

fastavro = __import__("pytest").importorskip("fastavro")


def record(name, /, **types):
    fields = [{"name": key, "type": kind} for key, kind in types.items()]
    return {"type": "record", "name": name, "fields": fields}


def optional(kind):
    """Return a union with null first, as the surveys write them."""
    return ["null", kind]


def array(items):
    return {"type": "array", "items": items}


FLOAT, DOUBLE, LONG, TEXT = (optional(kind) for kind in ("float", "double", "long", "string"))
_PLACE = {"jd": "double", "fid": "int", "candid": LONG, "diffmaglim": FLOAT, "isdiffpos": TEXT}
_MEASURED = {"magpsf": FLOAT, "sigmapsf": FLOAT, "ra": DOUBLE, "dec": DOUBLE, "magzpsci": FLOAT}
_METADATA = {
    **dict.fromkeys(("chinr", "sharpnr", "classtar", "sky", "sgscore1", "distpsnr1"), FLOAT),
    **dict.fromkeys(("sgscore2", "distpsnr2", "rb", "drb"), FLOAT),
    **dict.fromkeys(("ndethist", "ncovhist", "nmtchps"), optional("int")),
    **dict.fromkeys(("scorr", "jdstarthist"), DOUBLE),
}
_CUTOUT = record("ztf.alert.cutout", fileName="string", stampData="bytes")


def ztf_schema(version="4.02"):
    """Return the schema of ZTF, reduced; 3.3 has no forced photometry."""
    fields = {
        **{"schemavsn": "string", "publisher": "string", "objectId": "string", "candid": "long"},
        "candidate": record("ztf.alert.candidate", **_PLACE, **_MEASURED, **_METADATA),
        "prv_candidates": optional(array(record("ztf.alert.prv_candidate", **_PLACE, **_MEASURED))),
    }
    if version == "4.02":
        forced = ("magzpsci", "forcediffimflux", "forcediffimfluxunc")
        hist = record("ztf.alert.fp_hist", jd="double", fid="int", **dict.fromkeys(forced, FLOAT))
        fields["fp_hists"] = optional(array(hist))
    fields["cutoutScience"] = optional(_CUTOUT)
    fields |= dict.fromkeys(("cutoutTemplate", "cutoutDifference"), optional("ztf.alert.cutout"))
    return record("ztf.alert", **fields)


def rubin_schema():
    """Return the schema of Rubin's alert production, reduced."""
    ids = {"diaSourceId": "long", "visit": "long", "detector": "int", "diaObjectId": LONG}
    place = {"midpointMjdTai": "double", "ra": "double", "dec": "double", "band": TEXT}
    flux = {"psfFlux": FLOAT, "psfFluxErr": FLOAT}
    more = {
        "snr": FLOAT,
        "reliability": FLOAT,
        "extendedness": FLOAT,
        "isNegative": ["null", "boolean"],
    }
    forced = {"diaForcedSourceId": "long", "diaObjectId": "long", "scienceFlux": FLOAT}
    return record(
        "lsst.v9_0.alert",
        diaSourceId="long",
        observation_reason=TEXT,
        diaSource=record("lsst.v9_0.diaSource", **ids, **place, **flux, **more),
        prvDiaSources=optional(array("lsst.v9_0.diaSource")),
        prvDiaForcedSources=optional(
            array(record("lsst.v9_0.diaForcedSource", **forced, **place, **flux))
        ),
        diaObject=optional(
            record("lsst.v9_0.diaObject", diaObjectId="long", ra="double", dec="double")
        ),
        cutoutDifference=optional("bytes"),
        cutoutScience=optional("bytes"),
        cutoutTemplate=optional("bytes"),
    )


def elasticc_schema():
    """Return the schema of ELAsTiCC, reduced."""
    place = {"midPointTai": "double", "filterName": "string", "ra": "double", "decl": "double"}
    flux = {"psFlux": "float", "psFluxErr": "float"}
    ids = {"diaSourceId": "long", "ccdVisitId": "long", "diaObjectId": "long"}
    forced = {"diaForcedSourceId": "long", "diaObjectId": "long", "totFlux": FLOAT}
    dia_object = {"diaObjectId": "long", "ra": "double", "decl": "double", "mwebv": FLOAT}
    hosts = ("hostgal_zspec", "hostgal_zspec_err", "hostgal_zphot", "hostgal_zphot_err")
    redshifts = dict.fromkeys(("z_final", "z_final_err", *hosts), FLOAT)
    return record(
        "elasticc.v0_9.alert",
        alertId="long",
        diaSource=record("elasticc.v0_9.diaSource", **ids, **place, **flux, snr="float"),
        prvDiaSources=optional(array("elasticc.v0_9.diaSource")),
        prvDiaForcedSources=optional(
            array(record("elasticc.v0_9.diaForcedSource", **forced, **place, **flux))
        ),
        prvDiaNondetectionLimits=optional(
            array(
                record(
                    "nd",
                    ccdVisitId="long",
                    midPointTai="double",
                    filterName="string",
                    diaNoise="float",
                )
            )
        ),
        diaObject=optional(record("elasticc.v0_9.diaObject", **dia_object, **redshifts)),
        cutoutDifference=optional("bytes"),
        cutoutTemplate=optional("bytes"),
    )


def stamp(image, compress=True):
    """Return an image as FITS, big-endian as FITS is, optionally gzipped."""
    buffer = io.BytesIO()
    fits.PrimaryHDU(np.asarray(image)).writeto(buffer)
    return gzip.compress(buffer.getvalue(), mtime=0) if compress else buffer.getvalue()


def ztf_point(jd, fid=1, mag=None, sign="t", candid=None, limit=20.5):
    """Return a detection, or a limit if it has no magnitude."""
    point = {"jd": jd, "fid": fid, "candid": candid, "diffmaglim": limit, "ra": 10.0, "dec": 20.0}
    return point | ({} if mag is None else {"magpsf": mag, "sigmapsf": 0.1, "isdiffpos": sign})


def ztf_packet(name="ZTF20a", candid=1, jd=2459000.5, mag=19.0, previous=(), forced=None, **more):
    """Return a packet; `more` goes to the candidate."""
    candidate = ztf_point(jd, mag=mag, candid=candid)
    return {
        "schemavsn": "4.02",
        "publisher": "test",
        "objectId": name,
        "candid": candid,
        "candidate": candidate | more,
        "prv_candidates": list(previous) or None,
        "fp_hists": forced,
    }


def forced_point(jd, flux, fid=1, error=10.0, zero_point=26.0):
    names = ("jd", "fid", "forcediffimflux", "forcediffimfluxunc", "magzpsci")
    return dict(zip(names, (jd, fid, flux, error, zero_point), strict=True))


def ztf_stream(n_objects=4, n_alerts=3, seed=0):
    """Return packets of several objects, each of which repeats the history of its object."""
    rng = np.random.default_rng(seed)
    packets = []
    for number in range(n_objects):
        times = 2459000.5 + np.sort(rng.choice(60, 3 * n_alerts, replace=False))
        history = [
            ztf_point(
                t, 1 + i % 2, 18 + rng.random() if i % 3 else None, "tf"[i % 2], 100 * number + i
            )
            for i, t in enumerate(times)
        ]
        for end in range(2, len(history), 3):
            forced = [
                forced_point(p["jd"] + 2e-6, rng.normal() * 50, p["fid"]) for p in history[:end]
            ]
            image = rng.normal(size=(5, 5)).astype(np.float32)
            packets.append(
                ztf_packet(f"ZTF20{number:04d}", 100 * number + end)
                | {"candidate": history[end], "prv_candidates": history[:end], "fp_hists": forced}
                | {"cutoutScience": {"fileName": "a", "stampData": stamp(image)}}
            )
    return packets


def avro(packets, schema=None, codec="null", **options):
    """Return an Avro file with its schema."""
    buffer = io.BytesIO()
    parsed = fastavro.parse_schema(schema or ztf_schema())
    fastavro.writer(buffer, parsed, packets, codec=codec, **options)
    return buffer.getvalue()
