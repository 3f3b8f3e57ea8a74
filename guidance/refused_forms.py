"""Answers 4xx where the editor refused a form, so that no script takes a refusal for a success.

Wagtail shows a refused form again with 200. The page stays the same: what was written is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse

from guidance.forms import OVERTAKEN, DocumentForm


class RefusedFormMiddleware:
    """Sets the status of an editor's page that holds a form with errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; `process_template_response` has the form."""
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> HttpResponse:
        """409 where somebody else was faster, 400 for every other error."""
        form = (response.context_data or {}).get("form")
        if isinstance(form, DocumentForm) and form.is_bound and not form.is_valid():
            clash = form.has_error(NON_FIELD_ERRORS, code=OVERTAKEN)
            response.status_code = HTTPStatus.CONFLICT if clash else HTTPStatus.BAD_REQUEST
        return response
