"""Write the tables of a command in chunks; the suffix of the path is the format."""

import glob
import json
import os
import secrets
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path

import click

SUFFIXES = {".csv", ".parquet", ".ecsv", ".json"}


def output_option(*more):
    """Return the option that names the outputs of a command.

    The command receives ``outputs``, and must also have the options of ``input_options``.

    Parameters
    ----------
    *more : str
        Suffixes that the command itself handles.
    """
    suffixes = sorted(SUFFIXES | set(more))

    def check(ctx, parameter, paths):
        for path in paths:
            if Path(path).suffix.lower() not in suffixes:
                raise click.BadParameter(
                    f"{path!r} must end in one of {', '.join(suffixes)}.", ctx, parameter
                )
            if not Path(path).expanduser().resolve().parent.is_dir():
                raise click.BadParameter(f"The folder of {path!r} does not exist.", ctx, parameter)
            if Path(path).expanduser().is_dir():
                raise click.BadParameter(f"{path!r} is a folder.", ctx, parameter)
        return paths

    option = click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FILE",
        callback=check,
        help=f"File to write ({', '.join(suffixes)}); repeatable. By default, results are printed.",
    )

    def decorate(function):
        @wraps(function)
        def checked(files, spectra, outputs, **params):
            raise_on_overwriting(outputs, [*files, *spectra])
            return function(files=files, spectra=spectra, outputs=outputs, **params)

        return option(checked)

    return decorate


def raise_on_overwriting(outputs, inputs):
    """Reject outputs that are inputs, or occur twice.

    Parameters
    ----------
    outputs : sequence of str
        Files to write.
    inputs : sequence of str
        Paths, glob patterns or folders to read.

    Raises
    ------
    click.UsageError
        If an output is one of the inputs, or of their files, or the same file as another output.
    """
    seen = []
    for output in outputs:
        path = Path(output).expanduser()
        if any(_same(path, other) for other in seen):
            raise click.UsageError(f"The output {output!r} is given twice.")
        seen.append(path)
    for path in seen:
        # Inputs exist; another output need not be compared with them.
        if path.resolve().exists() and any(_same(path.resolve(), one) for one in _files(inputs)):
            raise click.UsageError(
                f"The output {str(path)!r} is also an input. Write to another file."
            )


def _same(path, other):
    """Return whether two paths lead to one file, which need not exist."""
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()


def _files(inputs):
    """Yield the files of paths, folders and glob patterns."""
    for given in inputs:
        path = Path(given).expanduser()
        paths = [path] if path.exists() else map(Path, glob.glob(str(path), recursive=True))
        for path in paths:
            yield from path.iterdir() if path.is_dir() else [path]


@contextmanager
def open_outputs(paths):
    """Open files for tables; they appear complete at the end, or not at all.

    Parameters
    ----------
    paths : sequence of str
        Paths with a suffix in `SUFFIXES`.

    Yields
    ------
    callable
        Writes a table to all files. All tables of a file have the columns of its first one; an
        empty table is left out. ECSV has the units of columns in ``attrs["units"]``.

    Raises
    ------
    ValueError
        At the end, if no row was written.
    """
    n_rows = 0
    with ExitStack() as stack:
        writers = [stack.enter_context(_open(Path(path).expanduser())) for path in paths]

        def write(table):
            nonlocal n_rows
            n_rows += len(table)
            if len(table):
                frame = plain_table(table)
                for writer in writers:
                    writer.write(frame)

        yield write
        if writers and not n_rows:
            raise ValueError(f"There are no rows to write to {paths[0]}.")


def plain_table(table):
    """Return a table with its index as the first column."""
    return table.rename_axis(table.index.name or "object_id").reset_index()


@contextmanager
def _open(path):
    """Open one file under a temporary name, and rename it at the end."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        writer = _WRITERS[path.suffix.lower()](temporary)
        try:
            yield writer
        finally:
            writer.close()
        os.replace(temporary, path)
    except OSError as error:
        if error.filename == str(temporary):  # its name means nothing to the user
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


class _TextWriter:
    """Base of writers of text: the first chunk determines the columns."""

    def __init__(self, path):
        self.file = path.open("w", encoding="utf-8", newline="")
        self.columns = None

    def write(self, frame):
        first = self.columns is None
        if first:
            self.columns = list(frame.columns)
        self.file.write(self.text(frame.reindex(columns=self.columns), first))

    def close(self):
        self.file.close()


class _CSVWriter(_TextWriter):
    def text(self, frame, first):
        return frame.to_csv(index=False, header=first)


class _ECSVWriter(_TextWriter):
    def text(self, frame, first):
        from astropy.table import Table

        table = Table({name: _without_nan(frame[name]) for name in frame})
        for name, unit in frame.attrs.get("units", {}).items():
            table[name].unit = unit
        lines = list(_ecsv_lines(table))
        return "".join(f"{line}\n" for line in (lines if first else _below_header(lines)))


class _JSONWriter(_TextWriter):
    def text(self, frame, first):
        records = json.loads(frame.to_json(orient="records"))
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        return ("[\n" if first else ",\n") + ",\n".join(lines)

    def close(self):
        self.file.write("[]\n" if self.columns is None else "\n]\n")
        super().close()


class _ParquetWriter:
    def __init__(self, path):
        self.path = path
        self.writer = None

    def write(self, frame):
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self.writer is None:
            schema = pa.Schema.from_pandas(frame, preserve_index=False).remove_metadata()
            # A column without any value has no type yet; only text is missing as null.
            fields = [f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in schema]
            self.writer = pq.ParquetWriter(self.path, pa.schema(fields))
        schema = self.writer.schema
        frame = frame.reindex(columns=schema.names)
        self.writer.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))

    def close(self):
        if self.writer is not None:
            self.writer.close()


_WRITERS = {
    ".csv": _CSVWriter,
    ".ecsv": _ECSVWriter,
    ".json": _JSONWriter,
    ".parquet": _ParquetWriter,
}


def _without_nan(column):
    """Return a column for astropy: numbers, or text that is empty where missing."""
    if column.dtype.kind in "biuf":
        return column.to_numpy()
    return column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=str)


def _ecsv_lines(table):
    import io

    text = io.StringIO()
    table.write(text, format="ascii.ecsv")
    return text.getvalue().splitlines()


def _below_header(lines):
    """Return the lines below the comments and the names of columns."""
    names = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return lines[names + 1 :]
