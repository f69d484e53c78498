"""Pages for what went wrong: each says what happened and where to go on."""

from django.shortcuts import render


def bad_request(request, exception=None):
    """The request could not be understood."""
    return render(request, "errors/400.html", status=400)


def forbidden(request, exception=None):
    """The visitor may not see this."""
    return render(request, "errors/403.html", status=403)


def csrf_failure(request, reason=""):
    """A form was sent without its token."""
    return render(request, "errors/403_csrf.html", status=403)


def not_found(request, exception=None):
    """There is no such page."""
    return render(request, "errors/404.html", status=404)


def server_error(request):
    """Something failed on our side."""
    return render(request, "errors/500.html", status=500)


def unavailable(request):
    """The edition on display is not what was published: it is not shown, and nothing is shown in its place."""
    response = render(request, "errors/503.html", status=503)
    response["Retry-After"] = "600"
    return response
