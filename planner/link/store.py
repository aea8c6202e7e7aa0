"""Storing a list in a vehicle so that it can be trusted: send, read back, compare, and say what is there.

A machine like planner/link/upload.py, which it drives. However the sending ended, what counts is what the vehicle
holds afterwards: a lost final MISSION_ACK is settled by reading back, and so is a refusal, because ArduPilot keeps the
items that it took before the one that it refused. Items that travelled ahead of their requests (upload.py) are no
reason to fail: where the vehicle then holds something else, all is sent once more in step.
"""

# ruff: noqa: SLF001 - a frozen machine calls its own private steps on its successor

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from planner.link.compare import Difference, compare
from planner.link.download import Download, Downloaded, NotDownloaded
from planner.link.items import MISSION, TYPE_NAMES, WireItem
from planner.link.messages import Address, Heartbeat, Message, Received, StatusText
from planner.link.stack import STATE_BOOT, Stack
from planner.link.upload import Acknowledged, Cancelled, Refused, Silent, Upload, UploadEnd
from planner.link.verdict import NO_SPACE, Figures, NotStored, Stored, Unknown, Verdict, result_sentence
from planner.model.words import counted

BOOT_PATIENCE_S = 30.0
SAID_WITHIN_S = 1.0
AFTER_REFUSAL_S = 0.3
"""Texts that explain a refusal may come a little after it."""
ONLY = re.compile(r"Only (\d{1,5}) items are supported")
"""What ArduPilot says when it has no room (MissionItemProtocol.cpp)."""


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far a transfer is: `phase` is "waiting", "sending" or "reading back".

    `silent_s`: the vehicle has answered nothing for so many whole seconds, and is asked again and again.
    """

    phase: str
    done: int
    total: int
    silent_s: int = 0

    @property
    def words(self) -> str:
        """The phase, and what is waited for."""
        if self.phase == "waiting":
            return "waiting until the vehicle has started"
        return f"{self.phase}, no answer for {self.silent_s} s" if self.silent_s else self.phase


class Store(NamedTuple):
    """Stores `items` in `target`. `booting`: its last heartbeat said that it is still starting.

    `in_step`: nothing is sent before it is asked for.
    """

    items: tuple[WireItem, ...]
    target: Address
    stack: Stack
    mission_type: int = MISSION
    booting: bool = False
    in_step: bool = False
    upload: Upload | None = None
    download: Download | None = None
    texts: tuple[tuple[float, str], ...] = ()
    begun_s: float = 0.0
    ended_s: float = 0.0
    verdict: Verdict | None = None

    @property
    def done(self) -> bool:
        """Whether the verdict stands."""
        return self.verdict is not None

    @property
    def deadline_s(self) -> float:
        """When `on_tick` is wanted next."""
        if self.download:
            return self.download.deadline_s
        if self.upload is None:
            return self.begun_s + BOOT_PATIENCE_S
        return self.ended_s + AFTER_REFUSAL_S if self.upload.end else self.upload.deadline_s

    @property
    def progress(self) -> UploadProgress:
        """For a progress bar."""
        return UploadProgress(self.phase, self.done_items, len(self.items), self.silent_s)

    @property
    def phase(self) -> str:
        """As UploadProgress names it."""
        if self.download is not None:
            return "reading back"
        return "waiting" if self.upload is None else "sending"

    @property
    def done_items(self) -> int:
        """How many items of the present phase are done."""
        if self.download is not None:
            return len(self.download.got)
        return 0 if self.upload is None else max(0, self.upload.pending)

    @property
    def silent_s(self) -> int:
        """How long the last question was in coming after the last answer, in whole seconds."""
        transfer = self.upload if self.download is None else self.download
        if transfer is None or transfer.sent_at_s <= transfer.progress_at_s:
            return 0
        return int(transfer.sent_at_s - transfer.progress_at_s)

    def begin(self, now_s: float) -> tuple["Store", tuple[Message, ...]]:
        """Starts sending, or waits for the vehicle to have started."""
        begun = self._replace(begun_s=now_s)
        return (begun, ()) if self.booting else begun._start(now_s)

    def on_received(self, received: Received, now_s: float) -> tuple["Store", tuple[Message, ...]]:
        """Passes the message to the transfer that is running."""
        if self.done:
            return self, ()
        message = received.message
        if isinstance(message, StatusText) and received.source.system == self.target.system:
            return self._replace(texts=(*self.texts[-30:], (now_s, message.text))), ()
        if self.upload is None:
            up = isinstance(message, Heartbeat) and message.system_status != STATE_BOOT
            return self._start(now_s) if up and received.source == self.target else (self, ())
        if self.download is not None:
            download, out = self.download.on_received(received, now_s)
            return self._downloaded(download, out, now_s)
        upload, out = self.upload.on_received(received, now_s)
        return self._uploaded(upload, out, now_s)

    def on_tick(self, now_s: float) -> tuple["Store", tuple[Message, ...]]:
        """Repeats and gives up as the transfers do."""
        if self.done or now_s < self.deadline_s:
            return self, ()
        if self.upload is None:
            return self._start(now_s)
        if self.download is not None:
            download, out = self.download.on_tick(now_s)
            return self._downloaded(download, out, now_s)
        upload, out = self.upload.on_tick(now_s)
        return self._uploaded(upload, out, now_s)

    def cancel(self, now_s: float) -> tuple["Store", tuple[Message, ...]]:
        """Stops; the verdict says what that leaves behind."""
        if self.done:
            return self, ()
        if self.upload is None:
            reason = "Cancelled before anything was sent; the vehicle holds what it held."
            return self._replace(verdict=NotStored(reason, self._figures(now_s, None), sent=False)), ()
        if self.download is not None:
            _, out = self.download.cancel(now_s)
            reason = "Cancelled while reading back: everything was sent, but what the vehicle holds was not checked."
            return self._replace(verdict=Unknown(reason, self._figures(now_s, None))), out
        upload, out = self.upload.cancel(now_s)
        return self._uploaded(upload, out, now_s)

    def _start(self, now_s: float) -> tuple["Store", tuple[Message, ...]]:
        # MAVSDK's server passes over unexpected items as PX4 does; whoever does not gets them in step afterwards
        looks_ahead = self.stack is Stack.PX4 or (self.stack is Stack.OTHER and not self.in_step)
        runs_ahead = not self.in_step
        upload = Upload(self.items, self.target, self.mission_type, looks_ahead=looks_ahead, runs_ahead=runs_ahead)
        upload, out = upload.begin(now_s)
        return self._replace(upload=upload), out

    def _uploaded(self, upload: Upload, out: tuple[Message, ...], now_s: float) -> tuple["Store", tuple[Message, ...]]:
        if upload.end is None:
            return (self if upload is self.upload else self._replace(upload=upload)), out
        after, more = self._replace(upload=upload)._after_upload(now_s)
        return after, (*out, *more)

    def _downloaded(
        self, download: Download, out: tuple[Message, ...], now_s: float
    ) -> tuple["Store", tuple[Message, ...]]:
        if download.end is None:
            return (self if download is self.download else self._replace(download=download)), out
        after, more = self._replace(download=download)._judged(now_s)
        return after, (*out, *more)

    def _after_upload(self, now_s: float) -> tuple["Store", tuple[Message, ...]]:
        end = self.upload.end if self.upload else None
        if end is None:
            return self, ()
        if isinstance(end, Cancelled) and self.stack is Stack.ARDUPILOT and self.mission_type == MISSION:
            reason = f"Cancelled after {counted(self._shown(end.asked), 'item')}. {_MIXTURE}"
            return self._replace(verdict=Unknown(reason, self._figures(now_s, None))), ()
        if isinstance(end, Refused) and self.ended_s == 0.0:
            return self._replace(ended_s=now_s), ()
        if isinstance(end, Refused) and now_s < self.ended_s + AFTER_REFUSAL_S:
            return self, ()
        asks_ahead = self.stack is not Stack.PX4 and not self.in_step
        download, out = Download(self.target, self.mission_type, asks_ahead).begin(now_s)
        return self._replace(download=download, ended_s=self.ended_s or now_s), out

    def _judged(self, now_s: float) -> tuple["Store", tuple[Message, ...]]:
        if self.upload is None or self.upload.end is None or self.download is None or self.download.end is None:
            return self, ()
        how = self._how(self.upload.end)
        match self.download.end:
            case NotDownloaded(result=result, got=got):
                why = "it stopped answering" if result is None else f"it answered with result {result}"
                reason = (
                    f"{how} Reading back failed: {why} after {counted(self._shown(got), 'item')}, so what the vehicle "
                    "holds is not known. Do not start; send again."
                )
                return self._replace(verdict=Unknown(reason, self._figures(now_s, None))), ()
            case Downloaded(items=items) as read:
                differences = compare(self.items, items, self.stack, self.mission_type)
                if differences and self._may_have_run_too_far(self.upload):
                    return self._replace(in_step=True, download=None, ended_s=0.0)._start(now_s)
                figures = self._figures(now_s, self._shown(len(items)))
                verdict = self._of(differences, figures, how, items)
                if isinstance(verdict, Stored):
                    verdict = replace(verdict, list_id=read.list_id or self.upload.list_id)
                return self._replace(verdict=verdict), ()

    def _may_have_run_too_far(self, upload: Upload) -> bool:
        if self.in_step or upload.pending < 0:
            return False
        refused = isinstance(upload.end, Refused) and self.stack is Stack.OTHER
        return refused or isinstance(upload.end, Acknowledged | Silent)

    def _of(
        self, differences: tuple[Difference, ...], figures: Figures, how: str, items: tuple[WireItem, ...]
    ) -> Verdict:
        if not differences:
            what = TYPE_NAMES[self.mission_type]
            said = "" if self.upload and isinstance(self.upload.end, Acknowledged) else f" {how}"
            return Stored(
                f"Read back the {what}: {figures.items} of {counted(figures.items, 'item')} equal.{said}", figures
            )
        listed = "; ".join(str(one) for one in differences[:3])
        more = f"; and {len(differences) - 3} more" if len(differences) > 3 else ""
        mixture = ""
        if self.stack is Stack.ARDUPILOT and self.mission_type == MISSION and items:
            mixture = " It may hold a mixture of the old and the new mission."
        reason = f"{how} Read back and different: {listed}{more}.{mixture} Do not start; send again."
        return NotStored(reason, figures, self._limit())

    def _limit(self) -> int | None:
        """How many items the vehicle said that it takes, when it refused this list."""
        if self.upload is None or not isinstance(self.upload.end, Refused) or self.upload.end.result != NO_SPACE:
            return None
        said = (ONLY.search(text) for at, text in self.texts if abs(at - self.ended_s) <= SAID_WITHIN_S)
        limits = [int(one.group(1)) for one in said if one is not None]
        return limits[-1] if limits else None

    def _how(self, end: UploadEnd) -> str:
        match end:
            case Acknowledged():
                return "The vehicle acknowledged the whole list."
            case Refused(result=result, item=item):
                near = tuple(text for at, text in self.texts if abs(at - self.ended_s) <= SAID_WITHIN_S)
                return result_sentence(result, item=item, stack=self.stack, texts=near, mission_type=self.mission_type)
            case Silent(complete=True):
                return "Everything was sent, but the final acknowledgement did not arrive."
            case Silent(asked=0):
                return "The vehicle did not answer the announcement of the upload."
            case Silent(asked=asked):
                of = counted(self._shown(len(self.items)), "item")
                return f"The vehicle took {self._shown(asked)} of {of} and then stopped answering."
            case Cancelled(asked=asked):
                return f"Cancelled after {self._shown(asked)} of {counted(self._shown(len(self.items)), 'item')}."

    def _shown(self, count: int) -> int:
        slot = 1 if self.stack.has_home_slot and self.mission_type == MISSION else 0
        return max(0, count - slot)

    def _figures(self, now_s: float, read_back: int | None) -> Figures:
        resends = (self.upload.resends if self.upload else 0) + (self.download.resends if self.download else 0)
        return Figures(self._shown(len(self.items)), read_back, round(now_s - self.begun_s, 3), resends)


_MIXTURE = "ArduPilot may now hold a mixture of the old and the new mission. Do not start; send again."


def empty_figures(items: int) -> Figures:
    """For a verdict before anything was sent."""
    return Figures(items, None, 0.0, 0)
