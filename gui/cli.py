"""The commands that need every package: the window and the demo."""


def open_window() -> int:
    """Opens the desktop program; returns its exit code."""
    import sys

    from gui.app import run

    return run(sys.argv[:1])
