"""The base of all preprocessors."""


class Preprocessor:
    """Turn one modality of a checked table into arrays for a network.

    ``fit(table, rows=None)`` learns scales from the training objects; ``prepare(table)`` scales all
    objects once; ``gather(prepared, rows, rng=None)`` returns the arrays of a batch and, for each
    instance in them, the position in `rows` of its object. With a random generator the batch is
    augmented as in training.

    Attributes
    ----------
    varies_in_length : bool
        Whether instances differ in length, so that batches are sorted by length and padded in
        chunks.
    chunk_overhead : float or None
        Cost of one step of a network in rows, if chunks are to be cut where padding costs least.
    """

    _file_kind = "object"
    varies_in_length = False
    chunk_overhead: float | None = None
