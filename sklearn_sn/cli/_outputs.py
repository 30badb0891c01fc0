"""Write the tables of a command in chunks; the suffix of the path is the format."""

import json
import os
import secrets
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

SUFFIXES = {".csv", ".parquet", ".ecsv", ".json"}


def output_option(*more):
    """Return the option that names the outputs of a command.

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
        return paths

    return click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FILE",
        callback=check,
        help=f"File to write ({', '.join(suffixes)}); repeatable. By default a summary is printed.",
    )


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
        Writes a table to all files. All tables of a file have the columns of its first one.
    """
    with ExitStack() as stack:
        writers = [stack.enter_context(_open(Path(path).expanduser())) for path in paths]

        def write(table):
            frame = plain_table(table)
            for writer in writers:
                writer.write(frame)

        yield write


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

        columns = {name: _without_nan(frame[name]) for name in frame}
        lines = list(_ecsv_lines(Table(columns)))
        return "".join(f"{line}\n" for line in (lines if first else _below_header(lines)))


class _JSONWriter(_TextWriter):
    def text(self, frame, first):
        records = json.loads(frame.to_json(orient="records"))
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        opening = "[\n" if first else ",\n"
        return opening + ",\n".join(lines) if lines else "[" * first

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
