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
- [V] is also the source of CSP, KeplerCam, MegaCam, Hyper Suprime-Cam, Hubble, NIRCam and TESS,
  through these curves, with alpha_lyr_stis_011 of astro-sedpy 0.4.1:
  CSP and KeplerCam: snpy 2.7.4, files of LCO/Swope (Krisciunas et al. 2017, AJ 154, 211) and
  FLWO/1.2meter (Hicken et al. 2009, ApJ 700, 331). The u of KeplerCam has no atmosphere in it, and
  other curves of its i lie at up to 7711. V of CSP is that of filter LC-9844; those of LC-3009 and
  LC-3014 lie at 5413 and 5378.
  MegaCam, of the Supernova Legacy Survey: g, r, i, z snpy 2.7.4 (CFHT/Megacam), u* speclite 1.0.0.
  The filters of 2015 differ. Gwyn (MegaPipe) lists 0.338, -0.093, 0.164, 0.389 and 0.551.
  HSC: speclite 1.0.0 (hsc2017; Kawanomoto et al. 2018, PASJ 70, 66).
  ACS and WFC3: astro-sedpy 0.4.1; F438W and F625W of WFC3 bayesn-td 0.1.1 (UVIS2).
  NIRCam: astro-sedpy 0.4.1, the curves of May 2024 that include the telescope.
  TESS: pyphot 2.1.1, as photons per photon. The filter service of the VO lists 7698, which takes
  the same curve as a response to energy.
- [GO] GOTO (Steeghs et al. 2022, MNRAS 511, 2405): pivots of redback 1.20.0 for the curves of
  sncosmo. Offsets through flat bands of its widths; good to 0.05 mag.
- [BG] BlackGEM and MeerLICHT (Groot et al. 2024, PASP 136, 115003): approximate, through flat bands
  instead of curves. q covers 4400-7200 Å as published; the edges of the others, near those of SDSS,
  were not checked: u 3500-4100, g 4100-5500, r 5620-6900, i 6900-8400, z 8400-10000 Å. Wavelengths
  are good to 2 %, the offset of u to 0.2 mag.
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
    # SDSS [BR07]. Bare u g r i z, with or without a prime, are read as SDSS-like. The AAVSO writes
    # SU SG SR SI SZ.
    ("sdssu", "sdss", "u u' up", 3589.0, 0.91, "AB", "u u' up SU"),
    ("sdssg", "sdss", "g g' gp", 4701.0, -0.08, "AB", "g g' gp SG"),
    ("sdssr", "sdss", "r r' rp", 6177.0, 0.16, "AB", "r r' rp SR"),
    ("sdssi", "sdss", "i i' ip", 7497.0, 0.37, "AB", "i i' ip SI"),
    ("sdssz", "sdss", "z z' zp", 8904.0, 0.54, "AB", "z z' zs SZ"),
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
    ("uvotuvw2", "uvot", "uvw2 w2 uw2", 2058.0, 1.73, "Vega", "UVW2 uvw2 W2 w2 uw2"),
    ("uvotuvm2", "uvot", "uvm2 m2 um2", 2247.0, 1.69, "Vega", "UVM2 uvm2 M2 m2 um2"),
    ("uvotuvw1", "uvot", "uvw1 w1 uw1", 2583.0, 1.51, "Vega", "UVW1 uvw1 W1 w1 uw1"),
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
    # MegaCam of CFHT [V], of the Supernova Legacy Survey.
    ("megacamu", "megacam", "u u*", 3799.0, 0.332, "AB", ""),
    ("megacamg", "megacam", "g g'", 4887.0, -0.093, "AB", ""),
    ("megacamr", "megacam", "r r'", 6272.0, 0.163, "AB", ""),
    ("megacami", "megacam", "i i'", 7712.0, 0.401, "AB", ""),
    ("megacamz", "megacam", "z z'", 8888.0, 0.523, "AB", ""),
    # Carnegie Supernova Project, Swope telescope [V]. u, g, r, i follow standards of Smith et al.
    # (2002), which are close to AB. Names with 2, d and dw: second phase, du Pont telescope.
    ("cspu", "csp", "u u2", 3625.0, 0.826, "AB", ""),
    ("cspB", "csp", "B B2", 4392.0, -0.108, "Vega", ""),
    ("cspg", "csp", "g g2", 4774.0, -0.103, "AB", ""),
    (
        "cspV",
        "csp",
        "V V0 V1 V2 v9844 v3009 v3014 V-9844 V-3009 V-3014",
        5381.0,
        -0.015,
        "Vega",
        "V0 V1",
    ),
    ("cspr", "csp", "r r2", 6227.0, 0.152, "AB", ""),
    ("cspi", "csp", "i i2", 7620.0, 0.387, "AB", ""),
    # Near-infrared Y [H06], at 1.03 µm: bare Y in supernova catalogues is mostly that of CSP.
    ("cspY", "csp", "Y ys yd Ydw", 10350.0, 0.634, "Vega", "Y Ydw"),
    ("cspJ", "csp", "J Js Jd Jrc1 Jrc2 Jdw", 12437.0, 0.922, "Vega", "Jrc2 Jdw"),
    ("cspH", "csp", "H Hs Hd Hdw", 16256.0, 1.367, "Vega", "Hdw"),
    ("cspK", "csp", "K Kd Kdw", 21594.0, 1.859, "Vega", ""),
    # KeplerCam [V], of the CfA surveys. us is the name of sncosmo, Bk, Bk1, Bk2 those of SNooPy.
    ("keplercamu", "keplercam", "u u' us uk uk1 uk2", 3524.0, 0.966, "AB", ""),
    ("keplercamB", "keplercam", "B Bk Bk1 Bk2", 4340.0, -0.077, "Vega", ""),
    ("keplercamV", "keplercam", "V Vk Vk1 Vk2", 5424.0, -0.004, "Vega", ""),
    ("keplercamr", "keplercam", "r r' rk rk1 rk2", 6238.0, 0.151, "AB", ""),
    ("keplercami", "keplercam", "i i' ik ik1 ik2", 7613.0, 0.385, "AB", ""),
    # Hyper Suprime-Cam [V]. r2 and i2 replaced r and i in 2016.
    ("hscg", "hsc", "g", 4791.0, -0.104, "AB", ""),
    ("hscr", "hsc", "r r2", 6214.0, 0.146, "AB", ""),
    ("hsci", "hsc", "i", 7689.0, 0.396, "AB", ""),
    ("hsci2", "hsc", "i2", 7733.0, 0.404, "AB", ""),
    ("hscz", "hsc", "z", 8903.0, 0.518, "AB", ""),
    ("hscy", "hsc", "y", 9772.0, 0.563, "AB", ""),
    # TESS [V].
    ("tess", "tess", "tess T Red", 7880.0, 0.372, "Vega", "TESS"),
    # GOTO [GO].
    ("gotoL", "goto", "L", 5524.0, 0.025, "AB", ""),
    ("gotoB", "goto", "B", 4623.0, -0.122, "AB", ""),
    ("gotoG", "goto", "G", 5375.0, -0.018, "AB", ""),
    ("gotoR", "goto", "R", 6427.0, 0.2, "AB", ""),
    # BlackGEM [BG].
    ("blackgemu", "blackgem", "u", 3800.0, 0.37, "AB", "BG-u BG_u u_BG u-BG"),
    ("blackgemg", "blackgem", "g", 4780.0, -0.106, "AB", "BG-g BG_g g_BG g-BG"),
    ("blackgemq", "blackgem", "q", 5740.0, 0.04, "AB", "BG-q BG_q q_BG q-BG"),
    ("blackgemr", "blackgem", "r", 6250.0, 0.157, "AB", "BG-r BG_r r_BG r-BG"),
    ("blackgemi", "blackgem", "i", 7640.0, 0.389, "AB", "BG-i BG_i i_BG i-BG"),
    ("blackgemz", "blackgem", "z", 9190.0, 0.528, "AB", "BG-z BG_z z_BG z-BG"),
    # WFC3 of Hubble [V]: UVIS, then IR. Filters that ACS has too are known with their camera only.
    ("wfc3F225W", "wfc3", "F225W uvf225w", 2372.0, 1.637, "AB", "F225W uvf225w"),
    ("wfc3F275W", "wfc3", "F275W uvf275w", 2710.0, 1.48, "AB", "F275W uvf275w"),
    ("wfc3F336W", "wfc3", "F336W uvf336w", 3355.0, 1.163, "AB", "F336W uvf336w"),
    ("wfc3F390W", "wfc3", "F390W uvf390w", 3922.0, 0.201, "AB", "F390W uvf390w"),
    ("wfc3F438W", "wfc3", "F438W uvf438w", 4325.0, -0.165, "AB", "F438W uvf438w"),
    ("wfc3F475W", "wfc3", "F475W uvf475w", 4774.0, -0.106, "AB", "uvf475w"),
    ("wfc3F555W", "wfc3", "F555W uvf555w", 5308.0, -0.029, "AB", "uvf555w"),
    ("wfc3F606W", "wfc3", "F606W uvf606w", 5887.0, 0.082, "AB", "uvf606w"),
    ("wfc3F625W", "wfc3", "F625W uvf625w", 6242.0, 0.151, "AB", "uvf625w"),
    ("wfc3F814W", "wfc3", "F814W uvf814w", 8030.0, 0.428, "AB", "uvf814w"),
    ("wfc3F098M", "wfc3", "F098M", 9864.0, 0.576, "AB", "F098M f098m"),
    ("wfc3F105W", "wfc3", "F105W", 10551.0, 0.661, "AB", "F105W f105w"),
    ("wfc3F110W", "wfc3", "F110W", 11534.0, 0.777, "AB", "F110W f110w"),
    ("wfc3F125W", "wfc3", "F125W", 12486.0, 0.92, "AB", "F125W f125w"),
    ("wfc3F140W", "wfc3", "F140W", 13923.0, 1.097, "AB", "F140W f140w"),
    ("wfc3F160W", "wfc3", "F160W", 15369.0, 1.274, "AB", "F160W f160w"),
    # ACS/WFC of Hubble [V]. Names in lower case are those of sncosmo.
    ("acsF435W", "acs", "F435W", 4327.0, -0.115, "AB", "F435W f435w"),
    ("acsF475W", "acs", "F475W", 4745.0, -0.107, "AB", "f475w"),
    ("acsF555W", "acs", "F555W", 5360.0, -0.01, "AB", "f555w"),
    ("acsF606W", "acs", "F606W", 5919.0, 0.086, "AB", "f606w"),
    ("acsF625W", "acs", "F625W", 6311.0, 0.166, "AB", "f625w"),
    ("acsF775W", "acs", "F775W", 7693.0, 0.398, "AB", "f775w"),
    ("acsF814W", "acs", "F814W", 8060.0, 0.433, "AB", "f814w"),
    ("acsF850LP", "acs", "F850LP", 9036.0, 0.528, "AB", "f850lp"),
    # NIRCam of JWST [V], wide filters.
    ("nircamF070W", "nircam", "F070W", 7047.0, 0.295, "AB", "F070W f070w"),
    ("nircamF090W", "nircam", "F090W", 9024.0, 0.522, "AB", "F090W f090w"),
    ("nircamF115W", "nircam", "F115W", 11541.0, 0.795, "AB", "F115W f115w"),
    ("nircamF150W", "nircam", "F150W", 15009.0, 1.228, "AB", "F150W f150w"),
    ("nircamF200W", "nircam", "F200W", 19876.0, 1.7, "AB", "F200W f200w"),
    ("nircamF277W", "nircam", "F277W", 27762.0, 2.325, "AB", "F277W f277w"),
    ("nircamF356W", "nircam", "F356W", 35655.0, 2.814, "AB", "F356W f356w"),
    ("nircamF444W", "nircam", "F444W", 44018.0, 3.236, "AB", "F444W f444w"),
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
    "bessel": "bessell",
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
    "csp2": "csp",
    "swope": "csp",
    "swope2": "csp",
    "keplercam": "keplercam",
    "hsc": "hsc",
    "hsc2017": "hsc",
    "tess": "tess",
    "goto": "goto",
    "blackgem": "blackgem",
    "meerlicht": "blackgem",
    "wfc3": "wfc3",
    "wfc3_uvis": "wfc3",
    "wfc3_uvis1": "wfc3",
    "wfc3_uvis2": "wfc3",
    "wfc3_ir": "wfc3",
    "wfc3-uvis": "wfc3",
    "wfc3-ir": "wfc3",
    "acs": "acs",
    "acs_wfc": "acs",
    "acs-wfc": "acs",
    "nircam": "nircam",
}
