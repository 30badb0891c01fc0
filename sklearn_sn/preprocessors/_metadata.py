"""Preprocess metadata: standardise numbers, encode categories, flag missing values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from sklearn_sn.data import CheckedTable, reject_text
from sklearn_sn.preprocessors._preprocessor import Preprocessor


@dataclass(frozen=True)
class PreparedMetadata:
    """Values (n_objects, n_values) float32, and lengths, 1 for objects with metadata, else 0."""

    values: np.ndarray
    lengths: np.ndarray


class MetadataPreprocessor(Preprocessor):
    """Standardise numbers, encode categories one-hot, and flag missing values.

    Parameters
    ----------
    columns : sequence of str
        Plain columns of the table.
    """

    def __init__(self, *, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn means, standard deviations and categories."""
        self.scales_, self.categories_ = {}, {}
        metadata = table.metadata if rows is None else table.metadata.iloc[rows]
        for name in self.columns:
            column = metadata[name]
            if isinstance(column.dtype, pd.CategoricalDtype):
                self.categories_[name] = np.unique(_category_names(column.dropna()))
            else:
                finite = column.to_numpy()[np.isfinite(column.to_numpy())]
                mean = finite.mean() if len(finite) else 0.0
                std = finite.std() if len(finite) else 1.0
                self.scales_[name] = (float(mean), float(std) if std > 0 else 1.0)
        return self

    @property
    def n_values(self) -> int:
        """Width of the encoded metadata."""
        return 2 * len(self.scales_) + sum(len(names) for names in self.categories_.values())

    def prepare(self, table: CheckedTable) -> PreparedMetadata:
        """Encode all rows of a table once."""
        parts = []
        for name in self.columns:
            column = table.metadata[name]
            if name in self.scales_:
                mean, std = self.scales_[name]
                reject_text(column, name)
                values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
                scaled = np.clip((values - mean) / std, -10.0, 10.0)
                parts += [np.nan_to_num(scaled)[:, None], np.isnan(values)[:, None]]
            else:
                parts.append(self._one_hot(column, name))
        values = np.concatenate(parts, axis=1).astype(np.float32)
        # The table may contain columns that others read.
        known = table.metadata[list(self.columns)].notna().any(axis=1).to_numpy()
        return PreparedMetadata(values, known.astype(np.int64))

    def _one_hot(self, column, name):
        return _category_names(column)[:, None] == self.categories_[name][None]

    def gather(
        self, prepared: PreparedMetadata, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the array values (N, n_values) and the position in `rows` of each object."""
        object_index = np.flatnonzero(prepared.lengths[rows] > 0)
        return {"values": prepared.values[rows[object_index]]}, object_index


def _category_names(column):
    """Return categories as text, in which 3 and 3.0 are the same category."""
    codes, values = pd.factorize(column.astype(object))
    names = [
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        for value in values
    ]
    return np.array([*names, "nan"], dtype=object)[codes].astype(str)
