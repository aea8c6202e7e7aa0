"""Reports of a case."""

from detection.report.write import Written, write_report

__all__ = ["Written", "write_report"]
