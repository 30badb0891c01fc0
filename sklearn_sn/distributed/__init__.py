"""Apply fitted models to catalogues in partitions, on the workers of a Dask cluster."""

from sklearn_sn.distributed._transform import transform_catalog
from sklearn_sn.distributed._write import write_catalog

__all__ = ["transform_catalog", "write_catalog"]
