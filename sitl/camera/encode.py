"""H.264 video in parts that processes make side by side, put together in a container.

Each part begins with a picture of its own (an IDR frame), so that parts made by different encoders follow each other as
if one had made them. The length of a part does not depend on the number of processes: neither does the video.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

PART_FRAMES = 12
_BT601 = "colorprim=smpte170m:transfer=smpte170m:colormatrix=smpte170m"  # as OpenCV makes YUV; players guess otherwise
OPTIONS = {
    "crf": "21",
    "preset": "ultrafast",
    "x264-params": f"deblock=1:keyint={PART_FRAMES}:scenecut=0:{_BT601}",
}
MP4, TRANSPORT_STREAM = "mp4", "mpegts"


@dataclass(frozen=True, slots=True)
class Coding:
    """Size and rate of a video, and the container that it is for."""

    width_px: int
    height_px: int
    frames_per_s: int
    container: str


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded frame; `pts` and `dts` count frames."""

    data: bytes
    pts: int
    dts: int
    is_key: bool


def encode_part(images: Iterable[npt.NDArray[np.uint8]], first: int, coding: Coding) -> list[Coded]:
    """The coded frames of some pictures (H, W, 3), blue first; `first` is the number of the first one, from 0."""
    import av
    import cv2

    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = coding.width_px, coding.height_px, "yuv420p"
    encoder.framerate, encoder.time_base = coding.frames_per_s, Fraction(1, coding.frames_per_s)
    encoder.options, encoder.thread_count = OPTIONS, 1
    if coding.container == MP4:
        encoder.flags |= av.codec.context.Flags.global_header
    packets: list[Any] = []
    for number, image in enumerate(images):
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = number, encoder.time_base
        packets += encoder.encode(frame)
    packets += encoder.encode()
    return [Coded(bytes(p), first + p.pts, first + p.dts, bool(p.is_keyframe)) for p in packets]


class Muxer:
    """Writes coded frames, and with each a packet of metadata if there is any, into a file.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path, coding: Coding, *, with_data: bool = False) -> None:
        import av

        self._container: Any = av.open(str(path), "w", format=coding.container)
        self._step = Fraction(1, coding.frames_per_s)
        self._video: Any = self._container.add_stream("libx264", rate=coding.frames_per_s, options=OPTIONS)
        self._video.width, self._video.height, self._video.pix_fmt = coding.width_px, coding.height_px, "yuv420p"
        self._data: Any = self._container.add_data_stream("klv") if with_data else None

    def __enter__(self) -> "Muxer":
        self._container.start_encoding()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def video(self, frames: Iterable[Coded]) -> None:
        """Adds frames, in the order in which they were coded."""
        for one in frames:
            self._mux(one, self._video)

    def data(self, content: bytes, frame: int) -> None:
        """Adds the metadata of a frame."""
        self._mux(Coded(content, frame, frame, is_key=True), self._data)

    def _mux(self, one: Coded, stream: object) -> None:
        import av

        packet: Any = av.Packet(one.data)
        packet.pts, packet.dts, packet.time_base, packet.stream = one.pts, one.dts, self._step, stream
        packet.is_keyframe = one.is_key
        self._container.mux(packet)


def parts(count: int) -> Iterator[range]:
    """The numbers of the frames of each part."""
    for first in range(0, count, PART_FRAMES):
        yield range(first, min(count, first + PART_FRAMES))
