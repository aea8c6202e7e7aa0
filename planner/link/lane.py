"""The straight course of a transfer: the next message is the expected one, again and again.

Five hundred items are a thousand messages, and taking each through state, job and machines takes longer than the
vehicle needs to answer. While every frame that arrives is the expected one, a lane answers it and tells the machine
afterwards. Whatever else happens (another message, a gap, silence, the end) is none of its business: it says so and
takes nothing, and the machine, brought up to date, handles it. A lane is short in any case, so that the machine tells
how far it is.
"""

from collections.abc import Sequence
from typing import Protocol

from planner.link.download import Download, kept
from planner.link.jobs import DownloadJob, Job, StoreJob
from planner.link.messages import (
    OUR_COMPONENTS,
    OUR_SYSTEMS,
    Address,
    Message,
    MissionItemInt,
    MissionRequest,
    MissionRequestInt,
)
from planner.link.timing import Timing
from planner.link.upload import Upload
from planner.link.wire import Frame

LONGEST = 100
LONGEST_S = 0.02


class Lane(Protocol):
    """A job on its straight course. `sequence` is that of the last frame taken, `taken` how many were.

    `until_s`: when it ends at the latest.
    """

    sequence: int
    taken: int
    until_s: float

    def take(self, frames: Sequence[Frame], now_s: float) -> list[Message] | None:
        """What these frames are answered with; None if one of them is not for the lane, which then took none."""
        ...

    def job(self) -> Job:
        """The job as it is after what the lane took."""
        ...


def lane_for(job: Job, sequence: int, now_s: float) -> Lane | None:
    """The lane of a job; None if it is no transfer in the middle of its items. `sequence` is the last frame's."""
    if isinstance(job, DownloadJob):
        return DownloadLane(job, job.download, sequence, now_s) if job.download.is_in_full_course else None
    if not isinstance(job, StoreJob) or job.done:
        return None
    upload, download = job.store.upload, job.store.download
    if download is not None:
        return DownloadLane(job, download, sequence, now_s) if download.is_in_full_course else None
    return UploadLane(job, upload, sequence, now_s) if upload is not None and upload.is_in_full_course else None


class UploadLane:
    """Requests for the next item."""

    def __init__(self, job: StoreJob, upload: Upload, sequence: int, now_s: float) -> None:
        self.sequence, self.taken = sequence, 0
        self._job, self._upload = job, upload
        self._pending, self._ahead = upload.pending, upload.ahead
        self._answered_s = upload.progress_at_s
        self._timing = Timing(upload.timed, upload.sent_at_s)
        self.until_s = min(now_s + LONGEST_S, upload.deadline_s)

    def take(self, frames: Sequence[Frame], now_s: float) -> list[Message] | None:
        """Items for requests."""
        upload, pending, sequence = self._upload, self._pending, self.sequence
        if not frames or now_s >= self.until_s or self.taken >= LONGEST:
            return None
        for frame in frames:
            sequence, pending = (sequence + 1) & 0xFF, pending + 1
            message = None if frame.received is None else frame.received.message
            if not isinstance(message, MissionRequest | MissionRequestInt) or message.seq != pending:
                return None
            if not _is_meant(frame, message, sequence, upload.target, upload.mission_type):
                return None
        if pending >= len(upload.items):
            return None
        due = upload.due(pending, self._ahead) if upload.runs_ahead else (pending,)
        self.sequence, self._pending, self._answered_s = sequence, pending, now_s
        self.taken += len(frames)
        if due:
            self._ahead = max(self._ahead, due[-1])
        if pending > self._timing.timed:
            self._timing.answered(self._ahead if upload.runs_ahead else pending, now_s)
        return [upload.item(n) for n in due]

    def job(self) -> StoreJob:
        """With the upload as it is now."""
        if not self.taken:
            return self._job
        upload = self._upload.caught_up(self._pending, self._ahead, self._timing, self._answered_s)
        return self._job._replace(store=self._job.store._replace(upload=upload))


class DownloadLane:
    """Items in their order, up to the last but one."""

    def __init__(self, job: StoreJob | DownloadJob, download: Download, sequence: int, now_s: float) -> None:
        self.sequence, self.taken = sequence, 0
        self._job, self._download = job, download
        self._got: list[MissionItemInt] = []
        self._before, self._ahead = len(download.got), download.ahead
        self._answered_s = download.progress_at_s
        self._timing = Timing(download.timed, download.sent_at_s)
        self.until_s = min(now_s + LONGEST_S, download.deadline_s)

    def take(self, frames: Sequence[Frame], now_s: float) -> list[Message] | None:
        """Requests for items."""
        download, sequence, got = self._download, self.sequence, self._before + len(self._got)
        if not frames or now_s >= self.until_s or self.taken >= LONGEST or got + len(frames) >= (download.total or 0):
            return None
        items: list[MissionItemInt] = []
        for seq, frame in enumerate(frames, start=got):
            sequence = (sequence + 1) & 0xFF
            message = None if frame.received is None else frame.received.message
            if not isinstance(message, MissionItemInt) or message.seq != seq:
                return None
            if not _is_meant(frame, message, sequence, download.target, download.mission_type):
                return None
            items.append(message)
        self._got += items
        got += len(items)
        due = download.due(got, self._ahead, download.total or 0) if download.asks_ahead else (got,)
        self.sequence, self._answered_s = sequence, now_s
        self.taken += len(frames)
        if due:
            self._ahead = due[-1]
        if got > self._timing.timed:
            self._timing.answered(self._ahead, now_s)
        return [download.request(n) for n in due]

    def job(self) -> StoreJob | DownloadJob:
        """With the download as it is now."""
        if not self.taken:
            return self._job
        got = (*self._download.got, *map(kept, self._got))
        download = self._download.caught_up(got, self._ahead, self._timing, self._answered_s)
        if isinstance(self._job, DownloadJob):
            return DownloadJob(download)
        return self._job._replace(store=self._job.store._replace(download=download))


def _is_meant(
    frame: Frame, message: MissionRequest | MissionRequestInt | MissionItemInt, sequence: int, by: Address, kind: int
) -> bool:
    return (
        frame.sequence == sequence
        and message.mission_type == kind
        and (frame.source is by or frame.source == by)
        and message.target_system in OUR_SYSTEMS
        and message.target_component in OUR_COMPONENTS
    )
