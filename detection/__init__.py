"""From footage to reviewed contacts."""
