"""The catalogue of what the trail records; an event that is not here cannot be recorded."""

from django.db import models


class Event(models.TextChoices):
    """One value for each kind of row."""

    REFUSAL = "refusal", "Refused to show a document"
    SENSITIVE_READING = "sensitive-reading", "Read an OFFICIAL-SENSITIVE document"
    SEARCH = "search", "Searched"
    SUBMISSION = "submission", "Submitted for review"
    REVIEW = "review", "Approved or sent back a revision"
    PUBLICATION = "publication", "Published"
    NARROWING = "narrowing", "Let fewer people read"
    WITHDRAWAL = "withdrawal", "Withdrew or superseded"
    DELETION = "deletion", "Asked for deletion, deleted or kept"
    FILE_REFUSED = "file-refused", "Refused an upload"
    IMPORT = "import", "Imported a document as a draft"
    SIGN_IN = "sign-in", "Signed in"
    FORCE_ACCOUNT = "force-account", "Tied a force's account to a person, or took it away"
    SIGN_IN_FAILED = "sign-in-failed", "Failed to sign in"
    SIGN_OUT = "sign-out", "Signed out"
    SESSION_ENDED = "session-ended", "Ended a session"
    ENROLMENT = "enrolment", "Enrolled a second factor"
    SECOND_FACTOR_REMOVED = "second-factor-removed", "Removed a second factor"
    INVITATION = "invitation", "Invited, asked or joined"
    DIRECTORY = "directory", "A force's directory said who joins or leaves"
    PERSON_CREATED = "person-created", "Added a person"
    MEMBERSHIP_CHANGED = "membership-changed", "Changed a membership"
    ORGANISATION_CHANGED = "organisation-changed", "Changed an organisation, region or phase"
    EXPORT = "export", "Took a table out of the portal"
    GRANT = "grant", "Break-glass: asked, granted, declined or ended"
    GRANT_READING = "grant-reading", "Read a document by a break-glass grant"
