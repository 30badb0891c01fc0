"""Save a fitted estimator to a file, and load it."""

import errno
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from os import PathLike
from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.data import Band, registered_bands, restore_bands
from sklearn_sn.persistence._archive import read_archive, write_archive
from sklearn_sn.persistence._card import card_text, complete_card, installed_versions
from sklearn_sn.persistence._decode import Decoder
from sklearn_sn.persistence._encode import Encoder
from sklearn_sn.persistence._errors import ModelFileError, ModelVersionWarning
from sklearn_sn.persistence._json import read_json, write_json
from sklearn_sn.persistence._replace import whole_file

if TYPE_CHECKING:
    from torch import nn

# Where another minor version may answer differently.
_MATTER = ("numpy", "scikit-learn", "sklearn-sn", "torch")


def save_model(
    estimator: BaseEstimator,
    path: str | PathLike[str],
    *,
    card: dict[str, Any] | str | None = None,
    overwrite: bool = False,
    modules: Sequence[str] = (),
) -> None:
    """Save a fitted estimator to one file, without pickle.

    The file holds parameters and fitted attributes as JSON and safetensors, and a model card. It is
    written under a temporary name, read back, and then renamed: a killed process or a full disk
    never leaves a part of a model under `path`.

    Parameters
    ----------
    estimator : estimator
        One of this library, one of scikit-learn's scalers, decompositions and heads, or a Pipeline,
        FeatureUnion or ColumnTransformer of such; the user guide lists the classes.
    path : str or path-like
        Of the file; any suffix. The folder must exist.
    card : dict or str, default=None
        What a reader should know: by convention "description", "data", "metrics", "limits",
        "license". Text, numbers, lists and dicts. The classes, columns and package versions are
        added.
    overwrite : bool, default=False
        Whether a file that is there is replaced.
    modules : sequence of str, default=()
        Modalities whose encoder is a torch module of your own. Its weights are stored, its code is
        not: loading needs it again.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    TypeError
        If it is, or contains, what cannot be stored; the message names the part.
    FileExistsError
        If there is a file and not `overwrite`.
    OSError
        If writing fails; nothing is left, and an old file stays as it was.

    See Also
    --------
    load_model : The way back.

    Notes
    -----
    Heads that keep the rows that they were fitted on (nearest neighbours, support vectors) keep
    them in the file too. Callbacks, caches and functions are not stored.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_sn.persistence import load_model, save_model
    >>> X, y = np.arange(12.0).reshape(6, 2), ["Ia", "Ia", "Ia", "II", "II", "II"]
    >>> model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "classifier.snmodel"
    ...     save_model(model, path, card={"data": "a toy", "metrics": {"accuracy": 1.0}})
    ...     loaded = load_model(path)
    >>> loaded.predict(X)
    array(['Ia', 'Ia', 'Ia', 'II', 'II', 'II'], dtype='<U2')
    """
    if not isinstance(estimator, BaseEstimator):
        raise TypeError(
            f"Only estimators can be saved; got {type(estimator).__name__}."
            + (" Give an instance, fitted." if isinstance(estimator, type) else "")
        )
    if isinstance(modules, str):
        modules = (modules,)
    check_is_fitted(estimator)
    encoder = Encoder(modules)
    description = {"estimator": encoder.encode(estimator, type(estimator).__name__)}
    if any(name.startswith("sklearn_sn.") for name in encoder.classes) and registered_bands():
        bands = [asdict(band) for band in registered_bands()]
        description["bands"] = encoder.encode(bands, "bands")
    # Every fitted network comes with an encoder.
    with_torch = any(name.startswith("sklearn_sn.encoders.") for name in encoder.classes)
    packages = installed_versions(with_torch)
    card = complete_card(card, estimator, encoder.classes, packages)
    files = {
        "model.json": write_json(description),
        "card.json": write_json(card),
        "card.md": card_text(card).encode("utf-8"),
        "arrays.safetensors": encoder.arrays.data(),
    }
    with whole_file(path, overwrite) as file:
        write_archive(file, files, packages)
        del files
        # What cannot be read back must not be called saved.
        _read(file, os.fspath(path), encoder.given, device="cpu")


def load_model(
    path: str | PathLike[str],
    *,
    modules: "dict[str, nn.Module | Callable[[], nn.Module]] | None" = None,
) -> Any:
    """Load an estimator that :func:`save_model` wrote.

    Nothing in the file is executed: only classes of a fixed list are built, sizes are checked
    before memory is taken, and whatever does not belong there is refused.

    Parameters
    ----------
    path : str or path-like
    modules : dict of str to torch.nn.Module or callable, default=None
        By modality, the encoders that were saved with ``save_model(..., modules=...)``: a module of
        the same structure, or a callable that returns one. Weights come from the file.

    Returns
    -------
    estimator
        Fitted, with the parameters it had. Networks go to the device that ``device`` names, or to
        the CPU where there is no such device.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file.
    ModelFileError
        If it is damaged, too new, not a model, or asks for what is not allowed.

    Warns
    -----
    ModelVersionWarning
        If the model was saved with another minor version of scikit-learn, numpy, torch or this
        library.

    Examples
    --------
    >>> from sklearn_sn.persistence import load_model
    >>> load_model("no_such.snmodel")
    Traceback (most recent call last):
    ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no_such.snmodel'
    """
    with _open(path) as file:
        estimator, packages = _read(file, os.fspath(path), modules)
    _compare_versions(packages, os.fspath(path))
    return estimator


def read_card(path: str | PathLike[str]) -> dict[str, Any]:
    """Read the model card of a file, without building the model.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    dict
        What the user wrote, and "estimator", "classes", "columns", "limits" and "packages".

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file.
    ModelFileError
        If it is damaged, too new or not a model.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_sn.persistence import read_card, save_model
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "scaler.snmodel"
    ...     save_model(StandardScaler().fit([[1.0], [2.0]]), path, card="Two numbers.")
    ...     card = read_card(path)
    >>> card["estimator"], card["description"]
    ('StandardScaler', 'Two numbers.')
    """
    with _open(path) as file:
        files, _ = read_archive(file, os.fspath(path), wanted=["card.json"])
    return read_json(files["card.json"], f"The card of {os.fspath(path)}")


def _open(path):
    if os.path.isdir(path):
        raise IsADirectoryError(
            errno.EISDIR, "A model is a single file, and this is a folder", os.fspath(path)
        )
    return open(path, "rb")


def _read(file, name, modules, device=None):
    """The estimator of an archive, and the versions it was saved with."""
    wanted = ["model.json", "arrays.safetensors"]
    files, manifest = read_archive(file, name, wanted)
    description = read_json(files["model.json"], f"The description in {name}")
    try:
        decoder = Decoder(files.pop("arrays.safetensors"), modules, device)
        estimator = decoder.decode(description["estimator"], "estimator")
        bands = decoder.decode(description["bands"], "bands") if "bands" in description else []
        decoder.arrays.check_all_used()
        restore_bands([Band(**band) for band in bands])
        if not isinstance(estimator, BaseEstimator):
            raise ModelFileError("It holds no estimator.")
    except ModelFileError as error:
        raise ModelFileError(f"{name} cannot be loaded. {error}") from error
    except RecursionError:
        raise ModelFileError(f"{name} cannot be loaded. It is nested too deeply.") from None
    except Exception as error:
        raise ModelFileError(
            f"{name} cannot be loaded. Its description makes no sense "
            f"({type(error).__name__}: {error}); was it saved with other versions? See read_card."
        ) from error
    return estimator, manifest["packages"]


def _compare_versions(packages, name):
    here = installed_versions("torch" in packages)
    differing = [
        f"{package} {packages[package]} (here {here[package]})"
        for package in _MATTER
        if package in packages and packages[package].split(".")[:2] != here[package].split(".")[:2]
    ]
    if differing:
        warnings.warn(
            f"{name} was saved with {', '.join(differing)}; answers may differ. Compare them on "
            "objects whose answers you know.",
            ModelVersionWarning,
            stacklevel=3,
        )
