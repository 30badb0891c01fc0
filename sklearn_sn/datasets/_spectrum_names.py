"""Names of the objects of spectra: given, from the header or from the file."""

from pathlib import Path

from sklearn_sn.data import as_text


class ObjectNames:
    """Names that the user gave, and their use.

    Parameters
    ----------
    object_id : str, list of str, dict of str to str, or None
        Parameter of read_spectra.
    n_sources : int
        Number of files.
    """

    def __init__(self, object_id: object, n_sources: int):
        self.mapping, self.listed, self.single = None, None, None
        if isinstance(object_id, dict):
            self.mapping = {str(key): as_text(name) for key, name in object_id.items()}
        elif isinstance(object_id, str):
            self.single = object_id
        elif object_id is not None:
            self.listed = [as_text(name) for name in object_id]
            if len(self.listed) != n_sources:
                raise ValueError(
                    "The 'object_id' parameter of read_spectra must have one name for each file. "
                    f"Got {len(self.listed)} names for {n_sources} files."
                )

    def assign(self, records: list, source: object, position: int, stem: str | None) -> None:
        """Set the names of the spectra of one file.

        Parameters
        ----------
        records : list of SpectrumRecord
            Spectra of the file.
        source : object
            Path, file handle or Spectrum object.
        position : int
            Position of the source.
        stem : str or None
            Name of the file without suffix.

        Raises
        ------
        ValueError
            If an object has no name, or one name is given for several objects.
        """
        given = self.single if self.listed is None else self.listed[position]
        if given is not None and len({record.name for record in records}) > 1:
            raise ValueError(
                f"the file holds {len({record.name for record in records})} objects, for which "
                f"object_id gives the one name {given!r}; give a dict from the names in the file"
            )
        for record in records:
            record.name = given or self._mapped(record.name, source, stem) or record.name or stem
            if record.name is None:
                raise ValueError("there is no name of the object; give object_id=")

    def _mapped(self, name, source, stem):
        if self.mapping is None:
            return None
        keys = [str(source), source.name] if isinstance(source, Path) else [str(stem)]
        keys += [str(stem), str(name)]
        return next((self.mapping[key] for key in keys if self.mapping.get(key)), None)
