"""Rules that flag a contact, each with its values and its evidence."""
