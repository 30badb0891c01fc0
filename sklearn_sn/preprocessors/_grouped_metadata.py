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
    hidden_fraction : float
        Probability that a value of a training batch is hidden, as if it were missing.
    """

    def __init__(
        self,
        *,
        columns: Sequence[str],
        angles: Sequence[str] = (),
        n_frequencies: int = 4,
        hidden_fraction: float = 0.0,
    ) -> None:
        super().__init__(columns=columns)
        self.angles = tuple(name for name in self.columns if name in set(angles))
        self.n_frequencies, self.hidden_fraction = n_frequencies, hidden_fraction

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn medians, spreads and categories."""
        super().fit(table, rows)
        metadata = table.metadata if rows is None else table.metadata.iloc[rows]
        for name in self.scales_:
            values = metadata[name].to_numpy()
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
        known = table.metadata[list(self.columns)].notna().to_numpy().any(axis=1)
        numbers = [name for name in self.scales_ if name not in self.angles]
        for name, kind in table.metadata.dtypes.items():
            if name in self.scales_ and kind.kind != "f":
                reject_text(table.metadata[name], name)
        # All numbers at once, because operations on single columns dominate the time of one row.
        values = table.metadata[numbers].to_numpy(dtype=float)
        median, spread = np.array([self.scales_[n] for n in numbers]).reshape(-1, 2).T
        scaled = np.clip(np.arcsinh((values - median) / spread), -10.0, 10.0)
        pairs = np.stack([np.nan_to_num(scaled), np.isnan(values)], axis=2)  # (n, n_numbers, 2)
        encoded = {name: pairs[:, i] for i, name in enumerate(numbers)}
        for name in self.columns:
            if name not in self.scales_:
                encoded[name] = self._one_hot(table.metadata[name], name)
            elif name in self.angles:
                degrees = table.metadata[name].to_numpy(dtype=float)
                encoded[name] = encode_angle(degrees, self.n_frequencies)
        values = np.concatenate([encoded[name] for name in self.columns], axis=1)
        return PreparedMetadata(values.astype(np.float32), known.astype(np.int64))

    def gather(
        self, prepared: PreparedMetadata, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the array values (N, n_values) and the position in `rows` of each object."""
        arrays, object_index = super().gather(prepared, rows, rng)
        if rng is not None and self.hidden_fraction:
            widths = self.widths
            hidden = rng.random((len(object_index), len(widths))) < self.hidden_fraction
            hidden = np.repeat(hidden, list(widths.values()), axis=1)  # (N, n_values)
            arrays["values"] = np.where(hidden, self._missing_values(), arrays["values"])
        return arrays, object_index

    def _missing_values(self):
        """Return the encoding of an object without a known value, (n_values,)."""
        flagged = [name for name in self.scales_ if name not in self.angles]
        values = np.zeros(self.n_values, dtype=np.float32)
        values[[self.positions([name])[1] for name in flagged]] = 1.0
        return values
