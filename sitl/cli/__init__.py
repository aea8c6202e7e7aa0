"""The commands `quaywatch sim ...`."""
