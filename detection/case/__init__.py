"""The store of a case: everything that was found, reviews, evidence."""
