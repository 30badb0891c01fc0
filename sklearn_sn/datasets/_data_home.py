"""Where downloaded data is kept, and how a file gets there."""

import os
import tempfile
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import sklearn_sn

_NOT_THERE = (400, 404, 410)


def get_data_home(data_home=None):
    """Return the folder of downloaded data; it is made if it does not exist.

    Parameters
    ----------
    data_home : str or path-like, optional
        By default the environment variable ``SKLEARN_SN_DATA_HOME``, or else ``sklearn_sn_data`` in
        the home folder. ``~`` is expanded.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn.datasets import get_data_home
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     get_data_home(Path(folder) / "sn").name
    'sn'
    """
    folder = data_home_path(data_home)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_home_path(data_home=None):
    """The same folder, made or not."""
    if data_home is None:
        data_home = os.environ.get("SKLEARN_SN_DATA_HOME") or Path("~") / "sklearn_sn_data"
    return Path(data_home).expanduser()


def download(urls, *, n_retries, delay, timeout=60.0):
    """Content of the first of several addresses that has one.

    Parameters
    ----------
    urls : sequence of str
        Tried in order; the next one when an address has nothing.
    n_retries : int
        How often an address is tried again when the connection or the server fails.
    delay : float
        Seconds before the first repetition, doubled at each further one.
    timeout : float, default=60.0
        Seconds without an answer that count as a failure.

    Yields
    ------
    url : str
    content : bytes

    Raises
    ------
    OSError
        At the end, if an address could not be reached.
    """
    failure = None
    for url in urls:
        for attempt in range(n_retries + 1):
            if attempt:
                time.sleep(delay * 2 ** (attempt - 1))
            try:
                content = _read(url, timeout)
            except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
                trouble = error
                continue
            if content is not None:
                yield url, content
            break
        else:
            failure = OSError(f"Could not reach {url}: {trouble}")
    if failure is not None:
        raise failure


def _read(url, timeout):
    """Content of an address; None where there is nothing."""
    request = Request(url, headers={"User-Agent": f"sklearn-sn/{sklearn_sn.__version__}"})
    try:
        with urlopen(request, timeout=timeout) as response:
            return response.read()
    except HTTPError as error:
        error.close()
        if error.code in _NOT_THERE:
            return None
        raise
    except URLError as error:
        if isinstance(error.reason, FileNotFoundError):
            return None
        raise


def write_atomically(path, content):
    """Write a file under a temporary name and rename it: nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".download-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
