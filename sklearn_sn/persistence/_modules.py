"""torch modules: the sizes they were built with, and their weights.

torch is imported only where a module is at hand.
"""

import sys

import numpy as np

from sklearn_sn.persistence._classes import MODULES, class_name, find_class
from sklearn_sn.persistence._errors import ModelFileError

LARGEST_SIZE = 10**6


def encode_module(value, encoder, path):
    """Description of a module, a skorch net or a tensor; None of anything else."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    if isinstance(value, torch.Tensor):
        return {"kind": "tensor", "of": encoder.encode(value.detach().cpu().numpy(), path)}
    if path.endswith("/net_") and hasattr(value, "module_"):
        # The estimator makes the net anew around the module, from its own parameters.
        return {"kind": "net", "module": _with_weights(value.module_, encoder, path)}
    if isinstance(value, torch.nn.Module) and class_name(type(value), MODULES):
        return _with_weights(value, encoder, path)
    parent, _, modality = path.rpartition("/")
    if parent.endswith("/encoders") and callable(value):
        _check_given(value, modality, encoder, path)
        encoder.given.setdefault(modality, value)
        return {"kind": "given", "modality": modality}
    return None


def _with_weights(module, encoder, path):
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
    """What a module is built from: a class of ours and its sizes, or what whoever loads gives."""
    name = class_name(type(module), MODULES)
    if name is None:
        modality = path.rpartition("/")[2]
        _check_given(module, modality, encoder, path)
        encoder.given.setdefault(modality, module)
        return {"given": modality}
    sizes = {}
    for key, value in module.sizes.items():
        if key == "encoders":
            parts = {part: _structure(m, encoder, f"{path}/{part}") for part, m in value.items()}
            sizes[key] = {"parts": parts}
        elif key == "encoder":
            sizes[key] = {"part": _structure(value, encoder, f"{path}/{key}")}
        else:
            sizes[key] = {"value": encoder.encode(value, f"{path}/{key}")}
    return {"class": name, "sizes": sizes}


def _check_given(module, modality, encoder, path):
    if modality not in encoder.modules:
        kind = type(module) if not isinstance(module, type) else module
        encoder.refuse(
            path,
            f"{kind.__qualname__} is a module of your own, which loading could not build. "
            f"save_model(..., modules=[{modality!r}]) stores its weights; whoever loads then needs "
            f"its code: load_model(..., modules={{{modality!r}: ...}})",
        )


def _decode_tensor(node, decoder, path):
    import torch

    return torch.from_numpy(decoder.decode(node["of"], path))


def _decode_given(node, decoder, path):
    return decoder.given(node["modality"])


def _decode_net(node, decoder, path):
    return _decode_module(node["module"], decoder, path)


def _decode_module(node, decoder, path):
    import torch

    # On the meta device nothing is allocated, however large the sizes are.
    with torch.device("meta"):
        module = _build(node["structure"], decoder, path)
    weights = {name: decoder.decode(array, path) for name, array in node["weights"].items()}
    expected = module.state_dict()
    if set(weights) != set(expected):
        name = sorted(set(weights) ^ set(expected))[0]
        raise ModelFileError(f"The weights {name!r} of {path} are missing, or not its own.")
    state = {}
    for name, wanted in expected.items():
        array = weights[name]
        if not isinstance(array, np.ndarray) or array.shape != tuple(wanted.shape):
            raise ModelFileError(f"The weights {name!r} of {path} have the wrong shape.")
        # torch's own memory, aligned as at the time of saving.
        state[name] = torch.from_numpy(array).clone()
        if not wanted.is_floating_point() == state[name].is_floating_point():
            raise ModelFileError(f"The weights {name!r} of {path} have the wrong type.")
    module.load_state_dict(state, assign=True)
    if node["frozen"]:
        module.freeze([module.get_submodule(name) for name in node["frozen"]])
    return module.eval()


def _build(structure, decoder, path):
    import copy

    import torch

    if "given" in structure:
        given = decoder.given(structure["given"])
        module = copy.deepcopy(given) if isinstance(given, torch.nn.Module) else given()
        return module.to("meta")
    cls = find_class(structure["class"], MODULES)
    sizes = {}
    for key, value in structure["sizes"].items():
        if "parts" in value:
            sizes[key] = {
                part: _build(inner, decoder, f"{path}/{part}")
                for part, inner in value["parts"].items()
            }
        elif "part" in value:
            sizes[key] = _build(value["part"], decoder, f"{path}/{key}")
        else:
            sizes[key] = decoder.decode(value["value"], path)
            _check_size(sizes[key], key, decoder)
    return cls(**sizes)


def _check_size(value, key, decoder):
    """Layers take time to build even where they take no memory: no more of them than arrays."""
    for number in value.values() if isinstance(value, dict) else [value]:
        if isinstance(number, int | float) and not abs(number) <= LARGEST_SIZE:
            raise ModelFileError(f"It asks for a module with {key}={number}.")
    if key == "n_layers" and not value <= len(decoder.arrays):
        raise ModelFileError(f"It asks for a module of {value} layers and has no weights for them.")


DECODERS = {
    "tensor": _decode_tensor,
    "given": _decode_given,
    "net": _decode_net,
    "module": _decode_module,
}
