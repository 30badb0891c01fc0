"""Table of the built-in photometric bands.

Wavelengths are pivot wavelengths in Å, which convert f_nu to f_lambda exactly. Offsets are
m_AB - m_Vega, the AB magnitude of Vega in the band. Sources:

- [BR07] Blanton & Roweis 2007, AJ 133, 734, table 1 (Bessell, SDSS, 2MASS).
- [B11] Breeveld et al. 2011, AIP Conf. Proc. 1358, 373 (Swift UVOT); wavelengths from its curves.
- [R21] Riello et al. 2021, A&A 649, A3 (Gaia EDR3): AB minus VEGAMAG zero points, pivots.
- [H06] Hewett et al. 2006, MNRAS 367, 454: the Y band of WFCAM; that of CSP (Contreras et al. 2010,
  AJ 139, 519) is slightly wider. [V] through a flat band of 0.97 to 1.10 µm agrees to 0.02 mag.
- [V] The CALSPEC spectrum of Vega alpha_lyr_stis_011 (Bohlin, Gordon & Tremblay 2014, PASP 126,
  711), integrated with photon weights over the published curves: ZTF (Dekany et al. 2020), LSST
  (as-built throughputs of 2023), Pan-STARRS1 (Tonry et al. 2012), DECam (2014 curves), ATLAS
  (Tonry et al. 2018), GALEX (Morrissey et al. 2007). The result agrees with [BR07], [B11] and [R21]
  within 0.05 mag, the spread of the conventions for the magnitude of Vega.
- [G] Gwyn, MegaPipe's page of MegaCam's filters (CADC): m_AB - m_Vega of the filters of 2003 to
  2007. Wavelengths are rounded values that were not computed from the curves; good to about 1 %.
- [K17] Curves of the Swope telescope, with the air of airmass 1.2, of the first campaign of CSP
  (Krisciunas et al. 2017, AJ 154, 211), integrated as in [V] with alpha_lyr_stis_005. V is that of
  the filter 9844; those of 3009 and 3014 are within 40 Å of it. CSP publishes u, g, r, i in the
  system of Smith et al. (2002), which is AB to a few 0.01 mag, and the others in that of Vega.
- ASAS-SN observed through Johnson V and Sloan g filters (Kochanek et al. 2017), whose values are
  used.

Table 2 of Bessell (1990, PASP 102, 1181) weights by energy; the pivot wavelengths here are those
of the photon response.
"""

# name, survey, names inside the survey, wavelength, m_AB - m_Vega, native system, aliases anywhere
BANDS = (
    # ZTF [V]. fid 1, 2, 3; zg, zr, zi are the names of the public archive.
    ("ztfg", "ztf", "g 1 zg", 4799.0, -0.109, "AB", "1 zg"),
    ("ztfr", "ztf", "r 2 zr", 6406.0, 0.182, "AB", "2 zr"),
    ("ztfi", "ztf", "i 3 zi", 7871.0, 0.426, "AB", "3 zi"),
    # Rubin [V]. The codes 0-5 of PLAsTiCC and ELAsTiCC are valid inside the survey only.
    ("lsstu", "lsst", "u 0", 3716.0, 0.591, "AB", ""),
    ("lsstg", "lsst", "g 1", 4787.0, -0.103, "AB", ""),
    ("lsstr", "lsst", "r 2", 6208.0, 0.147, "AB", ""),
    ("lssti", "lsst", "i 3", 7549.0, 0.375, "AB", ""),
    ("lsstz", "lsst", "z 4", 8674.0, 0.514, "AB", ""),
    ("lssty", "lsst", "y 5", 9746.0, 0.561, "AB", ""),
    # Pan-STARRS1 [V]. Bare y and w mean this survey: no other used them before Rubin.
    ("ps1g", "ps1", "g gP1", 4849.0, -0.096, "AB", "gP1 gp1"),
    ("ps1r", "ps1", "r rP1", 6201.0, 0.146, "AB", "rP1 rp1"),
    ("ps1i", "ps1", "i iP1", 7535.0, 0.373, "AB", "iP1 ip1"),
    ("ps1z", "ps1", "z zP1", 8674.0, 0.514, "AB", "zP1 zp1"),
    ("ps1y", "ps1", "y yP1", 9628.0, 0.553, "AB", "y yP1 yp1"),
    ("ps1w", "ps1", "w wP1", 6286.0, 0.126, "AB", "w wP1 wp1"),
    # SDSS [BR07]. Bare u g r i z, with or without a prime, are read as SDSS-like.
    ("sdssu", "sdss", "u u'", 3589.0, 0.91, "AB", "u u' up"),
    ("sdssg", "sdss", "g g'", 4701.0, -0.08, "AB", "g g' gp"),
    ("sdssr", "sdss", "r r'", 6177.0, 0.16, "AB", "r r' rp"),
    ("sdssi", "sdss", "i i'", 7497.0, 0.37, "AB", "i i' ip"),
    ("sdssz", "sdss", "z z'", 8904.0, 0.54, "AB", "z z' zs"),
    # Dark Energy Camera [V].
    ("desu", "des", "u", 3857.0, 0.317, "AB", ""),
    ("desg", "des", "g", 4820.0, -0.099, "AB", ""),
    ("desr", "des", "r", 6423.0, 0.186, "AB", ""),
    ("desi", "des", "i", 7807.0, 0.416, "AB", ""),
    ("desz", "des", "z", 9158.0, 0.526, "AB", ""),
    ("desY", "des", "Y", 9867.0, 0.577, "AB", ""),
    # Johnson-Cousins as Bessell 1990 [BR07]. Lower-case b and v are also bands of Swift.
    ("bessellU", "bessell", "U ux", 3585.0, 0.79, "Vega", "U"),
    ("bessellB", "bessell", "B", 4371.0, -0.09, "Vega", "B b"),
    ("bessellV", "bessell", "V", 5478.0, 0.02, "Vega", "V v V-9844 V-3009 V-3014"),
    ("bessellR", "bessell", "R Rc", 6498.0, 0.21, "Vega", "R Rc RC"),
    ("bessellI", "bessell", "I Ic", 8020.0, 0.45, "Vega", "I Ic IC"),
    # ATLAS [V].
    ("atlasc", "atlas", "c cyan", 5368.0, -0.017, "AB", "c cyan"),
    ("atlaso", "atlas", "o orange", 6827.0, 0.244, "AB", "o orange"),
    # Swift UVOT [B11]. W1, W2 and M2 in supernova catalogues are bands of UVOT, not of WISE.
    ("uvotuvw2", "uvot", "uvw2 w2", 2058.0, 1.73, "Vega", "UVW2 uvw2 W2 w2"),
    ("uvotuvm2", "uvot", "uvm2 m2", 2247.0, 1.69, "Vega", "UVM2 uvm2 M2 m2"),
    ("uvotuvw1", "uvot", "uvw1 w1", 2583.0, 1.51, "Vega", "UVW1 uvw1 W1 w1"),
    ("uvotu", "uvot", "u u_uvot", 3467.0, 1.02, "Vega", ""),
    ("uvotb", "uvot", "b b_uvot", 4350.0, -0.13, "Vega", "b"),
    ("uvotv", "uvot", "v v_uvot", 5425.0, -0.01, "Vega", "v"),
    # 2MASS [BR07].
    ("2massJ", "2mass", "J", 12355.0, 0.91, "Vega", "J Js"),
    ("2massH", "2mass", "H", 16458.0, 1.39, "Vega", "H"),
    ("2massKs", "2mass", "Ks K", 21603.0, 1.85, "Vega", "Ks KS K K'"),
    # Gaia [R21].
    ("gaiaG", "gaia", "G", 6218.0, 0.114, "Vega", "G"),
    ("gaiaBP", "gaia", "BP Gbp G_BP", 5110.0, 0.016, "Vega", "BP Gbp G_BP"),
    ("gaiaRP", "gaia", "RP Grp G_RP", 7769.0, 0.356, "Vega", "RP Grp G_RP"),
    # ASAS-SN [BR07].
    ("asassnV", "asassn", "V", 5478.0, 0.02, "Vega", ""),
    ("asassng", "asassn", "g", 4701.0, -0.08, "AB", ""),
    # GALEX [V].
    ("galexfuv", "galex", "fuv", 1536.0, 2.082, "AB", "FUV"),
    ("galexnuv", "galex", "nuv", 2299.0, 1.641, "AB", "NUV"),
    # MegaCam of CFHT [G], of the Supernova Legacy Survey.
    ("megacamu", "megacam", "u u*", 3800.0, 0.338, "AB", ""),
    ("megacamg", "megacam", "g g'", 4870.0, -0.093, "AB", ""),
    ("megacamr", "megacam", "r r'", 6250.0, 0.164, "AB", ""),
    ("megacami", "megacam", "i i'", 7650.0, 0.389, "AB", ""),
    ("megacamz", "megacam", "z z'", 8850.0, 0.551, "AB", ""),
    # Near-infrared Y [H06], at 1.03 µm: bare Y in supernova catalogues is mostly that of CSP.
    ("cspY", "csp", "Y ys yd Ydw", 10350.0, 0.634, "Vega", "Y Ydw"),
    # Other bands of CSP [K17]. V0 and V1 are its first two V filters; dw is the du Pont telescope.
    ("cspu", "csp", "u", 3625.0, 0.849, "AB", ""),
    ("cspg", "csp", "g", 4774.0, -0.093, "AB", ""),
    ("cspr", "csp", "r", 6227.0, 0.149, "AB", ""),
    ("cspi", "csp", "i", 7620.0, 0.376, "AB", ""),
    ("cspB", "csp", "B", 4392.0, -0.095, "Vega", ""),
    ("cspV", "csp", "V V0 V1 V3009 V3014 V9844", 5381.0, -0.011, "Vega", "V0 V1"),
    ("cspJ", "csp", "J Jrc2 Jdw js jd", 12437.0, 0.903, "Vega", "Jrc2 Jdw"),
    ("cspH", "csp", "H Hdw hs hd", 16256.0, 1.343, "Vega", "Hdw"),
)

# Prefixes and suffixes of names that identify a survey, in lower case, and its canonical name.
SURVEY_NAMES = {
    "ztf": "ztf",
    "ztf-p48": "ztf",
    "lsst": "lsst",
    "lsst2016": "lsst",
    "lsst2023": "lsst",
    "lsstcam": "lsst",
    "rubin": "lsst",
    "plasticc": "lsst",
    "elasticc": "lsst",
    "ps1": "ps1",
    "gpc1": "ps1",
    "panstarrs": "ps1",
    "panstarrs1": "ps1",
    "pan-starrs": "ps1",
    "pan-starrs1": "ps1",
    "sdss": "sdss",
    "sdss2010": "sdss",
    "sloan": "sdss",
    "des": "des",
    "decam": "des",
    "decam2014": "des",
    "bessell": "bessell",
    "johnson": "bessell",
    "cousins": "bessell",
    "landolt": "bessell",
    "standard": "bessell",
    "atlas": "atlas",
    "uvot": "uvot",
    "swift": "uvot",
    "swift-uvot": "uvot",
    "swift-photon": "uvot",
    "2mass": "2mass",
    "twomass": "2mass",
    "gaia": "gaia",
    "gaia3": "gaia",
    "gaiadr2": "gaia",
    "gaiadr3": "gaia",
    "asassn": "asassn",
    "asas-sn": "asassn",
    "galex": "galex",
    "megacam": "megacam",
    "megacampsf": "megacam",
    "megaprime": "megacam",
    "snls": "megacam",
    "foundation": "ps1",
    "found": "ps1",
    "yse": "ps1",
    "ps1md": "ps1",
    "csp": "csp",
    "swope2": "csp",
}
