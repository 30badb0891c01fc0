"""Store torch modules by their configuration and weights.

torch is imported only if the estimator contains a module.
"""

import sys

import numpy as np

from sklearn_sn.persistence._classes import class_name, find_class
from sklearn_sn.persistence._errors import ModelFileError

LARGEST_SIZE = 10**6
# Parameters that may hold a module of the user's own.
GIVEN = ("light_curve", "spectrum", "image", "metadata", "encoder")


def encode_module(value, encoder, path):
    """Return the description of a module, a skorch net or a tensor; None for anything else."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    if isinstance(value, torch.Tensor):
        return {"kind": "tensor", "of": encoder.encode(value.detach().cpu().numpy(), path)}
    if path.endswith("/net_") and hasattr(value, "module_"):
        # The estimator rebuilds the net around the module, from its own parameters.
        return {"kind": "net", "module": _with_weights(value.module_, encoder, path)}
    if isinstance(value, torch.device):
        return encoder.encode(str(value), path)
    if isinstance(value, torch.nn.Module) and class_name(type(value), "module"):
        return _with_weights(value, encoder, path)
    modality = given_modality(path)
    if modality is None:
        return None
    if _is_encoder(value) and class_name(type(value), "object") is None:
        _check_given(value, modality, encoder, path)
        encoder.given[modality] = value
        params = value.get_params(deep=False)
        params = {name: encoder.encode(param, f"{path}/{name}") for name, param in params.items()}
        return {"kind": "given", "modality": modality, "params": params}
    if callable(value) and not hasattr(value, "get_params"):
        _check_given(value, modality, encoder, path)
        encoder.given.setdefault(modality, value)
        return {"kind": "given", "modality": modality}
    return None


def _is_encoder(value):
    """Return whether a value is an encoder or a class of encoders."""
    return hasattr(value, "make_module") and hasattr(value, "get_params")


def given_modality(path):
    """Return the name under which loading asks for code of the user's own; None for others.

    That is the modality: the parameter of an embedder, or of a custom encoder in ``encoder_`` or
    ``encoders_``; "encoder" for estimators of one modality.
    """
    parts = path.split("/")
    last = parts[-2 if parts[-1] == "module" and len(parts) > 1 else -1].removesuffix("_")
    return last if last in GIVEN else None


def _with_weights(module, encoder, path):
    # Loading rejects such weights, so fail at the time of saving.
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise ValueError(
                f"Cannot save {path}: the weights {name!r} are NaN or infinite, because training "
                "diverged. Fit again with a lower 'lr'."
            )
    weights = {
        name: encoder.encode(tensor.detach().cpu().numpy(), f"{path}/{name}")
        for name, tensor in module.state_dict().items()
    }
    names = {id(part): name for name, part in module.named_modules()}
    frozen = [names[id(part)] for part in getattr(module, "frozen", ())]
    return {
        "kind": "module",
        "structure": _structure(module, encoder, path),
        "weights": weights,
        "frozen": frozen,
    }


def _structure(module, encoder, path):
    """Return the class and configuration of a module, or a reference to a module of the user."""
    import torch

    name = class_name(type(module), "module")
    if name is None:
        modality = given_modality(path) or path.rpartition("/")[2]
        _check_given(module, modality, encoder, path)
        encoder.given.setdefault(modality, module)
        return {"given": modality}
    config = {}
    for key, value in module.config.items():
        if isinstance(value, torch.nn.Module):
            # The encoder inside the expert of a modality is named by the modality.
            part_path = path if path.rpartition("/")[2] in GIVEN else f"{path}/{key}"
            config[key] = {"part": _structure(value, encoder, part_path)}
        elif isinstance(value, dict) and any(
            isinstance(part, torch.nn.Module) for part in value.values()
        ):
            parts = {part: _structure(m, encoder, f"{path}/{part}") for part, m in value.items()}
            config[key] = {"parts": parts}
        else:
            config[key] = {"value": encoder.encode(value, f"{path}/{key}")}
    return {"class": name, "config": config}


def _check_given(module, modality, encoder, path):
    if modality not in encoder.modules:
        name = getattr(module, "__qualname__", type(module).__qualname__)
        kind = "an encoder" if _is_encoder(module) else "a module"
        encoder.reject(
            path,
            f"{name} is {kind} of your own, which loading could not build. "
            f"save_model(..., modules=[{modality!r}]) stores its weights; loading then needs its "
            f"code: load_model(..., modules={{{modality!r}: ...}})",
        )


def _decode_tensor(node, decoder, path):
    import torch

    return torch.from_numpy(decoder.decode(node["of"], path))


def _decode_given(node, decoder, path):
    given = decoder.given(node["modality"])
    if "params" not in node:
        return given
    if not _is_encoder(given):
        raise ModelFileError(
            f"{path} is an encoder of its author: modules[{node['modality']!r}] of load_model must "
            f"be its class, or an instance. Got {given!r} instead."
        )
    params = {key: decoder.decode(value, f"{path}/{key}") for key, value in node["params"].items()}
    return (given if isinstance(given, type) else type(given))(**params)


def _decode_net(node, decoder, path):
    return _decode_module(node["module"], decoder, path)


def _decode_module(node, decoder, path):
    import torch

    # The meta device allocates no memory, so a forged size cannot exhaust it.
    with torch.device("meta"):
        module = _build(node["structure"], decoder, path)
    weights = {name: decoder.decode(array, path) for name, array in node["weights"].items()}
    expected = module.state_dict()
    if set(weights) != set(expected):
        name = sorted(set(weights) ^ set(expected))[0]
        raise ModelFileError(f"The weights {name!r} of {path} are missing or unexpected.")
    state = {}
    for name, tensor in expected.items():
        array = weights[name]
        if not isinstance(array, np.ndarray) or array.shape != tuple(tensor.shape):
            raise ModelFileError(f"The weights {name!r} of {path} have the wrong shape.")
        # The copy is aligned by torch, as it was at the time of saving.
        state[name] = torch.from_numpy(array).clone()
        if not tensor.is_floating_point() == state[name].is_floating_point():
            raise ModelFileError(f"The weights {name!r} of {path} have the wrong type.")
        if tensor.is_floating_point() and not state[name].isfinite().all():
            raise ModelFileError(f"The weights {name!r} of {path} are not finite.")
        if state[name].dtype == torch.float16:
            # Weights may be stored in half precision; networks compute in that of the module.
            state[name] = state[name].to(tensor.dtype)
    module.load_state_dict(state, assign=True)
    if node["frozen"]:
        module.freeze([module.get_submodule(name) for name in node["frozen"]])
    return module.eval()


def _build(structure, decoder, path):
    import copy

    import torch

    if "given" in structure:
        given = decoder.given(structure["given"])
        if isinstance(given, torch.nn.Module):
            module = copy.deepcopy(given)
        elif _is_encoder(given):
            module = _made_by_encoder(decoder.estimators[-1], structure["given"])
        else:
            module = given()
        return module.to("meta")
    cls = find_class(structure["class"], "module")
    config = {}
    for key, value in structure["config"].items():
        if "parts" in value:
            config[key] = {
                part: _build(inner, decoder, f"{path}/{part}")
                for part, inner in value["parts"].items()
            }
        elif "part" in value:
            config[key] = _build(value["part"], decoder, f"{path}/{key}")
        else:
            config[key] = decoder.decode(value["value"], path)
            _check_size(config[key], key, decoder)
    return cls(**config)


def _made_by_encoder(estimator, modality):
    """Return a new module from the encoder and preprocessor of an estimator that is loaded."""
    fitted = vars(estimator)
    if "encoder_" in fitted:
        return fitted["encoder_"].make_module(fitted["preprocessor_"])
    parts = fitted["preprocessors_"]
    # An autoencoder has a point set of each modality, and the data of other encoders beside it.
    preprocessor = parts.get(f"{modality} encoder", parts[modality])
    return fitted["encoders_"][modality].make_module(preprocessor)


def _check_size(value, key, decoder):
    """Raise a ModelFileError for sizes out of range: even empty layers take time to build."""
    for number in value.values() if isinstance(value, dict) else [value]:
        if isinstance(number, int | float) and not abs(number) <= LARGEST_SIZE:
            raise ModelFileError(
                f"It contains a module with {key}={number}, which is out of range."
            )
    if key == "n_layers" and not value <= len(decoder.arrays):
        raise ModelFileError(f"It contains a module of {value} layers without their weights.")


DECODERS = {
    "tensor": _decode_tensor,
    "given": _decode_given,
    "net": _decode_net,
    "module": _decode_module,
}
