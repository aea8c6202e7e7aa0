"""From a place to guard to a flown mission."""
