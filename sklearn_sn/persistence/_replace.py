"""Write files atomically."""

import contextlib
import errno
import os
import secrets


@contextlib.contextmanager
def whole_file(path, overwrite):
    """Open a temporary file next to `path` and rename it to `path` on success.

    Parameters
    ----------
    path : str or path-like
        Path of the file to write. A symbolic link is followed to its target.
    overwrite : bool
        Whether to replace an existing file. The old file stays until the new one is complete.

    Yields
    ------
    file : binary file
        The temporary file, open for reading and writing.

    Raises
    ------
    FileExistsError, FileNotFoundError, IsADirectoryError, PermissionError, OSError
        If the file cannot be written. The temporary file is removed and an existing file is kept.
    """
    path = os.path.realpath(os.fspath(path))
    folder = os.path.dirname(path)
    _check_place(path, folder, overwrite)
    temporary = os.path.join(folder, f".sklearn-sn-{secrets.token_hex(8)}.tmp")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        # With mode 0o666 the umask of the user decides, as for any other new file.
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
        _move_into_place(temporary, path, overwrite)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _check_place(path, folder, overwrite):
    if os.path.isdir(path):
        raise IsADirectoryError(
            errno.EISDIR, "A model is a single file; pass the path of a file in this folder", path
        )
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            errno.ENOENT, "The folder to save into does not exist; create it first", folder
        )
    if os.path.exists(path) and not overwrite:
        raise _file_exists_error(path)


def _move_into_place(temporary, path, overwrite):
    if not overwrite:
        # os.link fails if another process has created the file; os.replace would overwrite it.
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise _file_exists_error(path) from None
        except OSError:
            # The file system has no hard links: fall back to a rename.
            if os.path.exists(path):
                raise _file_exists_error(path) from None
        else:
            os.unlink(temporary)
            return
    os.replace(temporary, path)


def _file_exists_error(path):
    return FileExistsError(
        errno.EEXIST, "The file already exists; use another name or overwrite=True", path
    )


def _sync_folder(folder):
    """Flush the directory entry to disk, if the system supports it, to survive a power failure."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
