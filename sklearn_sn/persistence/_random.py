"""Random states: what they were, and nothing that numpy would not check."""

import numpy as np

from sklearn_sn.persistence._errors import ModelFileError


def encode_random(value, encoder, path):
    """Description of a random state or generator; None of anything else."""
    if value is np.random.mtrand._rand:
        # numpy's global state belongs to the process, not to the model.
        return {"kind": "global_random_state"}
    if type(value) is np.random.RandomState:
        state = value.get_state(legacy=False)
        if state["bit_generator"] == "MT19937":
            return {
                "kind": "random_state",
                "key": encoder.arrays.put(state["state"]["key"], path + "/key"),
                "pos": int(state["state"]["pos"]),
                "has_gauss": int(state["has_gauss"]),
                "gauss": float(state["gauss"]),
            }
    if type(value) is np.random.Generator and type(value.bit_generator) is np.random.PCG64:
        state = value.bit_generator.state
        return {
            "kind": "generator",
            "state": int(state["state"]["state"]),
            "inc": int(state["state"]["inc"]),
            "has_uint32": int(state["has_uint32"]),
            "uinteger": int(state["uinteger"]),
        }
    return None


def _decode_global(node, decoder, path):
    return np.random.mtrand._rand


def _decode_random_state(node, decoder, path):
    key = decoder.arrays.get(node["key"])
    # numpy reads past the key where the position is past its end.
    if key.shape != (624,) or key.dtype != np.uint32:
        raise ModelFileError("It gives a random state of the wrong size.")
    pos, has_gauss = _whole(node["pos"], 625), _whole(node["has_gauss"], 2)
    state = np.random.RandomState(0)
    state.set_state(("MT19937", key, pos, has_gauss, float(node["gauss"])))
    return state


def _decode_generator(node, decoder, path):
    bits = np.random.PCG64(0)
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": _whole(node["state"], 2**128), "inc": _whole(node["inc"], 2**128)},
        "has_uint32": _whole(node["has_uint32"], 2),
        "uinteger": _whole(node["uinteger"], 2**32),
    }
    return np.random.Generator(bits)


def _whole(value, end):
    if type(value) is not int or not 0 <= value < end:
        raise ModelFileError(f"It gives a random state with {value!r} out of range.")
    return value


DECODERS = {
    "global_random_state": _decode_global,
    "random_state": _decode_random_state,
    "generator": _decode_generator,
}
