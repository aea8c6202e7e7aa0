"""How good the link is now: frames a second and the share that is lost, over the last seconds. Pure.

Loss is counted from gaps in the 8-bit sequence (https://mavlink.io/en/guide/packet_loss.html). Behind a router that
drops or mixes messages it reads too high; a gap of 128 or more is a late or repeated frame or a restart, not a loss.
"""

from typing import NamedTuple

WINDOW_S = 5.0
BUCKET_S = 0.5


class Quality(NamedTuple):
    """Counts in buckets of half a second: rows (time it began, heard, lost), the oldest first."""

    buckets: tuple[tuple[float, int, int], ...] = ()
    sequence: int | None = None
    heard: int = 0
    lost: int = 0

    def on_frame(self, sequence: int, now_s: float) -> "Quality":
        """After a frame of the vehicle."""
        gap = 0 if self.sequence is None else (sequence - self.sequence - 1) % 256
        lost = gap if gap < 128 else 0
        if self.buckets and now_s - self.buckets[-1][0] < BUCKET_S:
            began, heard, before = self.buckets[-1]
            rows = (*self.buckets[:-1], (began, heard + 1, before + lost))
        else:
            rows = (*self._rows(now_s), (now_s, 1, lost))
        return Quality(rows, sequence, self.heard + 1, self.lost + lost)

    def on_run(self, count: int, last: int, now_s: float) -> "Quality":
        """After `count` frames without a gap, the last with the sequence number `last`."""
        if count == 0:
            return self
        after = self.on_frame((last - count + 1) % 256, now_s)
        began, heard, lost = after.buckets[-1]
        rows = (*after.buckets[:-1], (began, heard + count - 1, lost))
        return Quality(rows, last, after.heard + count - 1, after.lost)

    def frames_s(self, now_s: float) -> float:
        """Frames per second over the window, 0 in silence."""
        rows = self._rows(now_s)
        return sum(heard for _, heard, _ in rows) / max(BUCKET_S, min(WINDOW_S, now_s - rows[0][0])) if rows else 0.0

    def loss_percent(self, now_s: float) -> float | None:
        """The share lost over the window; None in silence."""
        rows = self._rows(now_s)
        heard, lost = sum(row[1] for row in rows), sum(row[2] for row in rows)
        return 100.0 * lost / (heard + lost) if rows else None

    def _rows(self, now_s: float) -> tuple[tuple[float, int, int], ...]:
        return tuple(row for row in self.buckets if row[0] > now_s - WINDOW_S)
