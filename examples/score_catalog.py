"""
========================================
Score a HATS catalogue on a Dask cluster
========================================

Classify the light curves of a catalogue that is larger than memory, on several processes. Requires
``pip install 'sklearn-sn[distributed]'``; this example is therefore not run in the documentation.
"""

# %%
# The catalogue is in the format HATS, which LSDB reads: Parquet files of patches of the sky, with
# light curves as a nested column. Here, it is simulated and written first. The model would be that
# of ``load_model(path)`` or ``load_pretrained(name)`` in practice.
import logging
import tempfile
from pathlib import Path

import lsdb
from distributed import Client

from sklearn_sn import LightCurveClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.distributed import transform_catalog, write_catalog
from sklearn_sn.encoders import GRU

if __name__ == "__main__":  # the workers import this file, too
    folder = Path(tempfile.mkdtemp())
    X, y = make_supernovae(300, modalities=["light_curve"], random_state=0)
    objects = X.rename_axis("object_id").reset_index()
    lsdb.from_dataframe(
        objects, ra_column="ra", dec_column="dec", partition_rows=100, margin_threshold=None
    ).write_catalog(folder / "supernovae")
    catalog = lsdb.open_catalog(folder / "supernovae")

    encoder = GRU(d_model=16, n_layers=1)
    model = LightCurveClassifier(encoder=encoder, max_epochs=2, random_state=0).fit(X, y)

    # Two processes of one thread on this machine. Client("address:8786") connects to a cluster.
    client = Client(n_workers=2, threads_per_worker=1)

    # A lazy Dask DataFrame. Nothing is read before ``compute``.
    lazy = transform_catalog(model, catalog, columns=["light_curve"], keep=["object_id"])
    print(lazy)
    print(lazy.compute().head())

    # A long run writes each partition to a folder. If it is interrupted, the same call continues
    # it; here, the second call finds everything finished.
    for _ in range(2):
        scores = write_catalog(
            model, catalog, folder / "scores", columns=["light_curve"], keep=["object_id"]
        )
    print(scores.groupby("object_id").size().compute().max(), "row for each object")

    # Processes that have loaded torch may need some seconds to end. Dask ends them after four, with
    # a warning that means nothing here.
    logging.getLogger("distributed.nanny").setLevel(logging.ERROR)
    client.close()
