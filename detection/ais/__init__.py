"""AIS logs read and matched with contacts."""
