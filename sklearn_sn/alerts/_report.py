"""Counts of what happened to the packets of a stream."""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

_LISTED = 100  # packets and warnings of which a report keeps the text
_LOGGER = logging.getLogger("sklearn_sn.alerts")


@dataclass
class AlertReport:
    """Counts of a run of :func:`score_alerts`; they grow while it is iterated.

    Parameters
    ----------
    n_packets : int
        Packets received.
    n_scored : int
        Alerts scored.
    n_duplicates : int
        Alerts that had been scored before.
    n_skipped : int
        Packets that could not be read or scored, as far as their number is known.
    skipped : deque of (str, str)
        Location and reason of the last 100 of them. Each is also logged as a warning, by the logger
        "sklearn_sn.alerts".
    warnings : dict of str to int
        How often each warning about the quality of data occurred; at most 100 different ones.

    Examples
    --------
    >>> from sklearn_sn.alerts import AlertReport
    >>> AlertReport(n_packets=10, n_scored=9, n_skipped=1).n_scored
    9
    """

    n_packets: int = 0
    n_scored: int = 0
    n_duplicates: int = 0
    n_skipped: int = 0
    skipped: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=_LISTED))
    warnings: dict[str, int] = field(default_factory=dict)

    def skip(self, location: str, reason: str, n_packets: int = 1) -> None:
        """Count packets that could not be used, and log them.

        Parameters
        ----------
        location : str
            Number of the packet, file and offset.
        reason : str
            What is wrong.
        n_packets : int, default=1
            Number of packets lost.
        """
        self.n_skipped += n_packets
        self.skipped.append((location, reason))
        _LOGGER.warning("Skipped %s: %s", location, reason)

    def warned(self, messages: Iterable[str]) -> None:
        """Count warnings.

        Parameters
        ----------
        messages : iterable of str
            Their texts.
        """
        for message in messages:
            if message in self.warnings or len(self.warnings) < _LISTED:
                self.warnings[message] = self.warnings.get(message, 0) + 1
