"""Preprocess metadata for a network that reads groups of columns."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from sklearn_sn.data import CheckedTable, reject_text
from sklearn_sn.preprocessors._angles import encode_angle, n_angle_values
from sklearn_sn.preprocessors._metadata import MetadataPreprocessor, PreparedMetadata


class GroupedMetadataPreprocessor(MetadataPreprocessor):
    """Scale numbers by asinh, encode angles and categories, and flag missing values.

    A number x becomes asinh((x - median) / spread), so that a column with a long tail, such as the
    age of variable stars and supernovae, keeps its differences between small values. A number that
    is missing is 0 with a flag of 1, an angle that is missing lacks the flag of known angles.

    Parameters
    ----------
    columns : sequence of str
        Plain columns of the table.
    angles : sequence of str
        Those of the columns that are angles in degrees.
    n_frequencies : int
        Frequencies of the encoding of an angle.
    """

    def __init__(
        self, *, columns: Sequence[str], angles: Sequence[str] = (), n_frequencies: int = 4
    ) -> None:
        super().__init__(columns=columns)
        self.angles = tuple(name for name in self.columns if name in set(angles))
        self.n_frequencies = n_frequencies

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn medians, spreads and categories."""
        super().fit(table, rows)
        for name in self.scales_:
            values = table.metadata[name].to_numpy()
            values = values[np.isfinite(values)]
            if not len(values):
                continue
            median = float(np.median(values))
            spread = 1.4826 * float(np.median(np.abs(values - median)))
            # Most values of a column may be equal, such as 0.
            spread = spread if spread > 0 else float(values.std())
            self.scales_[name] = (median, spread if spread > 0 else 1.0)
        return self

    @property
    def widths(self) -> dict[str, int]:
        """Number of values that encode each column."""
        return {
            name: n_angle_values(self.n_frequencies)
            if name in self.angles and name in self.scales_
            else 2
            if name in self.scales_
            else len(self.categories_[name])
            for name in self.columns
        }

    @property
    def n_values(self) -> int:
        return sum(self.widths.values())

    def positions(self, names: Sequence[str]) -> list[int]:
        """Return the positions in the encoded metadata of the values of some columns."""
        wanted, start, positions = set(names), 0, []
        for name, width in self.widths.items():
            if name in wanted:
                positions += range(start, start + width)
            start += width
        return positions

    def prepare(self, table: CheckedTable) -> PreparedMetadata:
        """Encode all rows of a table once."""
        parts = [self._encoded(table, name) for name in self.columns]
        known = table.metadata[list(self.columns)].notna().any(axis=1).to_numpy()
        values = np.concatenate(parts, axis=1).astype(np.float32)
        return PreparedMetadata(values, known.astype(np.int64))

    def _encoded(self, table, name):
        column = table.metadata[name]
        if name not in self.scales_:
            return self._one_hot(column, name)
        reject_text(column, name)
        values = column.to_numpy(dtype=float)
        if name in self.angles:
            return encode_angle(values, self.n_frequencies)
        median, spread = self.scales_[name]
        scaled = np.clip(np.arcsinh((values - median) / spread), -10.0, 10.0)
        return np.stack([np.nan_to_num(scaled), np.isnan(values)], axis=1)
