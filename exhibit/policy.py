"""Rules for every request and response that Django has no setting for: security headers, and no cookies."""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import BadRequest
from django.utils import translation

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
# The admin's jQuery writes HTML in ways that Trusted Types forbid; all else is as strict as for visitors.
NOT_IN_THE_ADMIN = ("require-trusted-types-for", "trusted-types")

# What is not published: seen in frames of our own admin, kept by nobody, and its address, which may hold a token,
# is told to nobody.
PREVIEWS = "/preview/"
PREVIEW_HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Robots-Tag": "noindex, nofollow",
}


class PolicyMiddleware(CSPMiddleware):
    """django-csp with the exceptions of the admin and of previews, and the headers beside it.

    Stands first: it sees every answer.
    """

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path_info.startswith("/admin/"):
            directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
            parts.config = {name: value for name, value in directives.items() if name not in NOT_IN_THE_ADMIN}
        if not report_only and request.path_info.startswith(PREVIEWS):
            parts.replace = {"frame-ancestors": ["'self'"]}
        return parts

    def process_response(self, request, response):
        response = super().process_response(request, response)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path_info.startswith(PREVIEWS):
            for name, value in PREVIEW_HEADERS.items():
                response[name] = value
        return response


class CookieMiddleware:
    """No visitor's page reads or sets a cookie, whatever the browser sends: sessions are for curators alone."""

    # Images that are not public yet, and previews without a link, are for curators too; the views say which.
    WITH_SESSIONS = ("/admin/", "/media/", "/preview/exhibits/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(self.WITH_SESSIONS):
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)


class LanguageMiddleware:
    """A page's language is in its address. In the admin, whose addresses have none, it is each curator's choice.

    The choice is kept in a cookie; before there is one, the browser's own language is taken.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        in_admin = request.path_info.startswith("/admin/")
        # Django looks at cookies and headers only where it is let to: nowhere else.
        language = translation.get_language_from_request(request) if in_admin else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        if in_admin:
            response.setdefault("Content-Language", language)
        return response


class NulMiddleware:
    """No query holds a NUL: PostgreSQL fails at it wherever a filter or a search of the admin hands it on."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The query of the address holds a NUL.")
        return self.get_response(request)
