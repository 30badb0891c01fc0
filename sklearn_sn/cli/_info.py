"""The command ``sklearn-sn info``."""

from collections import Counter

import click

from sklearn_sn.cli._inputs import input_options, open_input
from sklearn_sn.cli._progress import progress


@click.command(
    "info",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  sklearn-sn info my_atlas.txt
  sklearn-sn info photometry/*.txt
  sklearn-sn info objects.parquet
""",
)
@input_options
def command(files, spectra, survey, batch_size):
    """Show what is inside one or several FILEs: objects, bands, points, spectra, quality flags."""
    opened = open_input(files, spectra, survey, batch_size)
    content = Content()
    for X in progress(opened.batches, opened.n_objects):
        content.add(X)
    for title, text in content.items():
        click.echo(f"{title:<14} {text}")


class Content:
    """Counts of what tables of objects contain."""

    def __init__(self):
        self.names = []
        self.n_objects = 0
        self.columns = []
        self.numbers = Counter()
        self.bands = Counter()
        self.flags = Counter()
        self.ranges = {}
        self.tables = None
        self.left_out = Counter()

    def add(self, X):
        """Count the objects of a table."""
        from sklearn_sn.data import quality_report

        self.n_objects += len(X)
        self.names += [str(name) for name in X.index[: 3 - len(self.names)]]
        self.columns = self.columns or [str(name) for name in X.columns]
        read = X.attrs.get("read") or {}
        self.tables = self.tables or read.get("tables")
        self.left_out.update(read.get("counts") or {})
        if "light_curve" in X.columns:
            self._add_light_curves(X["light_curve"])
        if "spectrum" in X.columns:
            self._add_spectra(X["spectrum"])
        report = quality_report(X)
        for text in report["flag"]:
            self.flags.update(text.split(",") if text else ["none"])
        if "n_spectra" in report:
            self.numbers["spectra"] += int(report["n_spectra"].sum())

    def items(self):
        """Yield titles and texts."""
        more = ", ..." if self.n_objects > len(self.names) else ""
        yield "objects", f"{self.n_objects}: {', '.join(self.names)}{more}"
        yield "columns", ", ".join(self.columns)
        if self.numbers["points"]:
            yield "light curves", f"{self.numbers['curves']} with {self.numbers['points']} points"
            yield "bands", ", ".join(f"{band} ({n})" for band, n in self.bands.most_common())
            yield "times", "MJD {:.2f} to {:.2f}".format(*self.ranges["time"])
            yield "fluxes", "{:.4g} to {:.4g} µJy".format(*self.ranges["flux"])
        if self.numbers["pixels"]:
            spectra = f"{self.numbers['with_spectra']} with {self.numbers['pixels']} pixels"
            yield "spectra", spectra
            yield "wavelengths", "{:.0f} to {:.0f} Å".format(*self.ranges["wavelength"])
        yield from self._reading()
        yield "quality flags", ", ".join(f"{flag} ({n})" for flag, n in self.flags.most_common())

    def _reading(self):
        """Yield how the files were read."""
        tables = self.tables or []
        dialects = Counter(t.get("dialect") or t.get("format") for t in tables if t)
        dialects.pop(None, None)
        if dialects:
            yield "formats", ", ".join(f"{name} ({n})" for name, n in dialects.most_common())
        scales = dict.fromkeys(t["scale"] for t in tables if t and t.get("scale"))
        if scales:
            yield "flux scale", ", ".join(map(str, scales))
        # The reader counts these too, but keeps them unless its quality_cut is set.
        left_out = dict(self.left_out)
        kept = left_out.pop("bad_quality", 0)
        if left_out:
            yield "left out", ", ".join(f"{name} ({n})" for name, n in left_out.items())
        if kept:
            yield "kept", f"{kept} of the points, although the survey calls them unusable"

    def _add_light_curves(self, column):
        from sklearn_sn.data import as_ragged

        curves = as_ragged(column, kind="light_curve")
        self.numbers["curves"] += int((curves.lengths > 0).sum())
        self.numbers["points"] += len(curves.rows)
        bands = curves["band"]
        names = getattr(bands, "categories", None)
        if names is None:
            self.bands.update(map(str, bands))
        else:
            counts = Counter(bands.codes.tolist())
            self.bands.update({str(names[code]): n for code, n in counts.items() if code >= 0})
        self._widen("time", curves["time"])
        self._widen("flux", curves["flux"])

    def _add_spectra(self, column):
        from sklearn_sn.data import as_ragged

        spectra = as_ragged(column, kind="spectrum")
        self.numbers["with_spectra"] += int((spectra.lengths > 0).sum())
        self.numbers["pixels"] += len(spectra.rows)
        self._widen("wavelength", spectra["wavelength"])

    def _widen(self, name, values):
        """Widen the range of a field; NaN is not measured."""
        import numpy as np

        values = np.asarray(values, dtype=float)
        values = values[np.isfinite(values)]
        if len(values):
            low, high = self.ranges.get(name, (np.inf, -np.inf))
            self.ranges[name] = min(low, values.min()), max(high, values.max())
