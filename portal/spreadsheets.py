"""Text on its way into a spreadsheet, which must not take it for a formula."""

# A cell that begins like this is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_text(text: str) -> str:
    """The text as a cell that stays text."""
    return f"'{text}" if text.startswith(_FORMULA) else text
