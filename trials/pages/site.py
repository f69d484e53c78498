"""Pages of the whole site: the museum's front door, and what a museum says of itself."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import translation
from django.views.decorators.http import require_safe

from ..editions.display import on_display, readable
from ..editions.document import Document
from ..languages import language_codes
from . import exhibit_urls, links
from .translations import Translation, translations


def _site_page(name):
    """A view that shows the template ``museum/<name>.html``, which a museum may override."""

    @require_safe
    def page(request, language):
        shown = [exhibit for exhibit in readable() if language in exhibit.document.languages]
        with translation.override(language):
            response = render(
                request,
                f"museum/{name}.html",
                {
                    "language": language,
                    "exhibits": shown,
                    "notices": [exhibit.notice for exhibit in on_display().values() if exhibit.notice],
                    "museum": settings.MUSEUM_NAME,
                    "contact": settings.MUSEUM_CONTACT,
                    "address": links.absolute(links.site_path(name, language)),
                    "translations": translations_of(name, language),
                },
            )
        response["Cache-Control"] = "no-cache"
        return response

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


@require_safe
def robots(request):
    """What crawlers may read: everything public."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /preview/", f"Sitemap: {links.absolute('/sitemap.xml')}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request):
    """Every public page on display, in every language it is shown in."""
    addresses = [links.site_path(name, settings.LANGUAGE_CODE) for name in ("front_door", "about", "accessibility")]
    for shown in readable():
        for language in shown.document.languages:
            if language not in language_codes():
                continue
            mount = links.exhibit_path(shown.slug, language)
            addresses += [mount + path for path in _paths(shown.document)]
    return render(
        request,
        "sitemap.xml",
        {"addresses": [links.absolute(address) for address in addresses]},
        content_type="application/xml",
    )


def _paths(document) -> list[str]:
    pages = [links.address(page.name) for page in exhibit_urls.urlpatterns if not page.pattern.converters]
    people = [links.address("person", key=person.key) for person in document.people]
    return [path for path in pages if not path.endswith(".json")] + people


@require_safe
def favicon(request):
    """Browsers ask for this address by themselves."""
    return redirect(static("favicon.svg"), permanent=False)


@require_safe
def document_schema(request):
    """The JSON schema of an exhibit's document."""
    return JsonResponse(Document.model_json_schema(), json_dumps_params={"ensure_ascii": False, "indent": 2})
