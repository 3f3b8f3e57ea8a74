"""What `markup-from-parts` finds, and what it leaves alone."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


def marked(word, template):
    # ruleid: markup-from-parts
    yield mark_safe("<b>" + word + "</b>")
    # ruleid: markup-from-parts
    yield SafeString(word)
    # ruleid: markup-from-parts
    yield format_html(f"<b>{word}</b>")
    # ruleid: markup-from-parts
    yield format_html("<b>" + word + "</b>")
    # ruleid: markup-from-parts
    yield format_html("<b>%s</b>" % word)
    # ruleid: markup-from-parts
    yield format_html(template, word)
    # ok: markup-from-parts
    yield format_html("<b>{}</b>", word)
    # ok: markup-from-parts
    yield format_html_join("", "<li>{}</li>", ((word,),))


# ok: markup-from-parts
def control(field) -> SafeString:
    return field.as_widget()
