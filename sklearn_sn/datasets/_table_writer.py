"""Write tables of objects to one Parquet file, table by table."""

import json
import os
import secrets
from numbers import Integral
from pathlib import Path
from typing import Any, Self

import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.data import NESTED_COLUMNS, as_frame
from sklearn_sn.datasets._parquet import LAYOUT_KEY, to_arrow_table

_SINGLE = ("flux", "flux_err")  # fields that single precision concerns; times need more digits


class TableWriter:
    """Write tables of objects to a Parquet file of any size, one after the other.

    The file is that of :func:`write_tables` for all tables at once. It is complete or absent: it
    is written under a temporary name, which ``close`` or the end of a ``with`` block replaces.

    Parameters
    ----------
    path : str or Path
        File to write; an existing one is replaced.
    row_group_size : int, default=10_000
        Objects of a row group, which is the unit that training shuffles.
    single_precision : bool, default=False
        Whether to store fluxes and their errors of light curves and spectra in 32 bits, with seven
        digits, which halves the size of the file.

    Raises
    ------
    ValueError
        If a table has other columns, dtypes or categories than the first one, or cannot be stored.

    See Also
    --------
    write_tables : Write a single table.
    iter_tables : Read the file in batches.
    iter_supernovae : Simulate tables one after the other.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn.datasets import TableWriter, count_objects, iter_supernovae
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with TableWriter(Path(folder) / "objects.parquet") as writer:
    ...         for X, y in iter_supernovae(20, chunk_size=10, random_state=0):
    ...             writer.write(X.assign(type=y))
    ...     count_objects(Path(folder) / "objects.parquet")
    20
    """

    @validate_params(
        {
            "path": [str, os.PathLike],
            "row_group_size": [Interval(Integral, 1, None, closed="left")],
            "single_precision": ["boolean"],
        },
        prefer_skip_nested_validation=True,
    )
    def __init__(
        self,
        path: str | os.PathLike,
        *,
        row_group_size: int = 10_000,
        single_precision: bool = False,
    ) -> None:
        self.path = Path(path).expanduser()
        self.row_group_size, self.single_precision = row_group_size, single_precision
        self._temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}")
        self._file, self._schema = None, None
        self._waiting, self._n_waiting = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if kind is None:
            self.close()
        else:
            self._discard()

    def write(self, X: pd.DataFrame) -> None:
        """Append the objects of a table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the columns and dtypes of the first one.
        """
        table = to_arrow_table(as_frame(X))
        if self.single_precision:
            table = _with_single_precision(table)
        table = self._like_first(table)
        self._waiting.append(table)
        self._n_waiting += len(table)
        while self._n_waiting >= self.row_group_size:
            self._write_group()

    def close(self) -> None:
        """Write what is left, and give the file its name."""
        if self._file is None:
            raise ValueError(f"No table was written to {str(self.path)!r}.")
        while self._n_waiting:
            self._write_group()
        self._file.close()
        os.replace(self._temporary, self.path)

    def _discard(self):
        if self._file is not None:
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _like_first(self, table):
        """Return an Arrow table with the schema of the first one, and open the file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._file is None:
            self._schema = table.schema
            floats, others = _leaves(self._schema)
            # The bytes of floats, split by their place, compress better.
            self._file = pq.ParquetWriter(
                self._temporary,
                self._schema,
                compression="zstd",
                use_dictionary=others,
                use_byte_stream_split=floats,
            )
            return table
        first, layout = (
            json.loads(schema.metadata[LAYOUT_KEY]) for schema in (self._schema, table.schema)
        )
        if table.column_names != self._schema.names or layout != first:
            raise ValueError(
                f"A table has the columns {table.column_names} of the layout {layout}, and the "
                f"first one {self._schema.names} of the layout {first}. Write tables of the same "
                "columns, dtypes and categories to one file."
            )
        try:
            return table.cast(self._schema)
        except pa.ArrowException as error:
            raise ValueError(
                f"A table cannot be stored with the dtypes of the first one: {error}."
            ) from error

    def _write_group(self):
        import pyarrow as pa

        table = pa.concat_tables(self._waiting)
        group = table.slice(0, self.row_group_size)
        self._file.write_table(group, row_group_size=self.row_group_size)
        rest = table.slice(self.row_group_size)
        self._waiting, self._n_waiting = [rest] if len(rest) else [], len(rest)


def _leaves(schema):
    """Return the paths of nested fields of floats, and those of all other columns."""
    import pyarrow as pa

    floats, others = [], []
    for column in schema:
        if column.name not in NESTED_COLUMNS or not pa.types.is_struct(column.type):
            others.append(column.name)
            continue
        for field in column.type:
            path = f"{column.name}.{field.name}.list.element"
            (floats if pa.types.is_floating(field.type.value_type) else others).append(path)
    return floats, others


def _with_single_precision(table):
    """Return an Arrow table whose fluxes and errors have 32 bits."""
    import pyarrow as pa

    for name in NESTED_COLUMNS:
        if name not in table.column_names:
            continue
        column = table[name]
        fields = [
            pa.field(field.name, pa.list_(pa.float32()))
            if field.name in _SINGLE and pa.types.is_floating(field.type.value_type)
            else field
            for field in column.type
        ]
        position = table.column_names.index(name)
        table = table.set_column(position, name, column.cast(pa.struct(fields)))
    return table
