"""Pages of the whole site: the museum's front door, and what a museum says of itself."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import translation
from django.views.decorators.http import require_safe

from ..editions.display import on_display, readable
from ..editions.document import Document
from ..languages import language_codes
from . import links, shelf
from .keeping import kept, may_be_kept
from .translations import Translation, translations


def _site_page(name):
    """A view that shows the template ``museum/<name>.html``, which a museum may override.

    ``number`` is that of a page of exhibits, for the front door of a museum that has many. Raises Http404.
    """

    @may_be_kept
    @require_safe
    def page(request, language, number=1):
        exhibits = Paginator(shelf.offered(language), shelf.PER_PAGE)
        if not 1 <= number <= exhibits.num_pages:
            raise Http404("There are not so many exhibits.")
        with translation.override(language):
            response = render(
                request,
                f"museum/{name}.html",
                {
                    "language": language,
                    "exhibits": readable(exhibits.page(number).object_list),
                    "shelf": exhibits.page(number),
                    "notices": [exhibit.notice for exhibit in on_display().values() if exhibit.notice],
                    "museum": settings.MUSEUM_NAME,
                    "contact": settings.MUSEUM_CONTACT,
                    "address": links.absolute(links.site_path(name, language, number)),
                    "translations": translations_of(name, language),
                },
            )
        response["Cache-Control"] = "no-cache"
        return kept(response)

    page.__name__ = name
    return page


def translations_of(name, language) -> list[Translation]:
    """A page of the whole site in each language of the museum."""
    return translations(language_codes(), language, lambda code: links.site_path(name, code))


front_door = _site_page("front_door")
about = _site_page("about")
accessibility = _site_page("accessibility")
privacy = _site_page("privacy")
report = _site_page("report")


@require_safe
def healthz(request):
    """The process is up."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@may_be_kept
@require_safe
def robots(request):
    """What crawlers may read: everything public."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /preview/", f"Sitemap: {links.absolute('/sitemap.xml')}"]
    headers = {"Cache-Control": "no-cache"}
    return kept(HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8", headers=headers))


@require_safe
def favicon(request):
    """Browsers ask for this address by themselves."""
    return redirect(static("favicon.ico"), permanent=False)


@may_be_kept
@require_safe
def document_schema(request):
    """The JSON schema of an exhibit's document."""
    layout = {"ensure_ascii": False, "indent": 2}
    headers = {"Cache-Control": "no-cache"}
    return kept(JsonResponse(Document.model_json_schema(), json_dumps_params=layout, headers=headers))
