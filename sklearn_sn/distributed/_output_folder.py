"""The folder of a resumable output: a description and one Parquet file for each partition."""

import contextlib
import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sklearn_sn.distributed._output_columns import with_types

# Readers of a folder of Parquet files ignore names that start with "_" or ".".
_DESCRIPTION = "_catalogue.json"
_ABANDONED = 86400.0  # seconds after which a temporary file has no writer
_CONTENT = b"sklearn_sn.content"  # key of the digest of the input in a Parquet file


@dataclass(frozen=True)
class OutputFolder:
    """Folder of the output of a model for the partitions of a catalogue.

    Attributes
    ----------
    path : str
        Folder, which all workers can write to.
    """

    path: str

    def open(self, description: dict[str, Any]) -> None:
        """Create the folder, or check that it contains the output of the same run.

        Parameters
        ----------
        description : dict
            What determines the output: model, method, columns and partitions.

        Raises
        ------
        ValueError
            If it is a file, contains other files, is damaged, or holds the output of another run.
            The message names what differs. Of two runs that create it at once, one succeeds if
            their descriptions differ, and both if they are equal.
        """
        folder = Path(self.path)
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"The 'output' folder {self.path} is a file. Name a new folder.")
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / _DESCRIPTION
        others = self._others(set())
        # Every run writes its description first: where there still is none, others are no results.
        if not file.exists():
            self._raise_on(others)
            _create(file, json.dumps(description, indent=1))
        found = _read_description(file)
        wanted = json.loads(json.dumps(description))
        differing = [key for key in wanted if found.get(key) != wanted[key]]
        if differing:
            key = differing[0]
            raise ValueError(
                f"The 'output' folder {self.path} belongs to another run: its {key} is "
                f"{found.get(key)!r}, and that of this run is {wanted[key]!r}. Use another folder, "
                "or the same model and catalogue."
            )
        # A reader of the folder would take other files for results.
        numbers = range(description.get("n_partitions", 0))
        self._raise_on(
            self._others({_DESCRIPTION, *(self._file(number).name for number in numbers)})
        )
        self._remove_abandoned()

    def read(
        self, number: int, content: str | None, frame_meta: pd.DataFrame
    ) -> pd.DataFrame | None:
        """Return the finished output of a partition; None if it is not finished.

        Parameters
        ----------
        number : int
            Number of the partition.
        content : str or None
            Digest of the input; None does not check it.
        frame_meta : pandas.DataFrame
            Output for no objects, which has the columns and types.

        Raises
        ------
        ValueError
            If the file is damaged, or that of other input.
        """
        file = self._file(number)
        if not file.exists():
            return None
        try:
            table = pq.read_table(file)
        except (pa.ArrowInvalid, OSError) as error:
            raise ValueError(f"{file} is damaged ({error}). Delete it and run again.") from error
        written = (table.schema.metadata or {}).get(_CONTENT, b"").decode()
        if content is not None and written != content:
            raise ValueError(
                f"{file} is the output of another catalogue: partition {number} has changed since. "
                "Use another folder, or delete the file."
            )
        frame = table.to_pandas().set_axis(frame_meta.columns, axis=1)
        return with_types(frame.rename_axis(frame_meta.index.name), frame_meta)

    def read_finished(self, number: int, frame_meta: pd.DataFrame) -> pd.DataFrame:
        """Return the output of a partition, which a complete run has written.

        Parameters
        ----------
        number : int
            Number of the partition.
        frame_meta : pandas.DataFrame
            As for `read`.

        Raises
        ------
        ValueError
            If the file is damaged or has been deleted.
        """
        frame = self.read(number, None, frame_meta)
        if frame is None:
            raise ValueError(
                f"{self._file(number)} has been deleted. Run write_catalog again to compute it."
            )
        return frame

    def write(self, number: int, content: str, frame: pd.DataFrame) -> None:
        """Write the output of a partition, as a whole or not at all."""
        table = pa.Table.from_pandas(frame.set_axis(frame.columns.map(str), axis=1))
        table = table.replace_schema_metadata(
            {**(table.schema.metadata or {}), _CONTENT: content.encode()}
        )
        with _whole_file(self._file(number)) as temporary:
            pq.write_table(table, temporary)

    def _others(self, known):
        """Return the sorted names of visible files that are not among the names `known`."""
        names = (path.name for path in Path(self.path).iterdir() if path.name[0] != ".")
        return sorted(name for name in names if name not in known)

    def _raise_on(self, others):
        """Raise for the first of the names of other files."""
        if others:
            raise ValueError(
                f"The 'output' folder {self.path} holds files that are no results of this run, "
                f"such as {others[0]!r}. Use an empty or new folder, or remove them."
            )

    def _remove_abandoned(self):
        """Remove temporary files of processes that were killed while they wrote."""
        for path in Path(self.path).glob(".part-*.parquet-*"):
            # A file of the last day may belong to another process.
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()

    def _file(self, number):
        return Path(self.path) / f"part-{number:06d}.parquet"


def _read_description(file):
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{file} is damaged. Use a new folder, or delete this one.")
    return found


def _create(file, text):
    """Write a new file as a whole; keep the file of a process that has been faster."""
    with _temporary(file) as temporary:
        temporary.write_text(text, encoding="utf-8")
        try:
            os.link(temporary, file)  # fails if the file exists; os.replace would overwrite it
        except FileExistsError:
            return
        except OSError:  # the file system has no hard links
            if not file.exists():
                os.replace(temporary, file)


@contextlib.contextmanager
def _whole_file(file):
    """Yield a temporary path that becomes `file` on success.

    Two workers may write one partition at once, with equal content: the last rename wins.
    """
    with _temporary(file) as temporary:
        yield temporary
        os.replace(temporary, file)


@contextlib.contextmanager
def _temporary(file):
    """Yield a path in the folder of `file`, and remove what is there at the end."""
    temporary = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
