"""Read the pixels of plain FITS images without astropy, which costs ten times as much a stamp."""

import numpy as np

_CARD, _BLOCK = 80, 2880  # bytes
_TYPES = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
# With these cards, the pixels are not those in the file, or not an image.
_SPECIAL = tuple(name.ljust(8).encode() for name in ("BSCALE", "BZERO", "BLANK", "GROUPS"))
_MOST_AXES = 3


def plain_pixels(data):
    """Return the pixels of a FITS file with a plain image in its primary unit.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    ndarray or None
        Pixels as stored, at most three axes; a view of `data`. None if the file departs from the
        standard in any way, or if its pixels are scaled: it is then up to astropy.
    """
    header, start = _header(data)
    if header is None:
        return None
    cards = [header[at : at + _CARD] for at in range(0, len(header), _CARD)]
    if any(card.startswith(_SPECIAL) for card in cards):
        return None
    # The standard prescribes the order of these.
    kind, n_axes = _TYPES.get(_integer(cards, 1, b"BITPIX  ")), _integer(cards, 2, b"NAXIS   ")
    if kind is None or n_axes is None or not 1 <= n_axes <= _MOST_AXES:
        return None
    sizes = [_integer(cards, 3 + k, f"NAXIS{k + 1}".ljust(8).encode()) for k in range(n_axes)]
    if None in sizes or min(sizes) < 1:
        return None
    first, others = cards[: 3 + n_axes], cards[3 + n_axes :]
    if not {card[:8] for card in first}.isdisjoint(card[:8] for card in others):
        return None  # a card given twice
    dtype, count = np.dtype(kind), int(np.prod(sizes, dtype=object))
    n_bytes = -(-count * dtype.itemsize // _BLOCK) * _BLOCK
    if len(data) < start + n_bytes:
        return None
    return np.frombuffer(data, dtype, count, start).reshape(sizes[::-1])


def _header(data):
    """Return the cards before END, and where the pixels start; None if they are not in order."""
    if not data.startswith(b"SIMPLE  =                    T"):
        return None, 0
    end = data.find(b"END".ljust(_CARD))
    start = (end // _BLOCK + 1) * _BLOCK
    if end < 0 or end % _CARD or data[end:start].strip(b" ") != b"END":
        return None, 0
    header = data[:end]
    return (header, start) if header.isascii() else (None, 0)


def _integer(cards, number, name):
    """Return the integer of a card in fixed format, or None."""
    card = cards[number] if number < len(cards) else b""
    text = card[10:30].strip()
    is_plain = card.startswith(name + b"= ") and card[30:].lstrip()[:1] in (b"", b"/")
    return int(text) if is_plain and text.lstrip(b"-").isdigit() else None
