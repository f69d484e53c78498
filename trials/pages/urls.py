"""The public addresses. The main language has no prefix; the others have their code: /ru/…"""

from django.conf import settings
from django.urls import include, path, register_converter

from . import feeds, links, media, preview, search, site, sitemap


class OtherLanguage:
    """The code of a language that this museum offers beside the main one."""

    regex = "[a-z]{2,3}(?:-[a-z0-9]{2,8})*"

    def to_python(self, value):
        """Refuse what is not offered, so that the address is looked for elsewhere."""
        if value == settings.LANGUAGE_CODE or value not in dict(settings.LANGUAGES):
            raise ValueError(value)
        return value

    def to_url(self, value):
        """The code itself."""
        return value


register_converter(OtherLanguage, "language")

pages = [
    path("", site.front_door, name="front_door"),
    path("page/<int:number>/", site.front_door, name="front_door_page"),
    path("about/", site.about, name="about"),
    path("accessibility/", site.accessibility, name="accessibility"),
    path("privacy/", site.privacy, name="privacy"),
    path("report/", site.report, name="report"),
    path("search/", search.search, name="search"),
    path("feed.xml", feeds.feed, name="feed"),
    path("exhibits/<slug:slug>/", include(links.EXHIBIT_URLS)),
    path("exhibits/<slug:slug>/editions/<int:number>/", include(links.EXHIBIT_URLS)),
]


def _previews(answer, image):
    """The pages and images of a preview: in the main language without a prefix, in others with it."""
    mounted = [
        path("media/<str:sha256>/<str:name>", image),
        path("", include(links.EXHIBIT_URLS), {"answer": answer}),
    ]
    main = path("", include(mounted), {"language": settings.LANGUAGE_CODE})
    return include([main, path("<language:language>/", include(mounted))])


previews_for_curators = _previews(preview.for_curators, preview.image_for_curators)

urlpatterns = [
    path("healthz", site.healthz, name="healthz"),
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemap.sitemap_part, name="sitemap_part"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("schema/document.json", site.document_schema, name="document_schema"),
    path("media/<str:sha256>/<str:name>", media.image, name="image"),
    path("preview/exhibits/<int:pk>/", previews_for_curators),
    path("preview/exhibits/<int:pk>/editions/<int:number>/", previews_for_curators),
    path("preview/<str:token>/", _previews(preview.by_link, preview.image_by_link)),
    path("", include(pages), {"language": settings.LANGUAGE_CODE}),
    path("<language:language>/", include(pages)),
]
