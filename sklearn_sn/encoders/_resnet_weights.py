"""Read the weights of a residual network from a file or from torchvision."""

from pathlib import Path
from typing import Any

import torch

# What training code adds to the names of weights: MoCo's, DataParallel's, Lightning's.
_PREFIXES = ("module.encoder_q.", "encoder_q.", "backbone.", "module.", "model.", "")


def read_weights(source: str) -> dict[str, torch.Tensor]:
    """Return the weights of a ResNet-50 without its classifier, by the names of torchvision.

    Parameters
    ----------
    source : str
        "torchvision" for the ImageNet weights of that package, or the path of a file of
        ``torch.save`` with a state dict, such as those of torchvision and of MoCo.

    Returns
    -------
    dict of str to tensor
        Weights and statistics.

    Raises
    ------
    ImportError
        If `source` is "torchvision" and the package is not installed.
    ValueError
        If there is no such file, or it has no weights of a ResNet.
    """
    if source == "torchvision":
        return _without_classifier(_torchvision_weights())
    if not Path(source).is_file():
        raise ValueError(
            f"The 'weights' parameter of ResNetImage must be 'torchvision' or the path of a file. "
            f"There is no file {str(source)!r}."
        )
    # weights_only: a file of weights must not execute code.
    state = torch.load(source, map_location="cpu", weights_only=True)
    state = state.get("state_dict", state) if isinstance(state, dict) else {}
    for prefix in _PREFIXES:
        if f"{prefix}conv1.weight" in state and f"{prefix}layer4.0.conv3.weight" in state:
            names = [name for name in state if name.startswith(prefix)]
            return _without_classifier({name.removeprefix(prefix): state[name] for name in names})
    raise ValueError(
        f"The file {str(source)!r} of 'weights' has no weights of a ResNet-50 with the names of "
        f"torchvision, such as 'conv1.weight'. It has {list(state)[:5]}."
    )


def _torchvision_weights():
    try:
        from torchvision.models import resnet50
    except ImportError as error:
        raise ImportError(
            "weights='torchvision' needs the package torchvision: install "
            "sklearn-sn[torchvision], or give the path of a file of weights."
        ) from error
    return resnet50(weights="DEFAULT").state_dict()


def _without_classifier(state):
    return {
        name: value
        for name, value in state.items()
        if not name.startswith("fc.") and not name.endswith("num_batches_tracked")
    }


def load_trunk(trunk: Any, source: str) -> None:
    """Set the weights of a :class:`~sklearn_sn.modules.ResNet` to those of a file.

    Parameters
    ----------
    trunk : ResNet
        Network with constant norms.
    source : str
        See :func:`read_weights`.

    Raises
    ------
    ValueError
        If the weights are those of another network.
    """
    state, own = read_weights(source), trunk.state_dict()
    n_images, n_weights = (weights["conv1.weight"].shape[1] for weights in (own, state))
    if n_images != n_weights:
        raise ValueError(
            f"The weights {str(source)!r} are those of images with {n_weights} channels. The "
            f"images of X have {n_images}. Select the channels, or set weights=None."
        )
    wrong = [n for n in own if n not in state or state[n].shape != own[n].shape]
    if wrong or len(state) != len(own):
        wrong += [name for name in state if name not in own]
        raise ValueError(
            f"The weights {str(source)!r} are not those of a ResNet-50: {wrong[:3]} are missing, "
            "unknown or have another shape."
        )
    trunk.load_state_dict(state)
