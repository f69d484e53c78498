"""What templates of an exhibit's pages print with: texts, dates, links and citations."""

import re
from functools import partial

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info, pgettext
from django.utils.translation import gettext as _

from trials import dates, languages, prose
from trials.editions.display import image_notice
from trials.models import Standing
from trials.pages import links
from trials.pages.pictures import picture_on

register = template.Library()

# What stands before the number of a page in a citation.
PAGE = re.compile(r"\bpp?\.(?=\s?\d)")


def _in_its_language(page, text, html, tag):
    """``html`` of a text, marked with its language where that is not the page's."""
    shown = text.language(page.language)
    return html if shown == page.language else format_html('<{} lang="{}">{}</{}>', tag, shown, html, tag)


@register.simple_tag(takes_context=True)
def text(context, value):
    """A text of one line in the page's language, or in the one that stands in for it."""
    return _in_its_language(context["page"], value, escape(value), "span") if value else ""


@register.simple_tag(takes_context=True)
def prose_block(context, value):
    """Prose as paragraphs, with its citations as numbered notes of the page; it says so where it is not translated."""
    if not value:
        return ""
    html = _prose(context["page"], value, prose.to_html, "div")
    if value.language(context["page"].language) == context["page"].language:
        return html
    return format_html('{}<p class="untranslated">{}</p>', html, _("This text has not been translated yet."))


@register.simple_tag(takes_context=True)
def prose_line(context, value):
    """Prose of one paragraph, to stand inside another element."""
    return _prose(context["page"], value, prose.to_inline_html, "span") if value else ""


@register.simple_tag(takes_context=True)
def plain_text(context, value):
    """The words of prose alone, marked with their language where that is not the page's."""
    return _in_its_language(context["page"], value, escape(prose.to_plain(str(value))), "span") if value else ""


def _prose(page, value, convert, tag):
    html = convert(str(value), link=partial(_record, page), cite=partial(_mark, page))
    return _in_its_language(page, value, mark_safe(html), tag)  # noqa: S308 (cleaned by nh3)


@register.filter
def plain(value):
    """The words of prose alone."""
    return prose.to_plain(str(value))


@register.filter("locator")
def locator_in_words(locator):
    """Where in a source, in the active language: “pp. 46–51” is «с. 46–51»."""
    # Translators: before the number of a page, and of several.
    words = {"p.": pgettext("in a source", "p."), "pp.": pgettext("in a source", "pp.")}
    return PAGE.sub(lambda found: words[found[0]], locator)


def _mark(page, key, locator) -> str:
    note, new = page.notes.cite(key, locator)
    label = ", ".join(filter(None, (str(note.source.label), locator_in_words(locator))))
    return format_html(
        '<sup><a {}href="#note-{}" role="doc-noteref" aria-label="{}">{}</a></sup>',
        format_html('id="cite-{}" ', note.number) if new else "",
        note.number,
        _("Source %(number)s: %(label)s") % {"number": note.number, "label": label},
        note.number,
    )


@register.simple_tag(takes_context=True)
def cite(context, citations):
    """The numbered marks of a statement's citations that support it."""
    marks = [(_mark(context["page"], c.source, c.locator),) for c in citations if not c.contradicts]
    return format_html_join(prose.NARROW_SPACE, "{}", marks)


@register.simple_tag(takes_context=True)
def when(context, dated, css=""):
    """A date in words, for people and for machines; in an element of the class ``css`` where one is given."""
    if not dated.date:
        return ""
    words = dates.in_words(dated.when, context["page"].language, dated.time)
    machine = dates.datetime_attribute(dated.when)
    style = format_html(' class="{}"', css) if css else ""
    if machine:
        return format_html('<time{} datetime="{}">{}</time>', style, machine, words)
    return format_html("<span{}>{}</span>", style, words) if css else words


@register.simple_tag(takes_context=True)
def link(context, name, **where):
    """The relative link to another page of the exhibit."""
    return context["page"].link(name, **where)


@register.simple_tag(takes_context=True)
def record(context, kind, key):
    """The relative link to a record of the exhibit."""
    return _record(context["page"], kind, key)


def _record(page, kind, key):
    """The link to a record; a word that is linked is explained where it stands."""
    if kind == "term":
        page.terms[key] = page.document.records["terms"][key]
    return page.record(kind, key)


@register.simple_tag(takes_context=True)
def picture(context, image, place):
    """An image as the page shows it at this place: see `trials.pages.pictures`."""
    return picture_on(context["page"], image, place)


@register.simple_tag(takes_context=True)
def lookup(context, part, key):
    """The record of the exhibit with this key; None where no key is given."""
    return context["exhibit"].records[part][key] if key else None


@register.simple_tag(takes_context=True)
def reference(context, source):
    """A source as a bibliography prints it: each part in its language, also a title amid a description."""
    page, words = context["page"].language, str(source.reference)
    shown = source.reference_language(page)
    if shown != page:
        return format_html('<span lang="{}">{}</span>', shown, words)
    if source.language in ("", page):
        return words
    pieces = enumerate(languages.split_by_script(words, page))
    mark = partial(format_html, '<span lang="{}">{}</span>', source.language)
    return format_html_join("", "{}", ((mark(piece) if odd % 2 else piece,) for odd, piece in pieces))


@register.filter
def anchor(record, kind):
    """The id of a record on its page."""
    return links.anchor(kind, record.key)


@register.filter
def notice(image):
    """What is said in place of an image that is taken down; None where it is shown."""
    return image_notice(image.sha256)


@register.filter
def marked(standing):
    """Whether a standing must be said in words: documented needs no mark beside its source."""
    return standing != Standing.DOCUMENTED


def language_name(code):
    """The name of a language in the active one: “German” for de; the code itself where it is not known."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def language_in_words(code):
    """The name of a language as it stands amid a sentence: with a small letter in Russian."""
    name = language_name(code)
    return name.lower() if languages.is_cyrillic(get_language()) else name


@register.filter
def initials(person):
    """The initials of a person's name, which stand where no verified portrait is held."""
    words = str(person.name).replace("(", " ").split()
    return "".join(word[0] for word in (words[0], words[-1]) if word) if words else ""


@register.filter
def time_of_day(time):
    """A time of day as a heading: “Morning”, “12.05”."""
    words = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening"), "night": _("Night")}
    return words.get(time, time.replace(":", "."))


@register.simple_tag(takes_context=True)
def edition_link(context, edition):
    """A link to the lasting address of an edition; its name alone in a preview, whose links stay inside it."""
    if context["page"].preview:
        return _("Edition %(number)s") % {"number": edition.number}
    path = links.exhibit_path(edition.slug, context["page"].language, edition.number)
    return format_html('<a href="{}">{}</a>', path, _("Edition %(number)s") % {"number": edition.number})
