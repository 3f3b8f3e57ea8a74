"""The content of the portal: what forces publish, its files, and who approved it."""

from guidance.models.approvals import Approval, FourEyesTask, Review
from guidance.models.break_glass import BreakGlassRequest
from guidance.models.changes import Change, Pending, SearchIndex, Taken
from guidance.models.deletions import DeletionRequest
from guidance.models.document import Attachment, Document
from guidance.models.evaluation import EvaluationPage
from guidance.models.files import StoredFile, StoredImage, StoredRendition
from guidance.models.guidance import GuidancePage
from guidance.models.lesson import AffectedGuidance, LessonPage
from guidance.models.platform import PlatformPage
from guidance.models.references import Reference
from guidance.models.requests import GuidanceRequest
from guidance.models.sections import ForceSection, Library
from guidance.models.vocabulary import AudienceTerm, LawReference, Term

__all__ = [
    "AffectedGuidance",
    "Approval",
    "Attachment",
    "AudienceTerm",
    "BreakGlassRequest",
    "Change",
    "DeletionRequest",
    "Document",
    "EvaluationPage",
    "ForceSection",
    "FourEyesTask",
    "GuidancePage",
    "GuidanceRequest",
    "LawReference",
    "LessonPage",
    "Library",
    "Pending",
    "PlatformPage",
    "Reference",
    "Review",
    "SearchIndex",
    "StoredFile",
    "StoredImage",
    "StoredRendition",
    "Taken",
    "Term",
]
