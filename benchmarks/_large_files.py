"""Files of many simulated light curves, of one row per object or per point.

One block of objects is simulated and repeated under new names with new noise. Simulating 10^7
objects takes hours, and time and memory do not depend on whether the supernovae are distinct.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import TableWriter, make_supernovae

BLOCK = 5000  # objects that are simulated


def repeated_tables(n_objects, seed=0):
    """Yield tables of light curves with a column type, BLOCK objects at a time."""
    X, y = make_supernovae(min(BLOCK, n_objects), modalities=["light_curve"], random_state=seed)
    curves = as_ragged(X["light_curve"], kind="light_curve")
    plain = X.drop(columns="light_curve").assign(type=np.asarray(y))
    for start in range(0, n_objects, BLOCK):
        n_rows = min(BLOCK, n_objects - start, len(X))
        rng = np.random.default_rng([seed, start])
        noise = rng.normal(0.0, 1.0, curves.n_points) * curves["flux_err"]
        noisy = curves.with_fields(flux=curves["flux"] + (noise if start else 0.0))
        index = pd.Index([f"sim-{number:08d}" for number in range(start, start + n_rows)])
        table = plain.iloc[:n_rows].set_axis(index).rename_axis("object_id")
        column = noisy.take(slice(0, n_rows)).to_nested(index=index, name="light_curve")
        table.insert(0, "light_curve", column)
        yield table


def write_objects(path, n_objects, seed=0):
    """Write a file of nested columns."""
    with TableWriter(path, single_precision=True) as writer:
        for X in repeated_tables(n_objects, seed):
            writer.write(X)
    return Path(path)


def write_points(path, n_objects, seed=0):
    """Write a file with one row per point, and return the number of its points."""
    n_points, file = 0, None
    for X in repeated_tables(n_objects, seed):
        curves = as_ragged(X["light_curve"], kind="light_curve")
        table = pa.table(
            {
                "object_id": pa.array(X.index.repeat(curves.lengths)),
                "mjd": curves["time"],
                "filter": pa.array(np.asarray(curves["band"], dtype=object), type=pa.string()),
                "flux": curves["flux"],
                "flux_err": curves["flux_err"],
            }
        )
        file = file or pq.ParquetWriter(path, table.schema)
        file.write_table(table)
        n_points += len(table)
    file.close()
    return n_points
