"""The desktop program and the demo: the only package that sees all the others."""
