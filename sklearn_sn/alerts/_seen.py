"""Remember which alerts have been scored, in memory and in a file."""

import os
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path


class SeenAlerts:
    """The last alerts that were scored, at bounded memory.

    Parameters
    ----------
    size : int
        Number of alerts to remember.
    path : path-like or None
        File that keeps them for the next run: one name per line. It is created if it does not
        exist, and rewritten when it has twice as many lines as needed.

    Raises
    ------
    ValueError
        If the file is not one of names.
    """

    def __init__(self, size: int, path: str | os.PathLike | None) -> None:
        self.size, self.path = size, None if path is None else Path(path)
        self._keys: OrderedDict[str, bool] = OrderedDict()  # whether the file has the name
        self._n_lines = 0
        if self.path is not None and self.path.exists():
            self._read()

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: str) -> None:
        """Remember an alert, and forget the oldest one if there are too many.

        Parameters
        ----------
        key : str
            Name of the alert.
        """
        self._keys.setdefault(key, False)
        self._keys.move_to_end(key)
        if len(self._keys) > self.size:
            self._keys.popitem(last=False)

    def write(self, keys: Iterable[str]) -> None:
        """Append alerts to the file, if there is one.

        Parameters
        ----------
        keys : iterable of str
            Names of alerts whose scores have been used.
        """
        keys = list(keys)
        self._keys.update((key, True) for key in keys if key in self._keys)
        if self.path is None or not keys:
            return
        with open(self.path, "a", encoding="utf-8", newline="\n") as file:
            file.write("".join(f"{key}\n" for key in keys))
        self._n_lines += len(keys)
        if self._n_lines > 2 * self.size:
            self._rewrite()

    def _read(self):
        """Read the file; a last line that a killed process left incomplete is cut off."""
        with open(self.path, "rb") as file:
            for line in file:
                try:
                    text = line.decode()
                except UnicodeDecodeError as error:
                    raise ValueError(
                        f"The file {str(self.path)!r} of the 'checkpoint' parameter of "
                        "score_alerts is no list of names. Give the path of a new file."
                    ) from error
                if text.endswith("\n"):
                    self.add(text[:-1])
                    self._keys[text[:-1]] = True
                    self._n_lines += 1
        self._rewrite()

    def _rewrite(self):
        """Write the file anew under another name, and replace the old one at once.

        Alerts whose scores have not been used are left out, so that they are scored again.
        """
        keys = [key for key, is_used in self._keys.items() if is_used]
        new = self.path.with_name(f"{self.path.name}.new")
        with open(new, "w", encoding="utf-8", newline="\n") as file:
            file.write("".join(f"{key}\n" for key in keys))
        os.replace(new, self.path)
        self._n_lines = len(keys)
