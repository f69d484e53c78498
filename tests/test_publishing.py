"""Publishing from the admin: what will change is shown first, a note is required, and nothing happens by accident."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from tests import cases
from tests.html import Page
from trials import models
from trials.admin.progress import counted
from trials.editions import display, publish

PUBLISH = "/admin/trials/exhibit/publish/"


@pytest.fixture
def curator(db, client):
    """Somebody of the group that a migration made for those who publish, signed in."""
    user = User.objects.create_user("curator", is_staff=True)
    user.groups.add(Group.objects.get(name="curator"))
    client.force_login(user)
    return client


def page_of(client, *exhibits):
    return client.get(PUBLISH, {"exhibit": [exhibit.pk for exhibit in exhibits]})


def send(client, *exhibits, **data):
    """Send the form of the publishing page as it was shown."""
    page = Page(page_of(client, *exhibits).content.decode())
    seen = next((field["value"] for field in page.all("input") if field.get("name") == "seen"), "")
    query = "&".join(f"exhibit={exhibit.pk}" for exhibit in exhibits)
    return client.post(f"{PUBLISH}?{query}", {"note": "A note.", "starts": "", "seen": seen, **data})


def words_of(response):
    """The page of an answer, which may come in parts as the work goes on."""
    return (response.getvalue() if response.streaming else response.content).decode()


def steps(exhibit, *names):
    """The addresses of publishing and of further steps from the exhibit's page."""
    return [f"{PUBLISH}?exhibit={exhibit.pk}", *(f"/admin/trials/exhibit/{exhibit.pk}/{name}/" for name in names)]


def shown():
    """Which editions visitors see, by slug."""
    display.forget_what_is_on_display()
    return {slug: row.number for slug, row in display.on_display().items()}


def test_looking_publishes_nothing(small, curator):
    assert page_of(curator, small).status_code == 200
    assert shown() == {} and not models.Edition.objects.exists()


def test_publishing_puts_the_working_copy_on_display_and_says_from_when(small, curator):
    html = words_of(send(curator, small))
    assert shown() == {"small": 1}
    assert html.index("Reading the working copy") < html.index("Checking it") < html.index("Writing the edition")
    assert "Edition 1 of “A small exhibit” is on display from" in html and "(Europe/Berlin)" in html
    edition = models.Edition.objects.get()
    assert edition.note == "A note." and edition.created_by.username == "curator"


def test_what_will_change_is_shown_word_by_word(small, curator):
    publish.publish(small, "First.")
    person = models.Person.objects.get(key="radek")
    person.life = {"en": "A journalist and a writer."}
    person.save()
    models.Term.objects.get().delete()
    page = Page(page_of(curator, small).content.decode())
    assert page.all("ins") and page.all("del")
    for words in ("Karl Radek", "and a writer", "Show trial", "1 changed, 1 removed", "Visitors see edition 1 now."):
        assert words in page.words


def test_a_note_may_have_several_lines(small, curator):
    send(curator, small, note="One line.\r\nAnother.")
    assert models.Edition.objects.get().note == "One line.\nAnother."


def test_a_note_is_required(small, curator):
    response = send(curator, small, note=" ")
    assert response.status_code == 200 and "This field is required" in response.content.decode()
    assert shown() == {}


def test_a_change_made_while_somebody_looks_is_shown_before_it_is_published(small, curator):
    page = Page(page_of(curator, small).content.decode())
    seen = next(field["value"] for field in page.all("input") if field.get("name") == "seen")
    place = models.Place.objects.get()
    place.name_then = "Дом Союзов"
    place.save()
    html = words_of(curator.post(f"{PUBLISH}?exhibit={small.pk}", {"note": "Mine.", "starts": "", "seen": seen}))
    assert "“A small exhibit” changed while you looked" in html and "Mine.</textarea>" in html
    assert shown() == {}
    again = Page(html)
    seen = next(field["value"] for field in again.all("input") if field.get("name") == "seen")
    curator.post(f"{PUBLISH}?exhibit={small.pk}", {"note": "A note.", "starts": "", "seen": seen})
    assert shown() == {"small": 1}


def test_an_edition_may_be_scheduled_by_the_museums_clock(small, curator):
    send(curator, small, starts="2099-07-01T10:00")
    assert shown() == {}
    starts = timezone.localtime(models.Display.objects.get().starts)
    assert (starts.isoformat(), str(starts.tzinfo)) == ("2099-07-01T10:00:00+02:00", "Europe/Berlin")
    html = curator.get(f"/admin/trials/exhibit/{small.pk}/change/").content.decode()
    assert "1 July 2099, 10:00" in html


@pytest.mark.parametrize(
    ("starts", "sentence"),
    [
        ("2099-03-29T02:30", "clocks in Europe/Berlin are changed then"),
        ("soon", "is not a moment such as"),
        ("2001-01-01T10:00", "in the past cannot be changed"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_in_words(small, curator, starts, sentence):
    response = send(curator, small, starts=starts)
    assert sentence in words_of(response).replace("&quot;", '"')
    assert not models.Edition.objects.exists()


def test_several_exhibits_go_live_in_one_batch_or_not_at_all(small, curator):
    other = cases.load(cases.small_content(slug="other", title={"en": "Another"}))
    send(curator, small, other)
    assert shown() == {"small": 1, "other": 1}
    assert len(set(models.Display.objects.values_list("batch", flat=True))) == 1
    place = small.places.get()
    place.name_then = "Дом Союзов"
    place.save()
    response = send(curator, small, other)
    assert "Nothing has changed since edition 1" in words_of(response)
    assert shown() == {"small": 1, "other": 1}


def test_what_blocks_is_named_with_a_link_to_its_record_and_nothing_is_published(small, curator):
    fact = models.Fact.objects.get()
    fact.date, fact.confidence = "1937-02-01", "high"
    fact.save()
    born = models.Fact(person=fact.person, kind="birth", words={"en": "Born."}, date="1990")
    born.save()
    response = page_of(curator, small)
    page = Page(response.content.decode())
    assert "Blocks" in page.words and "must be mended before" in page.words
    addresses = [f"/admin/trials/fact/{row.pk}/change/#id_date" for row in (fact, born)]
    assert set(addresses) & set(page.links)
    assert curator.post(f"{PUBLISH}?exhibit={small.pk}", {"note": "A note.", "seen": "x"}).status_code == 200
    assert shown() == {}


def test_a_practice_exhibit_is_never_published(curator):
    exhibit = cases.load(cases.small_content(practice=True))
    assert "must be mended before" in page_of(curator, exhibit).content.decode()
    curator.post(f"{PUBLISH}?exhibit={exhibit.pk}", {"note": "A note.", "seen": ""})
    assert shown() == {}


def test_withdrawing_names_what_it_cancels(small, curator):
    publish.publish(small, "First.")
    small.refresh_from_db()
    small.where = {"en": "Elsewhere"}
    small.save()
    publish.publish(small, "Second.", starts=timezone.now() + timedelta(days=1))
    address = f"/admin/trials/exhibit/{small.pk}/withdraw/"
    assert "edition 2 from" in curator.get(address).content.decode()
    assert shown() == {"small": 1}
    curator.post(address, {"note": "An error was found."})
    assert shown() == {} and publish.scheduled_displays(small) == []


def test_rolling_back_shows_the_edition_that_was_chosen(small, curator):
    first = publish.publish(small, "First.").edition
    small.refresh_from_db()
    small.where = {"en": "Elsewhere"}
    small.save()
    second = publish.publish(small, "Second.").edition
    address = f"/admin/trials/exhibit/{small.pk}/roll-back/"
    assert f'value="{second.pk}"' not in curator.get(address).content.decode()
    curator.post(address, {"note": "The second was wrong.", "edition": first.pk})
    assert shown() == {"small": 1}


@pytest.mark.parametrize("group", [None, "contributor", "kiosk steward"])
def test_who_may_not_publish_is_refused_everywhere(small, client, group):
    publish.publish(small, "First.")
    user = User.objects.create_user("somebody", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    for address in steps(small, "withdraw", "roll-back"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"note": "A note."}).status_code == 403
    assert shown() == {"small": 1}


def test_the_exhibits_page_leads_to_every_step(small, curator):
    publish.publish(small, "First.")
    page = Page(curator.get(f"/admin/trials/exhibit/{small.pk}/change/").content.decode())
    for step in steps(small, "withdraw", "roll-back", "preview", "editions", "package"):
        assert step in page.links


def test_a_stranger_who_chose_nothing_is_told_so(curator):
    for query in ("", "?exhibit=999999999999999999999", "?exhibit=x"):
        assert curator.get(PUBLISH + query).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_publishing_goes_on_in_a_thread_of_its_own_when_nobody_watches_any_more(small, admin_client):
    response = send(admin_client, small)
    assert "progress" in next(iter(response.streaming_content)).decode()
    response.close()
    assert shown() == {"small": 1}


@pytest.mark.django_db(transaction=True)
def test_what_fails_unforeseen_is_said_and_logged_and_changes_nothing(small, admin_client, monkeypatch, caplog):
    monkeypatch.setattr(publish, "_new_edition", lambda *args: 1 / 0)
    with caplog.at_level("ERROR", "trials"):
        html = words_of(send(admin_client, small))
    assert "This failed, and nothing was changed" in html and "ZeroDivisionError" in caplog.text
    assert shown() == {}


def test_counted_work_is_told_now_and_then():
    told = []
    progress = counted(told.append, "Pictures checked")
    for done in range(1, 1001):
        progress(done, 1000)
    assert len(told) == 20 and told[-1] == "Pictures checked: 1000 of 1000"
    told.clear()
    for done in range(1, 4):
        progress(done, 3)
    assert told == ["Pictures checked: 1 of 3", "Pictures checked: 2 of 3", "Pictures checked: 3 of 3"]
