"""Security headers that Django has no setting for, on every response."""

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
