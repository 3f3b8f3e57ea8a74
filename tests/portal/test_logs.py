"""Log lines are data, and hold nothing of a document."""

import json
import logging
import logging.config
import sys
from typing import Any

from portal.logs import LOGGING


def _line(message: object, *words: object, error: BaseException | None = None) -> dict[str, Any]:
    """What a log call would write to a file."""
    configurator = logging.config.DictConfigurator(LOGGING)
    # A copy: it takes the dictionary apart.
    formatter = configurator.configure_formatter(dict(LOGGING["formatters"]["lines"]))
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("pypdf", logging.WARNING, __file__, 1, message, words, told)
    return dict(json.loads(formatter.format(record)))


def test_a_line_of_anybody_is_one_object() -> None:
    """With time, level and logger."""
    line = _line("odd %s", "file")
    assert line["event"] == "odd file"
    assert (line["level"], line["logger"]) == ("warning", "pypdf")
    assert line["at"].endswith("Z")


def _raise_words() -> BaseException:
    try:
        raise ValueError("Key (title)=(Operation Nightjar) already exists")
    except ValueError as error:
        return error


def test_an_error_is_told_by_kind_and_place() -> None:
    """Its message may quote a document, as the database's does."""
    line = _line("not written", error=_raise_words())
    assert line["error"] == "ValueError"
    assert line["where"][-1].endswith("_raise_words")
    assert "Nightjar" not in json.dumps(line)


def test_an_error_in_hand_is_found() -> None:
    """`log.exception` passes no error, only that there is one."""
    from portal.logs import _place_of_error

    try:
        raise KeyError("Operation Nightjar")
    except KeyError:
        told = _place_of_error(None, "error", {"event": "x", "exc_info": True})
    assert told["error"] == "KeyError"
    assert sys.exc_info() == (None, None, None)
    assert "exc_info" not in told


def test_a_line_without_error_stays_as_it_is() -> None:
    """No empty fields."""
    assert not {"error", "where"} & _line("quiet").keys()
