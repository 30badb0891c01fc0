"""The base of all preprocessors."""


class Preprocessor:
    """Base of preprocessors, which turn one modality of a checked table into arrays.

    ``fit(table, rows=None)`` learns scales from the training objects. ``prepare(table)`` scales all
    objects once. ``gather(prepared, rows, rng=None)`` returns the arrays of a batch and, for each
    instance in them, the position in `rows` of its object. With a random generator `rng`, the batch
    is augmented as in training.

    Attributes
    ----------
    varies_in_length : bool
        Whether instances differ in length, so that batches are sorted by length and padded in
        chunks. Such a preprocessor derives from ``RaggedPreprocessor`` and defines
        ``flat_batch(prepared, rows, rng=None)`` instead of ``gather``.
    chunk_overhead : float or None
        Fixed cost of a step of a recurrent network in units of rows, by which chunks are cut; None
        for other networks.
    chunk_points : float or None
        Fixed cost of a chunk in points, by which chunks of unequal size are cut in training; None
        for chunks of one size.
    constants : tuple of str
        Arrays that are equal in all batches, such as a wavelength grid.
    """

    _file_kind = "object"
    varies_in_length = False
    chunk_overhead = None
    chunk_points = None
    constants = ()
