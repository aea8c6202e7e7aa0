"""Reports of a case."""
