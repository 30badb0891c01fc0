"""Send a fitted model to worker processes."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Self

_N_KEPT = 2  # models that a process keeps, for catalogues that are processed in turns
_unpacked = OrderedDict()  # models of this process by digest, the last used last
_lock = threading.Lock()


@dataclass(frozen=True)
class PackedModel:
    """A fitted model as bytes, which a process unpacks once.

    As one node of a Dask graph, the bytes are sent once to each worker. The graph keeps them, so
    that the workers that replace a lost one receive them too.

    Attributes
    ----------
    data : bytes
        The pickled model.
    digest : str
        SHA-256 of `data`.
    """

    data: bytes
    digest: str

    @classmethod
    def pack(cls, model: Any) -> Self:
        """Return a fitted model as bytes."""
        # Unlike pickle, cloudpickle stores classes that a notebook defines.
        import cloudpickle

        data = cloudpickle.dumps(model)
        return cls(data, hashlib.sha256(data).hexdigest())

    def unpack(self) -> Any:
        """Return the model, which the threads of this process share."""
        with _lock:
            if self.digest not in _unpacked:
                import cloudpickle

                _unpacked[self.digest] = cloudpickle.loads(self.data)
            _unpacked.move_to_end(self.digest)
            while len(_unpacked) > _N_KEPT:
                _unpacked.popitem(last=False)
            return _unpacked[self.digest]
