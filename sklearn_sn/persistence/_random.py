"""Store random states and generators, and check them on loading."""

import numpy as np

from sklearn_sn.persistence._errors import ModelFileError


def encode_random(value, encoder, path):
    """Return the node of a random state or generator; None for other objects."""
    if value is np.random.mtrand._rand:
        # The global state of numpy belongs to the process, not to the model.
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
    # numpy does not check pos: a value above 624 reads past the end of the key.
    if key.shape != (624,) or key.dtype != np.uint32:
        raise ModelFileError("It contains a random state of the wrong size.")
    pos, has_gauss = _int_below(node["pos"], 625), _int_below(node["has_gauss"], 2)
    state = np.random.RandomState(0)
    state.set_state(("MT19937", key, pos, has_gauss, float(node["gauss"])))
    return state


def _decode_generator(node, decoder, path):
    bits = np.random.PCG64(0)
    bits.state = {
        "bit_generator": "PCG64",
        "state": {
            "state": _int_below(node["state"], 2**128),
            "inc": _int_below(node["inc"], 2**128),
        },
        "has_uint32": _int_below(node["has_uint32"], 2),
        "uinteger": _int_below(node["uinteger"], 2**32),
    }
    return np.random.Generator(bits)


def _int_below(value, end):
    if type(value) is not int or not 0 <= value < end:
        raise ModelFileError(f"It contains a random state with {value!r} out of range [0, {end}).")
    return value


DECODERS = {
    "global_random_state": _decode_global,
    "random_state": _decode_random_state,
    "generator": _decode_generator,
}
