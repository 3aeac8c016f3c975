"""Snakemake's jobs as lines of JSON: `snakemake --logger jobs`, with workflow/lib in PYTHONPATH.

Snakemake's own text shows no files of a rule that has a message. Errors go to standard error.
"""

import json
import logging
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

LISTS = ("input", "output", "log")


class LogHandler(LogHandlerBase):
    """One line on the standard output for each job that is run or, in a dry run, would be."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True  # nothing is kept back
    has_formatter = True
    needs_rulegraph = False

    def emit(self, record: logging.LogRecord) -> None:
        """Print a job as JSON; numbers that are not known before it runs are left out."""
        if getattr(record, "event", None) == LogEvent.JOB_INFO:
            print(json.dumps(described(record)), flush=True)
        elif record.levelno >= logging.ERROR:
            print(record.getMessage(), file=sys.stderr, flush=True)


def described(record: logging.LogRecord) -> dict:
    """The fields of a job that others read."""
    resources = {
        name: value
        for name, value in record.resources.items()
        if isinstance(value, int | str) and value != "<TBD>" and not name.startswith("_")
    }
    return {
        "rule": record.rule_name,
        **{name: list(getattr(record, name) or ()) for name in LISTS},
        "benchmark": record.benchmark,
        "wildcards": dict(record.wildcards),
        "reason": record.reason,
        "threads": record.threads,
        "resources": resources,
    }
