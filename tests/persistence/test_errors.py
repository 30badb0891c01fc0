"""Errors and warnings of loading: their kinds, and how callers catch them."""

import pickle
import warnings

import pytest

from sklearn_sn.persistence import ModelFileError, ModelVersionWarning, load_model


def test_a_damaged_file_is_caught_as_value_error(tmp_path):
    path = tmp_path / "broken.snmodel"
    path.write_bytes(b"not a model")
    with pytest.raises(ValueError, match=r"broken\.snmodel") as caught:
        load_model(path)
    assert type(caught.value) is ModelFileError


def test_an_empty_file_says_what_to_do(tmp_path):
    path = tmp_path / "empty.snmodel"
    path.touch()
    with pytest.raises(ModelFileError, match=r"is empty\. Get a new copy"):
        load_model(path)


def test_a_missing_file_is_no_damaged_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "absent.snmodel")


def test_a_version_warning_is_a_visible_user_warning():
    assert issubclass(ModelVersionWarning, UserWarning)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default", UserWarning)
        warnings.warn("saved with torch 1.0", ModelVersionWarning, stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["saved with torch 1.0"]


def test_a_version_warning_can_be_silenced_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ModelVersionWarning)
        warnings.warn("silent", ModelVersionWarning, stacklevel=1)
        with pytest.raises(UserWarning, match="loud"):
            warnings.warn("loud", UserWarning, stacklevel=1)


def test_errors_survive_another_process():
    error = pickle.loads(pickle.dumps(ModelFileError("m is damaged.")))
    assert type(error) is ModelFileError and str(error) == "m is damaged."
