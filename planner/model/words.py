"""Counts as people read them."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun, in the plural where it is not one; `plural` where that is not made with an s.

    >>> counted(1, "picture"), counted(0, "picture"), counted(2, "box", "boxes")
    ('1 picture', '0 pictures', '2 boxes')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
