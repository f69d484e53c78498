"""The working copy that curators edit, and the editions and displays that everybody else reads."""

from .base import Confidence, Conflict, Standing
from .editions import Checkpoint, Display, Edition, PreviewLink, PublishedImage, SearchEntry, Takedown
from .evidence import Citation, Dispute, Source, Term
from .exhibit import Exhibit, KeyPoint, Section
from .images import Image
from .people import Charge, Connection, Defendant, Fact, Name, Participant, Person, Reading
from .spreadsheets import Spreadsheet
from .timeline import Place, Sitting, TimelineEntry

__all__ = [
    "Charge",
    "Checkpoint",
    "Citation",
    "Confidence",
    "Conflict",
    "Connection",
    "Defendant",
    "Display",
    "Dispute",
    "Edition",
    "Exhibit",
    "Fact",
    "Image",
    "KeyPoint",
    "Name",
    "Participant",
    "Person",
    "Place",
    "PreviewLink",
    "PublishedImage",
    "Reading",
    "SearchEntry",
    "Section",
    "Sitting",
    "Source",
    "Spreadsheet",
    "Standing",
    "Takedown",
    "Term",
    "TimelineEntry",
]
