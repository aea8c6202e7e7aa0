"""AIS logs read and matched with contacts."""

from detection.ais.match import Association, Ledger, Outcome, Unseen, match
from detection.ais.read import read_ais
from detection.ais.tracks import AisPosition, AisStatic, AisTrack, AisTracks

__all__ = [
    "AisPosition",
    "AisStatic",
    "AisTrack",
    "AisTracks",
    "Association",
    "Ledger",
    "Outcome",
    "Unseen",
    "match",
    "read_ais",
]
