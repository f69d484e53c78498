"""Rules for every request and response that Django has no setting for: security headers, and no cookies."""

from csp.middleware import CSPMiddleware
from django.conf import settings

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


class PolicyMiddleware(CSPMiddleware):
    """django-csp with the admin's exception, and the headers beside it. Stands first: it sees every answer."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path_info.startswith("/admin/"):
            directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
            parts.config = {name: value for name, value in directives.items() if name not in NOT_IN_THE_ADMIN}
        return parts

    def process_response(self, request, response):
        response = super().process_response(request, response)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class CookieMiddleware:
    """No visitor's page reads or sets a cookie, whatever the browser sends: sessions are for curators alone."""

    # Images that are not public yet are for curators too; the view says which.
    WITH_SESSIONS = ("/admin/", "/media/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(self.WITH_SESSIONS):
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)
