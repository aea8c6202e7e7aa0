"""Contacts, reviews and AIS in the words that the Review page shows."""

from datetime import datetime

from detection.ais.match import Association, Outcome
from detection.case.values import QueueItem, Review
from detection.track.contacts import Contact
from gui.units import speed_text

RULE_WORDS = {"no-ais": "No AIS", "restricted-zone": "In restricted water", "alongside": "Alongside another vessel"}


def detail(item: QueueItem) -> str:
    """What the queue says of a contact: its flags, and its length on a line of its own."""
    rules = ", ".join(dict.fromkeys(rule_words(f.rule) for f in item.flags)) or "No flag"
    if not item.contact.confirmed:
        rules = "Perhaps no vessel"
    return f"{rules}\n{length(item.contact)}"


def rule_words(rule: str) -> str:
    """A rule in words."""
    return RULE_WORDS.get(rule, rule.replace("-", " ").capitalize())


def length(contact: Contact) -> str:
    """A length with its unit."""
    if contact.length_m is None:
        return "length unknown"
    shortest, longest = contact.length_m
    if longest - shortest < 1:
        return f"{(shortest + longest) / 2:.0f} m"
    return f"{shortest:.0f} to {longest:.0f} m"


def facts(item: QueueItem) -> tuple[tuple[str, str], ...]:
    """What was measured, by name."""
    contact = item.contact
    facts = [("Length", length(contact)), ("Sightings", str(item.sighting_count))]
    if contact.first_seen_utc is not None and contact.last_seen_utc is not None:
        facts.append(("Seen", f"{clock(contact.first_seen_utc)} to {clock(contact.last_seen_utc)}"))
    if contact.speed_m_s is not None:
        course = "" if contact.course_deg is None else f", course {contact.course_deg:03.0f}°"
        facts.append(("Speed", f"{speed_text(contact.speed_m_s, contact.speed_sigma_m_s)}{course}"))
    if contact.ellipse is not None:
        facts.append(("Position", f"within {2.146 * contact.ellipse.major_m:.0f} m (90 %)"))
    facts += [("Note", note) for note in contact.notes]
    return tuple(facts)


def identity(found: Association | None) -> str:
    """What AIS says of a contact, in a sentence."""
    if found is None:
        return "No AIS log was given."
    match found.outcome:
        case Outcome.MATCHED:
            return "This vessel's AIS was heard."
        case Outcome.AMBIGUOUS:
            return "More than one vessel fits, or more than one report: decide by eye. The nearest report:"
        case Outcome.UNPLACED:
            return "Its position is not known, so AIS cannot be compared."
        case Outcome.DARK:
            return "No AIS report that was heard fits this vessel."


def position(contact: Contact) -> str:
    """A position in degrees."""
    if contact.at is None:
        return "position unknown"
    lat, lon = contact.at.lat_deg, contact.at.lon_deg
    return f"{abs(lat):.5f}° {'N' if lat >= 0 else 'S'}  {abs(lon):.5f}° {'E' if lon >= 0 else 'W'}"


def review_line(review: Review) -> str:
    """A review in one line."""
    note = f": {review.note}" if review.note else ""
    return f"{review.at_utc:%Y-%m-%d %H:%M} UTC, {review.by}: {review.verdict.value}{note}"


def clock(moment: datetime | None) -> str:
    """A time of day."""
    return "time unknown" if moment is None else f"{moment:%H:%M:%S} UTC"
