"""All addresses: the curators' admin, and the visitors' pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("trials.pages.urls")),
]

handler400 = "trials.pages.errors.bad_request"
handler403 = "trials.pages.errors.forbidden"
handler404 = "trials.pages.lost.not_found"
handler500 = "trials.pages.errors.server_error"
