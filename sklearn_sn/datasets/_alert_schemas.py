"""Describe the alert packets of each survey: where ids, points, metadata and cutouts are."""

from dataclasses import dataclass, field

# Columns of the numeric table of points that every packet becomes.
POINT_FIELDS = ("time", "band", "sign", "mag", "mag_err", "flux", "flux_err", "zero_point", "limit")

# Metadata of AstroMiNN (Junell et al. 2025) that ZTF publishes per alert; the other two, age and
# nnondet, are derived.
_ZTF_METADATA = (
    *("ra", "dec", "magpsf", "sigmapsf", "diffmaglim", "chinr", "sharpnr", "classtar"),
    *("ndethist", "ncovhist", "sky", "nmtchps", "scorr"),
    *("sgscore1", "sgscore2", "distpsnr1", "distpsnr2"),
)
# Redshifts of the host galaxy, spectroscopic and photometric, under their published names.
HOST_REDSHIFTS = ("hostgal_zspec", "hostgal_zspec_err", "hostgal_zphot", "hostgal_zphot_err")


@dataclass(frozen=True)
class AlertSchema:
    """Names in the packets of one survey.

    Parameters
    ----------
    survey : str
        Name of the schema, and of the survey in the report.
    current, previous, forced, limits : str
        Keys of the present detection, and of the lists of earlier detections, of forced photometry
        and of limits.
    object_ids, alert_ids : tuple of (str, str)
        Where the ids are: keys of a part of the packet ("" for the packet itself) and of the id in
        it, in order of preference.
    detection, forced_point, limit_point : dict of str to tuple of str
        Names of each point field, in order of preference.
    bands : dict
        Canonical band of each published code.
    zero_point : float
        AB magnitude of flux 1, of points without a zero point of their own.
    metadata : dict of str to tuple of (str, str)
        Where each metadata column is, as for ids.
    first_time : tuple of (str, str)
        Where the time of the first detection is.
    cutouts : tuple of str
        Keys of the science, template and difference cutouts.
    """

    survey: str
    current: str
    previous: str
    forced: str
    object_ids: tuple
    alert_ids: tuple
    detection: dict
    forced_point: dict
    bands: dict
    zero_point: float
    metadata: dict
    limits: str = ""
    limit_point: dict = field(default_factory=dict)
    first_time: tuple = ("", "")
    cutouts: tuple = ("cutoutScience", "cutoutTemplate", "cutoutDifference")

    def describe(self, packet):
        """Describe how a packet is read, in terms that JSON can express.

        Parameters
        ----------
        packet : dict
            A packet of the survey.

        Returns
        -------
        dict
            Names of each point field, the zero point (AB), and the names of the present detection
            that have no use.
        """
        paths = [*self.object_ids, *self.alert_ids, *sum(self.metadata.values(), ())]
        used = {name for part, name in (*paths, self.first_time) if part == self.current}
        used = used.union(*self.detection.values())
        return {
            "detections": {field: list(names) for field, names in self.detection.items()},
            "forced": {field: list(names) for field, names in self.forced_point.items()},
            "zero_point": self.zero_point,
            "not_used": sorted(str(name) for name in packet[self.current] if name not in used),
        }


def _rubin(survey, zero_point, metadata):
    """Return the schema of Rubin and of the simulated alerts made after it."""
    place = {
        "time": ("midpointMjdTai", "midPointTai", "midpointTai"),
        "band": ("band", "filterName"),
        "flux": ("psfFlux", "psFlux"),
        "flux_err": ("psfFluxErr", "psFluxErr"),
    }
    bands = {letter: f"lsst{letter.lower()}" for letter in "ugrizyUGRIZY"}
    position = {
        "ra": (("diaSource", "ra"), ("diaObject", "ra")),
        "dec": (("diaSource", "dec"), ("diaSource", "decl"), ("diaObject", "dec")),
    }
    return AlertSchema(
        survey=survey,
        current="diaSource",
        previous="prvDiaSources",
        forced="prvDiaForcedSources",
        object_ids=(
            ("diaObject", "diaObjectId"),
            ("diaSource", "diaObjectId"),
            ("", "diaObjectId"),
        ),
        alert_ids=(("diaSource", "diaSourceId"), ("", "diaSourceId"), ("", "alertId")),
        detection=place,
        forced_point=place,
        bands=bands,
        zero_point=zero_point,
        metadata=position | metadata,
        limits="prvDiaNondetectionLimits",
        limit_point=place | {"limit": ("diaNoise",)},
    )


SCHEMAS = {
    # Masci et al. (2019, PASP 131, 018003), github.com/ZwickyTransientFacility/ztf-avro-alert.
    "ztf": AlertSchema(
        survey="ztf",
        current="candidate",
        previous="prv_candidates",
        forced="fp_hists",
        object_ids=(("", "objectId"),),
        alert_ids=(("", "candid"), ("candidate", "candid")),
        detection={
            "time": ("jd",),
            "band": ("fid",),
            "sign": ("isdiffpos",),
            "mag": ("magpsf",),
            "mag_err": ("sigmapsf",),
            "limit": ("diffmaglim",),
        },
        forced_point={
            "time": ("jd",),
            "band": ("fid",),
            "flux": ("forcediffimflux",),
            "flux_err": ("forcediffimfluxunc",),
            "zero_point": ("magzpsci",),
        },
        bands={1: "ztfg", 2: "ztfr", 3: "ztfi", "g": "ztfg", "r": "ztfr", "i": "ztfi"}
        | {str(code): name for code, name in ((1, "ztfg"), (2, "ztfr"), (3, "ztfi"))},
        zero_point=23.9,  # the flux of magnitudes is computed in µJy
        metadata={name: (("candidate", name),) for name in (*_ZTF_METADATA, "rb", "drb")},
        first_time=("candidate", "jdstarthist"),
    ),
    # sdm_schemas and alert_packet of Rubin; fluxes in nJy (LSE-163).
    "lsst": _rubin(
        "lsst",
        31.4,
        {
            "snr": (("diaSource", "snr"),),
            "reliability": (("diaSource", "reliability"),),
            "extendedness": (("diaSource", "extendedness"),),
        },
    ),
    # Narayan et al. (2023); SNANA's FLUXCAL under Rubin's names.
    "elasticc": _rubin(
        "elasticc",
        27.5,
        {
            "snr": (("diaSource", "snr"),),
            "mwebv": (("diaObject", "mwebv"),),
            "redshift": (("diaObject", "z_final"),),
            "redshift_err": (("diaObject", "z_final_err"),),
            # Of the host galaxy, which may be another than that of the object.
            **{name: (("diaObject", name),) for name in HOST_REDSHIFTS},
        },
    ),
}


def schema_of(packet, schema_name=""):
    """Return the schema that a packet follows.

    Parameters
    ----------
    packet : dict
        The packet.
    schema_name : str, default=""
        Full name of its Avro schema, if it is known.

    Returns
    -------
    AlertSchema

    Raises
    ------
    ValueError
        If the packet is none of the known ones.

    Examples
    --------
    >>> from sklearn_sn.datasets._alert_schemas import schema_of
    >>> schema_of({"candidate": {"jd": 2458814.5}, "objectId": "ZTF99aaaaaad"}).survey
    'ztf'
    >>> schema_of({"diaSource": {"psFlux": 444.0}}).survey
    'elasticc'
    """
    if isinstance(packet.get("candidate"), dict):
        return SCHEMAS["ztf"]
    source = packet.get("diaSource")
    if not isinstance(source, dict):
        raise ValueError(
            "a packet must have 'candidate' (ZTF) or 'diaSource' (Rubin, ELAsTiCC); it has "
            f"{[*packet][:6]}"
        )
    # ELAsTiCC took over the names of early versions of Rubin's schema, but not the unit.
    if "psfFlux" in source or schema_name.lower().startswith("lsst"):
        return SCHEMAS["lsst"]
    return SCHEMAS["elasticc"]
