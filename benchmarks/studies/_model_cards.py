"""Cards of the packaged light-curve models."""

import numpy as np
from _light_curve_mixture import HORIZONS, SIMULATED_CLASSES

LICENSE = (
    "BSD-3-Clause for the model. It holds no rows of the training data. The photometry is public; "
    "most of its sources state no licence for redistribution: cite them."
)
SOURCES = [
    "Open Supernova Catalog: Guillochon, J. et al. (2017), ApJ 835, 64, and the papers that its "
    "bibliography names for each object",
    "classes and redshifts also from WISeREP: Yaron, O. & Gal-Yam, A. (2012), PASP 124, 668",
    "superluminous supernovae also from Gomez, S. et al. (2024), MNRAS 535, 471 (MIT licence)",
    "stripped-envelope supernovae also from Khakpash, S. et al. (2024), ApJS 275, 37",
    "simulations of make_supernovae, whose source code cites the origin of its constants",
]


def types_card(data):
    """Return description, data and limits of "light-curve-types"."""
    first = data.horizon == "full"
    real = {name: int(np.sum(data.label[first] == name)) for name in np.unique(data.label[first])}
    counts = data.object[~data.is_real]
    simulated = {
        name: len(np.unique(counts[data.label[~data.is_real] == name]))
        for name in np.unique(data.label[~data.is_real])
    }
    prior = {
        name: round(float(data.weight[data.label == name].sum() / data.weight.sum()), 4)
        for name in np.unique(data.label)
    }
    return {
        "description": (
            "Probabilities of ten classes from a light curve in any bands, from the first "
            "detection on; calibrated, with conformal sets (predict_set) and an anomaly score "
            "(score_samples)."
        ),
        "data": {
            "real objects": real,
            "simulated objects": simulated,
            "horizons": f"each real object at {', '.join(HORIZONS)}, each simulated one complete "
            "and at a random one of these",
            "kept back": "one real object in five of the catalogue was never seen",
            "prior": prior,
        },
        "limits": [
            f"Simulation only: {', '.join(n for n in SIMULATED_CLASSES if n not in real)}. Their "
            "figures are those of simulated objects of the same simulator.",
            "SN Ia-91bg and SN Iax: simulations and a handful of real objects. Most real ones are "
            "labelled SN Ia in the catalogue, so that the probabilities of the three should be "
            "summed.",
            "The probabilities contain the prior above, that of spectroscopic samples with half of "
            "the SN Ia from Pan-STARRS1. For another sample, multiply them by the ratio of the "
            "class frequencies and normalise.",
            "The coverage of the sets is that of all objects, with one threshold for all classes: "
            "sets of SN IIn, SN Iax and SN Ia-91bg contain the class less often. "
            "load_pretrained(...).estimator.set_params(thresholds='class') gives larger sets with "
            "the same coverage in every class.",
            "Figures of five and three classes are of objects of these classes, with probabilities "
            "restricted to them and normalised; predict_proba has ten classes.",
            "An empty set means that no class is credible at the chosen coverage.",
            "The data of an object betray its class in part by who observed it and how often; on "
            "a survey with another strategy, expect lower scores.",
        ],
    }


def redshift_card(data):
    """Return description, data and limits of "light-curve-redshift"."""
    return {
        "description": (
            "Redshift, and its standard deviation by predict(X, return_std=True), from a light "
            "curve of a supernova in any bands."
        ),
        "data": {
            "real objects": int(np.sum(data.objects["redshift"] > 0)),
            "horizons": ", ".join(HORIZONS),
            "kept back": "one real object in five of the catalogue was never seen",
        },
        "limits": [
            "Apparent magnitude is the strongest feature: the model knows how bright supernovae of "
            "spectroscopic samples are. It is not valid for AGN, CV and other classes.",
            "The standard deviation depends on the predicted redshift only, not on the number of "
            "points.",
        ],
    }
