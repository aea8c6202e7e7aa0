"""Which pictures the camera has reported, by their index, and which are missing between them. Pure.

CAMERA_IMAGE_CAPTURED.image_index and CAMERA_FEEDBACK.img_idx count one by one, so a gap is a report that was lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.link.messages import Address

LONGEST_GAP = 1000
"""A longer jump is another count, not so many lost reports."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What came of one series of pictures. `first` and `last` None: nothing yet; microseconds as the camera tells them.

    `camera`: who can be asked again for one, None where that cannot be done (CAMERA_FEEDBACK).
    """

    first: int | None = None
    last: int | None = None
    missing: tuple[int, ...] = ()
    last_us: int = 0
    camera: Address | None = None

    def told(self, index: int, at_us: int, camera: Address | None) -> "Reports":
        """After the report of a picture, whether it was taken or failed."""
        if self.last is None or self.first is None:
            return Reports(index, index, (), at_us, camera)
        if index > self.last:
            gap = range(self.last + 1, index)
            lost = (*self.missing, *gap) if len(gap) <= LONGEST_GAP else self.missing
            return Reports(self.first, index, lost, at_us, camera)
        if index in self.missing:
            return replace(self, missing=tuple(one for one in self.missing if one != index))
        if at_us > self.last_us > 0:  # the camera counts anew
            return Reports(index, index, (), at_us, camera)
        return replace(self, first=min(index, self.first))


NOTHING_TOLD = Reports()


def runs(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers in rising order as runs without gaps: first and last of each.

    >>> runs((3, 4, 5, 9))
    ((3, 5), (9, 9))
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def in_words(missing: tuple[int, ...]) -> str:
    """The missing pictures in a sentence; "" for none.

    >>> in_words((3, 4, 5, 9))
    'Not reported: pictures 3 to 5, 9.'
    """
    if not missing:
        return ""
    listed = [str(first) if first == last else f"{first} to {last}" for first, last in runs(missing)]
    more = f" and {len(listed) - 10} more gaps" if len(listed) > 10 else ""
    return f"Not reported: picture{'' if len(missing) == 1 else 's'} {', '.join(listed[:10])}{more}."
