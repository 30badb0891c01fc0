"""A file appears whole, or not at all."""

import contextlib
import errno
import os
import secrets


@contextlib.contextmanager
def whole_file(path, overwrite):
    """Open a temporary file beside `path`, which takes its place when all went well.

    Parameters
    ----------
    path : str or path-like
        Of a link, the file that it leads to.
    overwrite : bool
        Whether a file of that name may be replaced; an old one stays until the new one is complete.

    Yields
    ------
    file : binary file, open for reading and writing

    Raises
    ------
    FileExistsError, FileNotFoundError, IsADirectoryError, PermissionError, OSError
        Nothing is left behind, and what was there before still is.
    """
    path = os.path.realpath(os.fspath(path))
    folder = os.path.dirname(path)
    _check_place(path, folder, overwrite)
    temporary = os.path.join(folder, f".sklearn-sn-{secrets.token_hex(8)}.tmp")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        # Mode 0o666 lets the user's umask decide, as any other new file.
        handle = os.open(temporary, flags, 0o666)
    except PermissionError as error:
        raise PermissionError(
            error.errno, "No permission to write a model into this folder", folder
        ) from error
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(temporary, path, overwrite)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _check_place(path, folder, overwrite):
    if os.path.isdir(path):
        raise IsADirectoryError(
            errno.EISDIR, "A model is a single file; give the name of one in this folder", path
        )
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "The folder to save into does not exist", folder)
    if os.path.exists(path) and not overwrite:
        raise _taken(path)


def _put_in_place(temporary, path, overwrite):
    if not overwrite:
        # A link fails where a file came into being meanwhile; a rename would replace it.
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise _taken(path) from None
        except OSError:
            if os.path.exists(path):
                raise _taken(path) from None
        else:
            os.unlink(temporary)
            return
    os.replace(temporary, path)


def _taken(path):
    return FileExistsError(
        errno.EEXIST, "There is a file already; give another name or overwrite=True", path
    )


def _sync_folder(folder):
    """Make the new name outlive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
