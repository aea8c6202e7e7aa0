"""Errors of the vision room.

QuaywatchError
└── BadInput
    ├── WeightsError     a model file that cannot be used, or must not be opened unasked
    ├── ImageError       a picture that cannot be read
    └── DataError        a folder of labelled pictures that cannot be used
"""

from planner.model.errors import BadInput


class WeightsError(BadInput):
    """A model file that cannot be used, or must not be opened unasked."""


class ImageError(BadInput):
    """A picture that cannot be read."""


class DataError(BadInput):
    """A folder of labelled pictures that cannot be used."""
