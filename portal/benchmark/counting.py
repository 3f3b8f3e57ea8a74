"""Tells the measuring side how many SQL statements a request took."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase


class StatementCountMiddleware:
    """Adds X-SQL-Count to every answer; in the benchmark settings only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count around everything below, sessions and trail included."""
        count = 0

        def counted(execute: Any, *call: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*call)

        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        response["X-SQL-Count"] = str(count)
        return response
