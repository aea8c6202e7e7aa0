"""The commands over the detection rooms; `quaywatch.py` composes them."""
