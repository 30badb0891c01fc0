"""The networks of spectra that can be asked for by name and size."""

from numbers import Integral

from sklearn_sn.modules import GalSpecNet, SpectraNet

ARCHITECTURES = {"spectranet": SpectraNet, "galspecnet": GalSpecNet}
N_BINS = {"small": 1024, "base": 4096}
# Kernels of the small one span as many km/s on 1,024 logarithmic bins of the optical as those of
# the paper, which "base" has, on 4,096 linear ones.
_SPECTRANET = {
    "small": {
        "widths": (16, 32, 64, 96, 128),
        "kernels": ((3, 21, 255), (3, 15, 63), (3, 11, 31), (3, 7, 15), (3, 5, 9)),
        "poolings": (4, 4, 2, 2, 1),
        "n_positions": 8,
        "hidden_dim": 256,
    },
    "base": {
        "widths": (32, 64, 128, 256, 512),
        "kernels": ((3, 61, 1021), (3, 31, 251), (3, 15, 61), (3, 11, 31), (3, 7, 13)),
        "poolings": (4, 4, 4, 4, 1),
        "n_positions": 16,
        "hidden_dim": 2048,
    },
}
_GALSPECNET = {"widths": (64, 64, 32, 32), "kernels": (3, 3, 3, 3)}


def network_sizes(params):
    """The sizes that a network of spectra is built with, and that it is checked by.

    Parameters
    ----------
    params : dict
        Parameters ``architecture``, ``size``, ``widths`` and ``kernels`` of an estimator.

    Returns
    -------
    dict of str to value

    Raises
    ------
    ValueError
        For widths and kernels that are no network.
    """
    plain = params["architecture"] == "galspecnet"
    sizes = dict(_GALSPECNET if plain else _SPECTRANET[params["size"]])
    n_blocks = len(sizes["widths"])
    for name in ("widths", "kernels"):
        if params[name] is not None:
            rows = [tuple(row) if hasattr(row, "__len__") else row for row in params[name]]
            sizes[name] = tuple(rows)
    widths, kernels = sizes["widths"], sizes["kernels"]
    if not widths or not all(isinstance(width, Integral) and width > 0 for width in widths):
        raise ValueError(
            f"The 'widths' parameter must hold positive whole numbers. Got {params['widths']!r} "
            "instead."
        )
    flat = kernels if plain else [k for row in kernels for k in (row if _is_row(row) else (0,))]
    if not all(isinstance(kernel, Integral) and kernel > 0 and kernel % 2 for kernel in flat):
        what = "odd whole numbers" if plain else "a tuple of odd whole numbers for each block"
        raise ValueError(
            f"The 'kernels' parameter must hold {what}. Got {params['kernels']!r} instead."
        )
    if len(widths) != len(kernels):
        raise ValueError(
            f"The 'widths' parameter has {len(widths)} blocks and 'kernels' {len(kernels)}; give "
            "both."
        )
    if not plain and len(widths) != n_blocks:
        sizes["poolings"] = (4,) * (len(widths) - 1) + (1,)
    return sizes


def _is_row(row):
    return isinstance(row, tuple) and len(row) > 0
