"""What a curator reads where there is nothing yet: what these records are for, and which to write first."""

from django.utils.translation import gettext_lazy as _

from ..models import (
    Charge,
    Defendant,
    Dispute,
    Exhibit,
    Fact,
    Image,
    KeyPoint,
    Person,
    Place,
    Section,
    Source,
    Term,
    TimelineEntry,
)

FIRST_STEPS = {
    Exhibit: _("No exhibit yet. Begin a new one, or load a package that another museum made."),
    KeyPoint: _("No key points yet. Write three to five sentences that a visitor in a hurry shall take away."),
    Section: _("No sections yet. They tell the story under plain headings: begin with what happened."),
    Person: _("Nobody yet. Begin with the accused: add each person, then the part as accused on the person’s page."),
    Defendant: _("Nobody is accused yet. Add a person first; the part as accused is added on that person’s page."),
    Fact: _("No facts yet. They are added on a person’s page: birth, arrest, sentence, death, each with its source."),
    Charge: _("No charges yet. Say of each what was alleged and what is known: visitors read both side by side."),
    TimelineEntry: _("The timeline is empty. Begin with the days of the trial, then what led to it and what followed."),
    Place: _("No places yet. Add the courtroom first. Those with coordinates stand on the map."),
    Source: _("No sources yet. Add the trial record and your main books first: every statement cites one of them."),
    Dispute: _("No disputes yet. Add a question on which sources differ, what each says, and what the exhibit says."),
    Term: _("No terms yet. Explain words that a visitor may not know: they are explained wherever they stand."),
    Image: _("No images yet. Upload pictures you may show, and say in words what each of them shows."),
}
