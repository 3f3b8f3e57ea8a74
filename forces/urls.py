"""The addresses of the people page."""

from django.urls import path, register_converter

from forces import confirmation_views, invitation_views, proposal_views, views


class PersonConverter:
    """P-7F3K2M: an id that is in no sequence."""

    regex = "P-[A-HJ-NP-Z2-9]{6}"

    def to_python(self, value: str) -> str:
        """An id is text."""
        return value

    def to_url(self, value: str) -> str:
        """An id is text."""
        return value


register_converter(PersonConverter, "person")

urlpatterns = [
    path("", views.people, name="people"),
    path("add/", views.add, name="people_add"),
    path("review/", confirmation_views.review, name="people_review"),
    path("changes/", proposal_views.waiting, name="people_changes"),
    path("changes/<slug:ref>/confirm/", proposal_views.confirm, name="people_change_confirm"),
    path("changes/<slug:ref>/decline/", proposal_views.decline, name="people_change_decline"),
    path("invitations/", invitation_views.queue, name="invitations"),
    path("invitations/<slug:ref>/close/", invitation_views.close, name="invitation_close"),
    path("<person:public_id>/move/", views.move, name="people_move"),
    path("<person:public_id>/groups/", views.groups, name="people_groups"),
    path("<person:public_id>/end/", views.end, name="people_end"),
    path("<person:public_id>/second-factor/", views.second_factor, name="people_second_factor"),
]
