"""Save fitted estimators to files and load them."""

import errno
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import resources
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

# Packages of which another minor version may change predictions.
_VERSIONED = ("numpy", "scikit-learn", "sklearn-sn", "torch")


def save_model(
    estimator: BaseEstimator,
    path: str | PathLike[str],
    *,
    card: dict[str, Any] | str | None = None,
    overwrite: bool = False,
    modules: Sequence[str] = (),
) -> None:
    """Save a fitted estimator to one file, without pickle.

    The file contains the parameters and fitted attributes as JSON and safetensors, and a model
    card. It is written under a temporary name, read back and renamed. A killed process or a full
    disk therefore never leaves an incomplete model at `path`.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator of this library, a scaler, decomposition, classifier or regressor of
        scikit-learn, or a Pipeline, FeatureUnion or ColumnTransformer of these. The user guide
        lists the classes.
    path : str or path-like
        Path of the file, with any suffix. The folder must exist.
    card : dict or str, default=None
        Entries of the model card, by convention "description", "data", "metrics", "limits" and
        "license". Values are text, numbers, lists or dicts. A str becomes the "description". The
        classes, columns and package versions are added.
    overwrite : bool, default=False
        Whether to replace an existing file.
    modules : sequence of str, default=()
        Modalities whose encoder is a torch module or an encoder class of your own; "encoder" for
        estimators of one modality. Its weights are stored, its code is not: loading needs it again.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    TypeError
        If the estimator or a part of it cannot be stored. The message names the part.
    ValueError
        If a network has weights that are NaN or infinite, or `modules` names no encoder of the
        user's own.
    FileExistsError
        If the file exists and `overwrite` is False.
    OSError
        If writing fails. The temporary file is removed and an existing file is kept.

    See Also
    --------
    load_model : Load an estimator from a file.

    Notes
    -----
    Estimators that keep rows of the training data (nearest neighbours, support vectors) store them
    in the file. Callbacks, caches and functions are not stored.

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
            f"Only estimators can be saved. Got an object of type {type(estimator).__name__}."
            + (" Pass a fitted instance, not the class." if isinstance(estimator, type) else "")
        )
    if isinstance(modules, str):
        modules = (modules,)
    check_is_fitted(estimator)
    encoder = Encoder(modules)
    description = {"estimator": encoder.encode(estimator, type(estimator).__name__)}
    unused = [name for name in modules if name not in encoder.given]
    if unused:
        raise ValueError(
            f"The 'modules' parameter of save_model names {unused}, but the estimator has no "
            f"encoder of the user's own there. It has such encoders for: {sorted(encoder.given)}."
        )
    if any(name.startswith("sklearn_sn.") for name in encoder.classes) and registered_bands():
        bands = [asdict(band) for band in registered_bands()]
        description["bands"] = encoder.encode(bands, "bands")
    # Every estimator with a network has an encoder.
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
        # Read the file back, so that only a file that can be loaded gets the name `path`.
        _read(file, os.fspath(path), encoder.given, device="cpu")


def load_model(
    path: str | PathLike[str],
    *,
    modules: "dict[str, nn.Module | Callable[[], nn.Module]] | None" = None,
) -> Any:
    """Load an estimator that :func:`save_model` wrote.

    Nothing in the file is executed. Only classes of a fixed list are built, sizes are checked
    before memory is allocated, and unknown content is rejected.

    Parameters
    ----------
    path : str or path-like
        Path of the file.
    modules : dict of str to torch.nn.Module, callable or encoder, default=None
        By modality, the encoders that were saved with ``save_model(..., modules=...)``: a module of
        the same structure, or a callable that returns one; the class, or any instance, of an
        encoder of your own. Weights and parameters come from the file.

    Returns
    -------
    estimator
        The fitted estimator with its parameters. Networks are moved to the device that the
        parameter ``device`` names, or to the CPU if that device does not exist.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no file at `path`.
    ModelFileError
        If the file is damaged, too new or not a model, or contains something that is not allowed.

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
    """Read the model card of a file, or of a packaged model, without building the model.

    Parameters
    ----------
    path : str or path-like
        Path of the file, or name of a model of :func:`load_pretrained`. A file of that name is
        preferred.

    Returns
    -------
    dict
        The entries of the user, and "estimator", "classes", "columns", "limits" and "packages".

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no file at `path`, and no packaged model of that name.
    ModelFileError
        If the file is damaged, too new or not a model.

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
    if isinstance(path, str) and os.path.basename(path) == path and not os.path.exists(path):
        packaged = resources.files("sklearn_sn.persistence") / "models" / f"{path}.snmodel"
        if packaged.is_file():
            with resources.as_file(packaged) as file:
                return read_card(file)
    with _open(path) as file:
        files, _ = read_archive(file, os.fspath(path), wanted=["card.json"])
    return read_json(files["card.json"], f"The card of {os.fspath(path)}")


def _open(path):
    if os.path.isdir(path):
        raise IsADirectoryError(
            errno.EISDIR, "A model is a single file, but the path is a folder", os.fspath(path)
        )
    return open(path, "rb")


def _read(file, name, modules, device=None):
    """Return the estimator of an archive and the package versions it was saved with."""
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
            f"({type(error).__name__}: {error}). If it was saved with other package versions, use "
            "those (see read_card)."
        ) from error
    return estimator, manifest["packages"]


def _compare_versions(packages, name):
    installed = installed_versions("torch" in packages)
    differing = [
        f"{package} {packages[package]} (here {installed[package]})"
        for package in _VERSIONED
        if package in packages
        and packages[package].split(".")[:2] != installed[package].split(".")[:2]
    ]
    if differing:
        warnings.warn(
            f"{name} was saved with {', '.join(differing)}. Predictions may differ: check them "
            "on objects with known predictions.",
            ModelVersionWarning,
            stacklevel=3,
        )
