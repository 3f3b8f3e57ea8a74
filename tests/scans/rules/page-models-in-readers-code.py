"""What `page-models-in-readers-code` finds, and what it leaves alone."""

from django.shortcuts import get_object_or_404

from guidance.models import Document, LessonPage, Term


def lists(request):
    # ruleid: page-models-in-readers-code
    rows = Document.objects.filter(state="published")
    # ruleid: page-models-in-readers-code
    lesson = get_object_or_404(LessonPage.objects, pk=request.GET["id"])
    # ruleid: page-models-in-readers-code
    everything = LessonPage._base_manager.all()
    # ok: page-models-in-readers-code
    terms = Term.objects.all()
    # ok: page-models-in-readers-code
    visible = Document.visible(request.viewer, at=request.now)
    return rows, lesson, everything, terms, visible
