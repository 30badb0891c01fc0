"""Configurations of published systems, with one function for each system."""

from sklearn_sn.papers._applecider import applecider_masked_events, applecider_photometry
from sklearn_sn.papers._astroclip import astroclip
from sklearn_sn.papers._images import astrominn, btsbot
from sklearn_sn.papers._light_curves import (
    adversarial_gru,
    contrastive_adversarial_gru,
    gru,
    supcon_gru,
)
from sklearn_sn.papers._maven import maven, maven_baseline
from sklearn_sn.papers._spectra import galspecnet, spectranet
from sklearn_sn.papers._transceiver import (
    contrastive_transceiver,
    mmvae_transceiver,
    transceiver_regressor,
)

__all__ = [
    "adversarial_gru",
    "applecider_masked_events",
    "applecider_photometry",
    "astroclip",
    "astrominn",
    "btsbot",
    "contrastive_adversarial_gru",
    "contrastive_transceiver",
    "galspecnet",
    "gru",
    "maven",
    "maven_baseline",
    "mmvae_transceiver",
    "spectranet",
    "supcon_gru",
    "transceiver_regressor",
]
