"""The addresses of files and pictures, below the address of their document."""

from django.urls import path, register_converter

from guidance import views
from guidance.models.references import ALPHABET, LENGTH


class ReferenceConverter:
    """GD-7F3K2: two letters and five characters of the alphabet of references."""

    regex = rf"(?:GD|LS|EV|PL)-[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        """A reference is text."""
        return value

    def to_url(self, value: str) -> str:
        """A reference is text."""
        return value


class FileReferenceConverter(ReferenceConverter):
    """F-7F3K2: a file or picture."""

    regex = rf"F-[{ALPHABET}]{{{LENGTH}}}"


register_converter(ReferenceConverter, "ref")
register_converter(FileReferenceConverter, "fileref")

urlpatterns = [
    path("<ref:ref>/files/<fileref:file_ref>/", views.file, name="document_file"),
    path("<ref:ref>/images/<fileref:image_ref>/<int:width>/", views.image, name="document_image"),
]
