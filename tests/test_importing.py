"""Imports during which the garbage collector is paused."""

import gc

import pytest

from sklearn_sn._importing import import_quickly


@pytest.fixture
def module_folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_the_collector_is_paused_during_the_import_alone(module_folder):
    (module_folder / "notes_its_collector.py").write_text("import gc\nENABLED = gc.isenabled()\n")
    assert gc.isenabled()
    module = import_quickly("notes_its_collector")
    assert not module.ENABLED
    assert gc.isenabled()


def test_a_failing_import_leaves_the_collector_on(module_folder):
    (module_folder / "fails_to_import.py").write_text("raise RuntimeError('no')\n")
    with pytest.raises(RuntimeError, match="no"):
        import_quickly("fails_to_import")
    assert gc.isenabled()


def test_a_collector_that_the_user_stopped_stays_off(module_folder):
    (module_folder / "is_imported_without.py").write_text("")
    gc.disable()
    try:
        import_quickly("is_imported_without")
        assert not gc.isenabled()
    finally:
        gc.enable()
