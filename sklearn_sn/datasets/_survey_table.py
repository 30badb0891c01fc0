"""Parameters of the built-in surveys.

Widths are those of top hats with the variance of the published curves (from speclite 1.0, groups
ztf-p48, lsst2023, panstarrs, atlas, bessell and sdss2010), or close to it if a curve has long
wings.
"""

_ZTF = {
    # Bellm et al. (2019, PASP 131, 018002): 5 sigma at 20.8 (g), 20.6 (r), 19.9 (i), slightly
    # reduced for seeing; saturation near 12.5 to 13.2; public cadence of 3 days, 4 days in i.
    "declinations": (-28.0, 80.0),
    "dates": (58200.0, 60600.0),
    "season": 240.0,
    "clouds": (25.0, 4.0),
    # Nights around full moon are lost or used by other programmes: choices.
    "moon_gap": 2.0,
    "moon_loss": 0.6,
    "saturation": 12.8,
}
SURVEY_TABLE = {
    "ztf": _ZTF
    | {
        "bands": ("ztfg", "ztfr"),
        "widths": (1320.0, 1540.0),
        "depths": (20.75, 20.6),
        "cadences": 3.0,
    },
    "ztf-gri": _ZTF
    | {
        "bands": ("ztfg", "ztfr", "ztfi"),
        "widths": (1320.0, 1540.0, 1500.0),
        "depths": (20.75, 20.6, 19.9),
        "cadences": (3.0, 3.0, 4.0),
    },
    # Ivezic et al. (2019, ApJ 873, 111), tables 1 and 2: single visits, 825 visits in ten years
    # (56, 80, 184, 184, 160, 160) in seasons of 200 days. These are completed visits; the cadences
    # are those of planned visits, of which 15 % fail and 15 % are lost to clouds. Rolling: half of
    # the sky gets most of the visits of a year (Jones et al. 2021, survey strategy, PSTN-051), here
    # ±80 %. Saturation: LSST Science Book (arXiv:0912.0201), chapter 3.
    "lsst": {
        "bands": ("lsstu", "lsstg", "lsstr", "lssti", "lsstz", "lssty"),
        "widths": (700.0, 1450.0, 1400.0, 1300.0, 1060.0, 1000.0),
        "depths": (23.9, 25.0, 24.7, 24.0, 23.3, 22.1),
        "cadences": (26.0, 18.2, 7.9, 7.9, 9.1, 9.1),
        "rolling": 0.8,
        "moon_loss": (0.8, 0.5, 0.3, 0.1, 0.0, 0.0),
        "saturation": (14.7, 15.7, 15.8, 15.8, 15.3, 13.9),
        "declinations": (-70.0, 2.0),
        "dates": (60900.0, 64500.0),
        "season": 200.0,
    },
    # Medium-deep survey: Chambers et al. (2016, arXiv:1612.05560) and Rest et al. (2014, ApJ 795,
    # 44): each of g r i z every three nights, y around full moon (left out).
    "ps1": {
        "bands": ("ps1g", "ps1r", "ps1i", "ps1z"),
        "widths": (1400.0, 1400.0, 1310.0, 1050.0),
        "depths": (23.3, 23.3, 23.1, 22.8),
        "cadences": (3.0, 3.0, 3.0, 3.0),
        "lost": 0.3,
        "clouds": (20.0, 5.0),
        "moon_gap": (8.0, 8.0, 0.0, 0.0),
        "moon_loss": (0.6, 0.4, 0.2, 0.1),
        "saturation": 14.0,
        "declinations": (-28.0, 60.0),
        "dates": (55100.0, 56700.0),
        "season": 170.0,
    },
    # Tonry et al. (2018, PASP 130, 064505): four exposures of 30 s a night, every other night;
    # combined 5 sigma depth near 19.7; cyan only in the dark half of the month.
    "atlas": {
        "bands": ("atlasc", "atlaso"),
        "widths": (2240.0, 2480.0),
        "depths": (19.9, 19.6),
        "cadences": (2.0, 2.0),
        "lost": 0.3,
        "moon_gap": (15.0, 2.0),
        "moon_loss": (0.3, 0.5),
        "saturation": 12.5,
        "declinations": (-48.0, 85.0),
        "dates": (57900.0, 60600.0),
        "season": 250.0,
    },
    # Follow-up with small telescopes: Ganeshalingam et al. (2010, ApJS 190, 418), Hicken et al.
    # (2009, ApJ 700, 331), Krisciunas et al. (2017, AJ 154, 211). Frequencies of band sets as among
    # objects with spectra in the Open Supernova Catalog; the rest are choices.
    "followup": {
        "bands": (
            *("bessellU", "bessellB", "bessellV", "bessellR", "bessellI"),
            *("sdssu", "sdssg", "sdssr", "sdssi", "sdssz"),
        ),
        "widths": (740.0, 1150.0, 1130.0, 1800.0, 1580.0, 800.0, 1320.0, 1190.0, 1300.0, 1500.0),
        "depths": (19.0, 20.0, 20.0, 20.0, 19.5, 19.3, 20.3, 20.2, 19.8, 19.0),
        "cadences": 2.5,
        "band_sets": (
            (("bessellB", "bessellV", "bessellR", "bessellI"), 0.23),
            (("bessellU", "bessellB", "bessellV", "bessellR", "bessellI"), 0.2),
            (("sdssg", "sdssr", "sdssi", "sdssz"), 0.15),
            (("bessellB", "bessellV", "sdssr", "sdssi"), 0.1),
            (("sdssu", "sdssg", "sdssr", "sdssi", "bessellB", "bessellV"), 0.1),
            (("bessellU", "bessellB", "bessellV"), 0.08),
            (("bessellB", "bessellV"), 0.06),
            (("sdssg", "sdssr", "sdssi"), 0.04),
            (("bessellV", "bessellR"), 0.04),
        ),
        "nightly": True,
        "cadence_scatter": 0.6,
        "delay": (2.0, 18.0),
        # Days between the brightest and the last point, in the same catalogue.
        "stop": (75.0, 0.85),
        # Follow-up prefers bright objects: this reproduces the peaks of objects with spectra in
        # the Open Supernova Catalog, 16.5 with a scatter of 1.5 mag.
        "peak_limit": (15.0, 1.3),
        "systematic": 0.015,
        # Zero-point offsets between telescopes: a choice.
        "calibration": 0.03,
        "depth_scatter": 0.5,
        "moon_loss": 0.5,
        "saturation": 10.5,
        "dates": (50000.0, 58500.0),
        "season": 250.0,
    },
}
