"""The pages of an exhibit: one list, mounted under every prefix by `urls`."""

from django.urls import path

from . import feeds, sharing, views

urlpatterns = [
    path("", views.story, name="story"),
    path("defendants/", views.defendants, name="defendants"),
    path("people/", views.people, name="people"),
    path("people/<slug:key>/", views.person, name="person"),
    path("timeline/", views.timeline, name="timeline"),
    path("court/", views.court, name="court"),
    path("charges/", views.charges, name="charges"),
    path("places/", views.places, name="places"),
    path("glossary/", views.glossary, name="glossary"),
    path("disputes/", views.disputes, name="disputes"),
    path("sources/", views.sources, name="sources"),
    path("editions/", views.editions, name="editions"),
    path("editions/feed.xml", feeds.editions_feed, name="editions_feed"),
    path("share.png", sharing.share, name="share"),
    path("people/<slug:key>/share.png", sharing.share_person, name="share_person"),
    path("document.json", views.document_json, name="document_json"),
    path("timeline.json", views.timeline_json, name="timeline_json"),
]
