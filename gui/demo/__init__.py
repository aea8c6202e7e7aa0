"""The whole job in one go on the practice harbour, and how it compares with the truth."""
