"""The task of one partition, which runs in a worker process."""

import logging
from dataclasses import dataclass

import pandas as pd

from sklearn_sn.distributed._content import content_digest
from sklearn_sn.distributed._output_columns import output_of, with_types
from sklearn_sn.distributed._output_folder import OutputFolder
from sklearn_sn.distributed._packed_model import PackedModel

_LOGGER = logging.getLogger(__name__)
# Errors of parameters and input, which every attempt would repeat.
_PERMANENT = (TypeError, ValueError)


@dataclass(frozen=True, eq=False)
class PartitionTask:
    """What to compute for each partition.

    Attributes
    ----------
    method : str
        Method of the model.
    columns : tuple of str or None
        Columns that the model receives; None for all.
    keep : tuple of str
        Columns that the output repeats, before those of the model.
    meta : pandas.DataFrame
        Output for no objects.
    retries : int
        Further attempts after an error.
    folder : OutputFolder or None
        Where finished partitions are stored.
    """

    method: str
    columns: tuple[str, ...] | None
    keep: tuple[str, ...]
    meta: pd.DataFrame
    retries: int = 0
    folder: OutputFolder | None = None


def transform_partition(
    part: pd.DataFrame, number: pd.Series, packed: PackedModel, task: PartitionTask
) -> pd.DataFrame:
    """Return the output for a partition, computed or, if it is finished, read.

    Parameters
    ----------
    part : pandas.DataFrame
        The partition.
    number : pandas.Series
        Its number, as the only element.
    packed : PackedModel
        The model.
    task : PartitionTask
        What to compute.

    Returns
    -------
    pandas.DataFrame of len(part) rows
        Index of `part`; columns and types of ``task.meta``.
    """
    number = int(number.iloc[0])
    try:
        if task.folder is None:
            return _computed(part, number, packed, task)
        content = content_digest(part)
        output = task.folder.read(number, content, task.meta)
        if output is None:
            output = _computed(part, number, packed, task, content)
    except Exception as error:
        error.add_note(f"This is partition {number} of the catalogue, of {len(part)} objects.")
        raise
    return output


def _computed(part, number, packed, task, content=None):
    """Return the output for a partition, and store it if there is a folder, in several attempts."""
    for attempt in range(1, task.retries + 2):
        try:
            output = _output(part, packed, task)
            if task.folder is not None:
                task.folder.write(number, content, output)
            return output
        except _PERMANENT:
            raise
        except Exception as error:
            if attempt > task.retries:
                raise
            message = "Attempt %d of %d for partition %d failed: %s"
            _LOGGER.warning(message, attempt, task.retries + 1, number, error)
    raise AssertionError("the last attempt returns or raises")


def _output(part, packed, task):
    if part.empty:
        # Many models reject a table without rows.
        return with_types(task.meta.set_axis(part.index), task.meta)
    rows = part if task.columns is None else part[list(task.columns)]
    output = output_of(packed.unpack(), task.method, rows, task.meta.drop(columns=list(task.keep)))
    if not task.keep:
        return output
    kept = pd.DataFrame({name: part[name] for name in task.keep}, index=part.index)
    return with_types(pd.concat([kept.set_axis(output.index), output], axis=1), task.meta)
