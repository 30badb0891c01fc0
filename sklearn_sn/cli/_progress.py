"""Progress of a command, on standard error."""

import sys


def progress(batches, n_objects):
    """Yield batches and show how many objects are done, if a person is watching.

    Parameters
    ----------
    batches : iterable of pandas.DataFrame
        Batches of objects.
    n_objects : int
        Number of objects of all batches.

    Yields
    ------
    pandas.DataFrame
        The batches.
    """
    from tqdm import tqdm

    # A bar that comes and goes within a second would only disturb.
    with tqdm(
        total=n_objects,
        unit=" objects",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        delay=1.0,
        leave=False,
    ) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))
