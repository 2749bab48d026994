"""How the server writes its log: one line an event, whatever a caller sent."""

import logging
import sys


class OneLine(logging.Formatter):
    """Escapes control characters, so that no input can forge a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return "".join(c if c.isprintable() or c == " " else repr(c)[1:-1] for c in super().format(record))


def configure(level: int = logging.INFO) -> None:
    """Log to standard error, uvicorn's messages too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
