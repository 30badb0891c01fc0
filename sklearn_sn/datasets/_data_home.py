"""Locate the data folder and download files into it."""

import os
import tempfile
import time
from http.client import HTTPException
from os import PathLike
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import sklearn_sn

_NOT_FOUND_CODES = (400, 404, 410)


def get_data_home(data_home: str | PathLike | None = None) -> Path:
    """Return the folder of downloaded data, and create it if it does not exist.

    Parameters
    ----------
    data_home : str or path-like, optional
        Folder; ``~`` is expanded. By default the value of the environment variable
        ``SKLEARN_SN_DATA_HOME``, or else ``~/sklearn_sn_data``.

    Returns
    -------
    pathlib.Path
        The existing folder.

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
    """Return the folder of downloaded data without creating it."""
    if data_home is None:
        data_home = os.environ.get("SKLEARN_SN_DATA_HOME") or Path("~") / "sklearn_sn_data"
    return Path(data_home).expanduser()


def download(urls, *, n_retries, delay, timeout=60.0):
    """Yield the content of each address that has one.

    Parameters
    ----------
    urls : sequence of str
        Addresses, in order. Addresses without content are skipped.
    n_retries : int
        Number of retries of an address after a connection or server failure.
    delay : float
        Seconds before the first retry; doubled at each further retry.
    timeout : float, default=60.0
        Seconds without a response that count as a failure.

    Yields
    ------
    url : str
        Address.
    content : bytes
        Its content.

    Raises
    ------
    OSError
        After the last address, if one could not be reached.
    """
    unreachable = None
    for url in urls:
        for attempt in range(n_retries + 1):
            if attempt:
                time.sleep(delay * 2 ** (attempt - 1))
            try:
                content = _read(url, timeout)
            except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
                last_error = error
                continue
            if content is not None:
                yield url, content
            break
        else:
            unreachable = OSError(f"Could not reach {url}: {last_error}")
    if unreachable is not None:
        raise unreachable


def _read(url, timeout):
    """Return the content of an address, or None if it has none."""
    request = Request(url, headers={"User-Agent": f"sklearn-sn/{sklearn_sn.__version__}"})
    try:
        with urlopen(request, timeout=timeout) as response:
            return response.read()
    except HTTPError as error:
        error.close()
        if error.code in _NOT_FOUND_CODES:
            return None
        raise
    except URLError as error:
        if isinstance(error.reason, FileNotFoundError):
            return None
        raise


def write_atomically(path, content):
    """Write a file under a temporary name and rename it, so that no reader sees a partial file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".download-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
