"""Draw alerts of simulated objects: epochs, metadata and cutouts that agree with each other."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from sklearn_sn.datasets._alert_cutouts import draw_cutouts, draw_exposures
from sklearn_sn.datasets._alert_epochs import draw_epochs
from sklearn_sn.datasets._hosts import draw_hosts
from sklearn_sn.datasets._neighbours import draw_neighbours
from sklearn_sn.datasets._packet_columns import draw_catalog, packet_columns


class Alerts(NamedTuple):
    """Alerts: epochs and metadata, both of n_alerts rows, and cutouts or None."""

    epochs: pd.DataFrame
    metadata: pd.DataFrame
    images: np.ndarray | None

    def take(self, rows):
        """Return the alerts of a slice."""
        images = None if self.images is None else self.images[rows]
        return Alerts(self.epochs.iloc[rows], self.metadata.iloc[rows], images)

    @staticmethod
    def concatenate(parts):
        """Join alerts in order."""
        epochs, metadata, images = zip(*parts, strict=True)
        images = None if images[0] is None else np.concatenate(images)
        return Alerts(pd.concat(epochs), pd.concat(metadata), images)


def draw_alerts(objects, curves, rng, *, max_alerts=1, max_days=np.inf, images=True):
    """Draw the alerts of objects.

    Parameters
    ----------
    objects : DataFrame of n_objects rows
        Drawn parameters, with class, ra and dec.
    curves : Ragged of n_objects rows
        time, band, flux, flux_err, sorted by time.
    rng : numpy.random.Generator
        Source of randomness.
    max_alerts, max_days : int, float
        As for `draw_epochs`.
    images : bool, default=True
        Render cutouts. It does not change the other results.

    Returns
    -------
    Alerts
        Sorted by object and time.
    """
    # Cutouts have a stream of their own.
    drawn, pixels = rng.spawn(2)
    epochs = draw_epochs(objects, curves, max_alerts, max_days, drawn)
    hosts = draw_hosts(objects, drawn)
    neighbours = draw_neighbours(objects["gal_b"].to_numpy(), drawn)
    catalog = draw_catalog(hosts, neighbours, drawn)
    exposures = draw_exposures(epochs, drawn)
    metadata = packet_columns(objects, epochs, catalog, exposures["offset"], drawn)
    cutouts = draw_cutouts(epochs, exposures, hosts, neighbours, pixels) if images else None
    return Alerts(epochs, metadata, cutouts)


def image_column(images, index):
    """Return cutouts as a column of arrays.

    Parameters
    ----------
    images : ndarray of shape (n, n_channels, H, W)
        Cutouts.
    index : pandas.Index of length n
        Index of the column.

    Returns
    -------
    pandas.Series of object
    """
    cells = np.empty(len(images), dtype=object)
    cells[:] = list(images)
    return pd.Series(cells, index=index, dtype=object, name="image")
