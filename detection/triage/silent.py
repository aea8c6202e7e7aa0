"""Rule `no-ais`: a vessel that no AIS report accounts for, where the receiver heard others."""

from collections.abc import Iterator

from detection.ais.match import Outcome
from detection.track.contacts import Contact
from detection.triage.flags import Flag
from detection.triage.scene import Scene, flag_id
from detection.triage.thresholds import Thresholds

RULE = "no-ais"
MUST, MAY, EXEMPT, UNKNOWN = "likely required", "may be required", "not required", "unknown"
SCORES = {MUST: 0.8, MAY: 0.5, EXEMPT: 0.2, UNKNOWN: 0.4}


def no_ais(scene: Scene, limits: Thresholds) -> Iterator[Flag]:
    """Flags contacts that no vessel of the AIS log can be, and says whether they should carry it, by their length.

    Silence proves something only where the receiver worked: a contact is not flagged unless another vessel was heard
    around that time and place. An ambiguous contact is not flagged either.
    """
    if scene.tracks is None or scene.ledger is None:
        return
    dark = {a.contact_id for a in scene.ledger.associations if a.outcome is Outcome.DARK}
    for contact in scene.contacts:
        if contact.contact_id not in dark or contact.at is None or contact.at_utc is None:
            continue
        heard = scene.tracks.heard(
            contact.at_utc, around_s=limits.ais_heard_s, near=contact.at, within_m=limits.ais_heard_within_m
        )
        if heard:
            yield _flag(scene, contact, len(heard), limits)


def _flag(scene: Scene, contact: Contact, heard: int, limits: Thresholds) -> Flag:
    duty = carriage(contact, limits)
    minutes, km = limits.ais_heard_s / 60, limits.ais_heard_within_m / 1000
    others = "one other vessel" if heard == 1 else f"{heard} other vessels"
    reason = (
        f"{_size(contact, duty, limits)} sent no AIS position that fits, while the receiver heard {others} "
        f"within {minutes:.0f} min and {km:.0f} km."
    )
    shortest, longest = contact.length_m or (None, None)
    return Flag(
        flag_id=flag_id(RULE, contact.contact_id),
        contact_id=contact.contact_id,
        rule=RULE,
        score=SCORES[duty],
        reason=reason,
        values={
            "carriage": duty,
            "length_shortest_m": None if shortest is None else round(shortest, 1),
            "length_longest_m": None if longest is None else round(longest, 1),
            "threshold_length_m": limits.ais_carriage_length_m,
            "vessels_heard": heard,
            "heard_within_min": minutes,
            "heard_within_km": km,
            "coverage": "one receiver's log: a vessel behind a quay or out of its range is not heard",
        },
        frame_ids=scene.frames_of(contact),
    )


def carriage(contact: Contact, limits: Thresholds) -> str:
    """Whether a vessel of that length has to carry AIS, as far as length alone can tell."""
    if contact.length_m is None:
        return UNKNOWN
    shortest, longest = contact.length_m
    if shortest >= limits.ais_carriage_length_m:
        return MUST
    return EXEMPT if longest < limits.ais_carriage_length_m else MAY


def _size(contact: Contact, duty: str, limits: Thresholds) -> str:
    if contact.length_m is None:
        return "A vessel of unknown length (whether it must carry AIS is not known)"
    shortest, longest = contact.length_m
    span = f"{shortest:.0f} m" if round(shortest) == round(longest) else f"{shortest:.0f} to {longest:.0f} m"
    limit = f"{limits.ais_carriage_length_m:.0f} m"
    said = {
        MUST: f"{limit} or more: likely required to carry AIS",
        MAY: f"it may reach {limit}: may be required to carry AIS",
        EXEMPT: f"under {limit}: not required to carry AIS",
    }[duty]
    return f"A vessel {span} long ({said})"
