"""Where curators work: the front page, an exhibit's workspace, lists and pages that keep to it, and practice."""

import datetime
import json
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import cases
from tests.test_accessibility import AXE
from tests.test_admin import Filled, filled, words
from trials import models
from trials.admin import site
from trials.admin.duplicating import duplicate
from trials.editions import display, publish, readiness, state
from trials.editions import document as documents
from trials.editions.build import build
from trials.editions.practice import practice_copy
from trials.models.base import free_name


@pytest.fixture
def anna(db):
    return User.objects.create_superuser("anna", password="x", first_name="Anna", last_name="Arkhipova")


@pytest.fixture
def client(client, anna):
    client.force_login(anna)
    return client


@pytest.fixture
def looker(db):
    """A curator who may look at every record and change none."""
    user = User.objects.create_user("boris", is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="trials", codename__startswith="view_")
    )
    return user


def page(name, exhibit):
    return f"/admin/trials/exhibit/{exhibit.pk}/{name}/"


def change(record, **query):
    address = f"/admin/trials/{record._meta.model_name}/{record.pk}/change/"
    return f"{address}?{urlencode(query)}" if query else address


def within(model, exhibit):
    return f"/admin/trials/{model._meta.model_name}/?{model.exhibit_path()}__id__exact={exhibit.pk}"


def save(client, path, button, **changes):
    """Send the form at ``path`` with a button; where that leads."""
    return client.post(path, {**filled(client, path, **changes), button: "1"})


def touch(exhibit, words="Two were accused, and one more."):
    point = models.KeyPoint.objects.of(exhibit).get()
    point.words = {"en": words}
    point.save()


# The front page


def test_the_front_page_of_an_empty_museum_says_what_to_do_first(client):
    response = client.get("/admin/")
    assert "No exhibit yet. Begin a new one, or load a package" in words(response)
    for address in ("/admin/trials/exhibit/add/", "/admin/trials/exhibit/load/"):
        assert f'href="{address}"' in response.content.decode()


def test_the_front_page_says_what_is_on_display_written_and_scheduled(small, client, settings):
    settings.MUSEUM_TIME_ZONE = "Europe/Moscow"
    client.get(page("state", small))
    assert "Never published." in words(client.get("/admin/"))
    publish.publish(small, "First.")
    said = words(client.get("/admin/"))
    assert "Edition 1 since" in said and "Visitors see all that is written." in said
    touch(small)
    said = words(client.get("/admin/"))
    assert "It was changed since somebody last looked it through." in said and "Visitors see all" not in said
    assert "There are changes that visitors do not see yet." in words(client.get(page("state", small)))
    assert "There are changes that visitors do not see yet." in words(client.get("/admin/"))
    publish.publish(small, "Later.", starts=timezone.now() + datetime.timedelta(days=3))
    said = words(client.get("/admin/"))
    assert "Edition 2 from" in said and "(Europe/Moscow)" in said and "All that is written goes on display on" in said
    publish.withdraw(small, "Gone.")
    said = words(client.get("/admin/"))
    assert "On display Nothing" in said and "Nothing was changed since edition 2." in said
    touch(small, "Three.")
    client.get(page("state", small))
    assert "Changed since edition 2, and not published." in words(client.get("/admin/"))


def test_the_front_page_shows_the_exhibits_that_were_worked_on_last(small, client, monkeypatch):
    for number in range(4):
        cases.load(cases.small_content(slug=f"other-{number}", title={"en": f"Another, {number}"}))
    monkeypatch.setattr(site, "SHOWN", 5)
    assert "See all exhibits" not in words(client.get("/admin/"))
    monkeypatch.setattr(site, "SHOWN", 3)
    publish.publish(small, "First.")
    edition = publish.publish(cases.exhibit("other-0"), "First.").edition
    models.Edition._base_manager.update(content=b"{}")
    display.forget()
    save(client, change(models.KeyPoint.objects.of(small).get()), "_save", words_en="Changed.")
    response = client.get("/admin/")
    shown = {card.exhibit.slug for card in response.context["cards"]}
    assert shown == {"small", "other-2", "other-3"}
    assert "These 3 of 5 exhibits were worked on last. See all exhibits" in words(response)
    alarm = "of “{}” was changed in the database"
    assert alarm.format("small") in words(response) and alarm.format(edition.slug) not in words(response)


def test_a_working_copy_that_is_not_whole_blocks_and_says_so(small, client):
    models.Section.objects.filter(exhibit=small).update(body={"en": "[@nothing]"}, version=2)
    said = words(client.get(page("state", small)))
    assert "The working copy is not whole." in said and "1 thing blocks publication." in said


def test_an_edition_in_an_older_shape_that_says_the_same_counts_as_the_same(db):
    content = (cases.BASE / "tests" / "shapes" / "1.json").read_bytes()
    exhibit = cases.restore(documents.recall(content))
    kept = {"content": content, "digest": documents.digest_of(content), "shape": 1, "slug": exhibit.slug}
    edition = models.Edition.objects.create(exhibit=exhibit, number=1, note="Long ago.", **kept)
    assert state.is_same(state.state_of(exhibit, "as loaded"), edition)
    exhibit.title = {"en": "Another title"}
    exhibit.save()
    assert not state.is_same(state.state_of(exhibit, "changed"), edition)


def test_an_edition_that_is_taken_down_is_said_to_be(small, client):
    from trials.editions.takedown import take_down_edition

    take_down_edition(publish.publish(small, "First.").edition, "A court ordered it.")
    assert "Taken down: A court ordered it." in words(client.get("/admin/"))


def test_whatever_is_saved_added_deleted_or_linked_changes_the_mark_of_its_exhibit_alone(small):
    other = cases.load(cases.small_content(slug="other"))
    seen = [state.marks([small, other])]

    def changed():
        seen.append(state.marks([small, other]))
        assert seen[-1][other.pk] == seen[0][other.pk]
        assert len({marks[small.pk] for marks in seen}) == len(seen)

    touch(small)
    changed()
    models.Name.objects.create(person=models.Person.objects.get(exhibit=small, key="radek"), spelling="Радек")
    changed()
    models.Citation.objects.filter(exhibit=small).first().delete()
    changed()
    small.lede = {"en": "Another."}
    small.save()
    changed()
    cases.restore(build(small).model_copy(update={"terms": []}), small)
    changed()


def test_the_front_page_tells_who_worked_on_an_exhibit_and_offers_ones_own_last_records(small, client, looker):
    person = models.Person.objects.get(exhibit=small, key="radek")
    save(client, change(person), "_save", summary_en="A journalist")
    page_of_anna = client.get("/admin/")
    assert ", Anna Arkhipova" in words(page_of_anna).partition("Last worked on")[2]
    assert "Continue where you left off Karl Radek person" in words(page_of_anna)
    assert change(person) in page_of_anna.content.decode()
    save(client, change(small), "_save", where_en="In Moscow")
    recent = client.get("/admin/").content.decode().partition("Continue")[2]
    assert recent.index(page("workspace", small)) < recent.index(change(person))
    client.force_login(looker)
    page_of_boris = words(client.get("/admin/"))
    assert "Anna Arkhipova" in page_of_boris.partition("Last worked on")[2] and "Continue where" not in page_of_boris


def test_records_that_are_gone_or_may_not_be_seen_are_not_offered(small, client, anna):
    term, person = models.Term.objects.get(exhibit=small), models.Person.objects.get(exhibit=small, key="radek")
    save(client, change(term), "_save", term_en="A trial for show")
    save(client, change(person), "_save", summary_en="A journalist")
    client.post(f"/admin/trials/term/{term.pk}/delete/", {"post": "yes"})
    assert "A trial for show" not in words(client.get("/admin/")).partition("Continue")[2]
    anna.is_superuser = False
    anna.save()
    anna.user_permissions.add(Permission.objects.get(codename="view_exhibit"))
    assert "Continue where" not in words(client.get("/admin/"))


def test_staff_without_permission_are_told_of_no_exhibit(small, client):
    client.force_login(User.objects.create_user("new", is_staff=True))
    assert "A small exhibit" not in words(client.get("/admin/"))


@pytest.mark.parametrize("path", ["/admin/", "workspace", "person"])
def test_pages_where_work_begins_ask_the_same_number_of_questions_however_much_there_is(client, path):
    asked = []
    for people in (3, 30):
        exhibit = cases.load(cases.large_content(people) | {"slug": f"large-{people}"})
        for person in models.Person.objects.of(exhibit)[: people // 2]:
            save(client, change(person), "_save", summary_en="Somebody")
        address = {"workspace": page("workspace", exhibit), "person": within(models.Person, exhibit)}.get(path, path)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 30


# The workspace


def test_the_workspace_shows_the_story_in_order_and_everything_a_click_away(small, client):
    assert page("withdraw", small) not in client.get(page("workspace", small)).content.decode()
    publish.publish(small, "First.")
    response = client.get(page("workspace", small))
    html, said = response.content.decode(), words(response)
    assert "Two accused, one source." in said and "*one*" not in said
    section, point = models.Section.objects.get(exhibit=small), models.KeyPoint.objects.get(exhibit=small)
    for address in (
        *(change(record, **{"from": "workspace"}) for record in (section, point)),
        *(within(model, small) for model in (models.Person, models.Defendant, models.Fact, models.Source)),
        change(small),
        f"/admin/trials/section/add/?exhibit={small.pk}&amp;page=timeline&amp;from=workspace",
        f"/admin/trials/exhibit/publish/?exhibit={small.pk}",
        *(page(name, small) for name in ("withdraw", "roll-back", "preview", "editions", "package", "practise")),
    ):
        assert f'href="{address}"' in html, address
    assert "People 3" in said and "No images yet." in said


def test_whoever_may_only_look_finds_the_workspace_without_ways_to_change(small, client, looker):
    client.force_login(looker)
    html = client.get(page("workspace", small)).content.decode()
    assert "/add/" not in html and "publish/?exhibit" not in html and "ordering" not in html.partition("<main")[2]
    assert client.get(page("readiness", small)).status_code == 403


def test_a_contributor_is_offered_what_a_contributor_may_do(small, client):
    user = User.objects.create_user("contributor", is_staff=True)
    user.groups.add(Group.objects.get(name="contributor"))
    client.force_login(user)
    html = client.get(page("workspace", small)).content.decode()
    assert "/admin/trials/person/add/" in html and page("preview", small) in html
    assert "publish/?exhibit" not in html and page("practise", small) not in html


def test_what_is_missing_is_listed_with_links_in_few_questions(client):
    asked = []
    for count in (2, 12):
        content = cases.small_content(slug=f"s{count}")
        fact = {**content["people"][0]["facts"][0], "citations": []}
        content["people"][0]["facts"] = [fact] * count
        exhibit = cases.load(content)
        with CaptureQueriesContext(connection) as queries:
            html = client.get(page("readiness", exhibit)).content.decode()
        asked.append(len(queries))
        for fact in models.Fact.objects.of(exhibit):
            assert f'href="{change(fact)}' in html
    assert asked[0] == asked[1]


# Lists and pages of one exhibit


@pytest.fixture
def other(small):
    """A second exhibit beside the small one."""
    return cases.load(cases.small_content(slug="other", title={"en": "Another exhibit"}))


def test_a_list_of_one_exhibit_says_which_and_has_no_column_for_it(small, other, client):
    response = client.get(within(models.Person, small))
    html, said = response.content.decode(), words(response)
    assert "People: A small exhibit" in said and "Home › A small exhibit › People" in said
    assert "column-within" not in html and f'href="{page("workspace", small)}"' in html
    assert "column-within" in client.get("/admin/trials/person/").content.decode()


def test_the_sidebar_keeps_to_the_exhibit_at_hand(small, other, client):
    fact = models.Fact.objects.of(small).get()
    for address in (page("workspace", small), within(models.Person, small), change(fact), page("editions", small)):
        html = client.get(address).content.decode()
        assert f'href="{within(models.TimelineEntry, small)}"' in html
        assert f'href="/admin/trials/term/add/?exhibit={small.pk}"' in html


def test_a_record_stands_below_its_exhibit_and_list_and_a_part_below_its_owner(small, other, client):
    person, fact = models.Person.objects.get(exhibit=small, key="pyatakov"), models.Fact.objects.of(small).get()
    said = words(client.get(change(person)))
    assert "Home › A small exhibit › People › Georgy Pyatakov" in said
    assert "Home › A small exhibit › People › Georgy Pyatakov › Georgy Pyatakov: Death" in words(
        client.get(change(fact))
    )
    said = words(client.get(change(fact, _changelist_filters=f"person__exhibit__id__exact={small.pk}")))
    assert "Home › A small exhibit › Facts › Georgy Pyatakov: Death" in said
    for name in ("history/", "delete/"):
        assert "Home › A small exhibit › People" in words(client.get(f"/admin/trials/person/{person.pk}/{name}"))


def test_saving_leads_back_to_where_a_record_was_opened(small, other, client):
    person, fact = models.Person.objects.get(exhibit=small, key="pyatakov"), models.Fact.objects.of(small).get()
    assert save(client, change(person), "_save").url == within(models.Person, small)
    searched = f"exhibit__id__exact={small.pk}&q=pyat"
    assert (
        save(client, change(person, _changelist_filters=searched), "_save").url == f"/admin/trials/person/?{searched}"
    )
    assert save(client, change(fact), "_save").url == change(person)
    assert save(client, change(fact), "_continue").url == change(fact)
    section = models.Section.objects.get(exhibit=small)
    path = change(section, **{"from": "workspace"})
    assert save(client, path, "_save").url == page("workspace", small)
    assert save(client, save(client, path, "_continue").url, "_save").url == page("workspace", small)


def test_deleting_leads_back_to_the_list_of_the_exhibit(small, other, client):
    term = models.Term.objects.get(exhibit=small)
    assert client.post(f"/admin/trials/term/{term.pk}/delete/", {"post": "yes"}).url == within(models.Term, small)


def test_save_and_next_follows_the_list_with_its_search_filters_and_order(small, other, client):
    pyatakov, radek, ulrikh = (models.Person.objects.get(exhibit=small, key=k) for k in ("pyatakov", "radek", "ulrikh"))
    assert save(client, change(pyatakov), "_next", summary_en="An engineer").url == change(radek)
    assert models.Person.objects.get(pk=pyatakov.pk).summary["en"] == "An engineer"
    tried = f"exhibit__id__exact={small.pk}&defendant__isempty=0&o=-1"
    path = change(radek, _changelist_filters=tried)
    said = client.get(path).content.decode()
    assert "2 of 2" in said or "1 of 2" in said
    backwards = f"exhibit__id__exact={small.pk}&o=-2"
    assert save(client, change(ulrikh, _changelist_filters=backwards), "_next").url == change(
        radek, _changelist_filters=backwards
    )
    # What is saved leaves the list that was searched: the next one is still the one that followed it.
    searched = f"exhibit__id__exact={small.pk}&q=a"
    path = change(pyatakov, _changelist_filters=searched)
    assert save(client, path, "_next", name_en="X", sort_name="X").url == change(radek, _changelist_filters=searched)
    last = client.get(change(ulrikh)).content.decode()
    assert "3 of 3" in last and 'name="_next"' not in last and 'rel="prev"' in last
    assert save(client, change(ulrikh), "_next").url == within(models.Person, small)


@pytest.mark.parametrize("filters", ["nonsense=1", "exhibit__id__exact=x", "p=999", "person__name__password=1", "%%%"])
def test_a_list_that_makes_no_sense_has_no_neighbours_and_does_no_harm(small, client, filters):
    person = models.Person.objects.get(exhibit=small, key="pyatakov")
    assert client.get(change(person, _changelist_filters=filters)).status_code == 200
    assert save(client, change(person, _changelist_filters=filters), "_next").status_code == 302


def test_a_record_added_from_a_list_belongs_to_its_exhibit(small, other, client):
    filters = urlencode({"_changelist_filters": f"exhibit__id__exact={small.pk}"})
    assert f"/admin/trials/term/add/?{filters}" in client.get(within(models.Term, small)).content.decode().replace(
        "&amp;", "&"
    )
    for query in (filters, f"exhibit={small.pk}"):
        assert Filled(client.get(f"/admin/trials/term/add/?{query}")).data["exhibit"] == str(small.pk)
    assert not Filled(client.get("/admin/trials/term/add/")).data["exhibit"]
    path = f"/admin/trials/term/add/?{filters}"
    done = save(client, path, "_save", key="new", term_en="New", definition_en="New.")
    assert done.url == within(models.Term, small)
    assert models.Term.objects.get(key="new").exhibit == small


def test_the_plus_beside_a_picker_adds_to_the_same_exhibit(small, other, client):
    entry = models.TimelineEntry.objects.get(exhibit=other, key="first-day")
    html = client.get(change(entry)).content.decode()
    assert f'href="/admin/trials/place/add/?_to_field=id&amp;_popup=1&amp;exhibit={other.pk}"' in html
    popup = client.get(f"/admin/trials/place/add/?_to_field=id&_popup=1&exhibit={other.pk}")
    assert Filled(popup).data["exhibit"] == str(other.pk)


def test_pickers_of_a_part_that_is_added_from_a_list_offer_its_exhibit_alone(small, other, client):
    html = client.get(f"/admin/trials/fact/add/?exhibit={other.pk}").content.decode()
    theirs, ours = (models.Person.objects.get(exhibit=e, key="radek").pk for e in (other, small))
    people = html.partition('id="id_person"')[2].partition("</select>")[0]
    assert f'<option value="{theirs}">' in people and f'<option value="{ours}">' not in people


def test_an_empty_list_says_what_to_do_first_but_a_fruitless_search_does_not(small, client):
    empty = client.get(within(models.Image, small))
    assert "No images yet." in words(empty) and f"/admin/trials/image/add/?exhibit={small.pk}" in empty.content.decode()
    assert "Nobody yet." not in words(client.get(within(models.Person, small) + "&q=zzz"))


def test_search_ignores_case_in_every_script(small, client, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    models.Person.objects.filter(exhibit=small, key="radek").update(name={"en": "Karl Radek", "ru": "Карл Радек"})
    for asked in ("радек", "РАДЕК", "пятаков", "RADEK"):
        assert "1 result" in words(client.get(f"/admin/trials/person/?q={asked}")), asked
    for nothing in ("р_дек", "%"):
        assert "0 results" in words(client.get("/admin/trials/person/", {"q": nothing}))


def test_whoever_may_only_look_reads_texts_in_words(small, client, looker, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    client.force_login(looker)
    person, fact = models.Person.objects.get(exhibit=small, key="pyatakov"), models.Fact.objects.of(small).get()
    models.Fact.objects.filter(pk=fact.pk).update(words={"en": "Shot in Moscow.", "ru": "Расстрелян."})
    for record in (person, fact, models.Section.objects.get(exhibit=small), small):
        html = client.get(change(record)).content.decode()
        assert "{&quot;en" not in html and "[&quot;" not in html.partition("data-inline-formset")[0]
    html = client.get(change(fact)).content.decode()
    assert '<strong>Russian</strong><div lang="ru">Расстрелян.</div>' in html
    assert "Statement" in words(client.get(change(fact)))


# Duplicating


def test_a_duplicate_has_the_parts_citations_and_links_of_its_page_and_a_key_of_its_own(small, client):
    entry = models.TimelineEntry.objects.get(exhibit=small, key="first-day")
    entry.sittings.get().citations.create(source=models.Source.objects.get(exhibit=small, key="memoir"))
    response = client.post(f"/admin/trials/timelineentry/{entry.pk}/duplicate/?from=workspace")
    made = models.TimelineEntry.objects.get(exhibit=small, key="first-day-2")
    assert response.url == change(made, **{"from": "workspace"})
    assert "This is a copy of “First day”." in words(client.get(response.url))
    assert (made.title, made.date, made.place, made.version) == (entry.title, entry.date, entry.place, 1)
    assert made.earliest and made.order > entry.order
    assert list(made.people.values_list("key", flat=True).order_by("key")) == ["pyatakov", "radek"]
    assert made.citations.get().locator == "p. 1"
    assert made.sittings.get().citations.get().source.key == "memoir"
    assert entry.sittings.get().citations.count() == 1
    build(small)
    client.post(f"/admin/trials/timelineentry/{entry.pk}/duplicate/")
    assert models.TimelineEntry.objects.filter(exhibit=small, key="first-day-3").exists()
    assert "A copy of “First day”." in words(client.get(f"/admin/trials/timelineentry/{made.pk}/history/"))


def test_a_duplicate_of_a_person_is_another_human_being(small, client):
    radek = models.Person.objects.get(exhibit=small, key="radek")
    radek.identity = "https://example.org/radek"
    radek.save()
    client.post(f"/admin/trials/person/{radek.pk}/duplicate/")
    made = models.Person.objects.get(exhibit=small, key="radek-2")
    assert (made.identity, made.former_keys, made.portrait) == ("", [], None)
    assert not hasattr(made, "defendant") and not made.facts.exists() and made.life == radek.life
    ulrikh = models.Person.objects.get(exhibit=small, key="ulrikh")
    made = duplicate(ulrikh, [models.Participant, models.Connection])
    assert made.parts.get().citations.count() == 1 and made.connections.get().to == radek


def test_duplicating_needs_the_button_and_the_permission(small, client, looker):
    term = models.Term.objects.get(exhibit=small)
    path = f"/admin/trials/term/{term.pk}/duplicate/"
    assert f'action="{path}' in client.get(change(term)).content.decode()
    assert client.get(path).status_code == 405
    defendant = models.Defendant.objects.of(small).first()
    assert client.post(f"/admin/trials/defendant/{defendant.pk}/duplicate/").status_code == 403
    client.force_login(looker)
    assert client.post(path).status_code == 403
    assert models.Term.objects.count() == 1


def test_a_free_name_fits_and_ends_in_a_number():
    assert free_name("radek", {"radek", "radek-2"}) == "radek-3"
    assert len(free_name("x" * 80, set())) == 80


# Practice


def test_a_practice_copy_says_the_same_is_marked_everywhere_and_never_goes_on_display(small, client):
    publish.publish(small, "First.")
    assert client.get(page("practise", small)).status_code == 200
    assert models.Exhibit.objects.count() == 1
    answer = b"".join(client.post(page("practise", small)).streaming_content).decode()
    made = models.Exhibit.objects.get(slug="small-practice")
    assert "Practice: A small exhibit" in answer and page("workspace", made) in answer
    assert (made.practice, made.former_slugs) == (True, [])
    theirs, ours = build(made), build(small)
    for part in ("people", "timeline", "sections", "sources", "key_points"):
        assert getattr(theirs, part) == getattr(ours, part)
    term, mark = models.Term.objects.get(exhibit=made), "Practice: never shown to visitors"
    marked = [page("workspace", made), change(term), within(models.Person, made), page("preview", made), change(made)]
    marked += [page("editions", made), f"/admin/trials/term/{term.pk}/history/", page("throw-away", made), "/admin/"]
    for path in marked:
        assert mark in words(client.get(path)), path
    assert mark not in words(client.get(page("workspace", small)))
    said = words(client.get(page("state", made)))
    assert "published" not in said.casefold() and "blocks" not in said
    saved = save(client, change(term), "_save", term_en="A show")
    assert "Visitors see it" not in words(client.get(saved.url))
    with pytest.raises(publish.PublishError, match="never go on display"):
        publish.publish(made, "Never.")
    assert "publish/?exhibit" not in client.get(page("workspace", made)).content.decode()
    assert client.get("/exhibits/small-practice/").status_code == 404
    assert practice_copy(small).slug == "small-practice-2"


def test_the_translated_title_of_a_practice_copy_keeps_its_state(small, settings):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian")]
    small.title = models.exhibit.TranslatedField().to_python({"en": "A trial", "ru": "Процесс"}).reviewed("ru", "Anna")
    small.languages = ["en", "ru"]
    small.save()
    made = practice_copy(small)
    assert made.title["ru"].startswith("Учебн") and made.title.status("ru") == "reviewed"


def test_a_practice_copy_is_thrown_away_whole_and_nothing_else_is(small, client):
    made = practice_copy(small)
    path = page("throw-away", made)
    assert "stays as it is" in words(client.get(path)) and models.Exhibit.objects.count() == 2
    assert client.post(path).url == "/admin/"
    assert [exhibit.slug for exhibit in models.Exhibit.objects.all()] == ["small"]
    assert models.Person.objects.count() == 3 and models.Citation.objects.count() == build_count(small)
    client.post(page("throw-away", small))
    assert models.Exhibit.objects.get() == small
    assert "is no practice copy" in words(client.get(page("workspace", small)))


def test_what_is_for_practice_stays_so_and_what_was_published_never_is(small, client):
    made = practice_copy(small)
    assert save(client, change(made), "_save", practice="").status_code == 302
    publish.publish(small, "First.")
    assert save(client, change(small), "_save", practice="on").status_code == 302
    assert models.Exhibit.objects.get(pk=made.pk).practice and not models.Exhibit.objects.get(pk=small.pk).practice
    models.Exhibit.objects.filter(pk=small.pk).update(practice=True)
    assert client.post(page("throw-away", small)).status_code == 302
    assert models.Exhibit.objects.filter(pk=small.pk).exists()


def build_count(exhibit):
    """How many citations the exhibit’s document has."""
    return json.dumps(build(exhibit).model_dump(mode="json")).count('"locator"')


def test_practice_needs_the_permissions_to_add_and_to_delete(small, client):
    user = User.objects.create_user("contributor", is_staff=True)
    user.groups.add(Group.objects.get(name="contributor"))
    made = practice_copy(small)
    client.force_login(user)
    for path in (page("practise", small), page("throw-away", made)):
        assert client.get(path).status_code == client.post(path).status_code == 403
    assert models.Exhibit.objects.count() == 2


# A new exhibit


def test_an_exhibit_begins_with_a_few_questions_and_can_be_previewed_and_published(client):
    start = "/admin/trials/exhibit/add/"
    asked = set(Filled(client.get(start)).data)
    assert {"title_en", "lede_en", "notice_en", "slug", "languages", "date"} <= asked
    assert "licence" not in asked and "credits_en" not in asked
    said = {"title_en": "The Trial of the Sixteen", "lede_en": "Sixteen were accused.", "notice_en": "All was false."}
    begun = save(client, start, "_save", **said)
    exhibit = models.Exhibit.objects.get()
    assert begun.url == page("workspace", exhibit) and exhibit.slug == "the-trial-of-the-sixteen"
    workspace = words(client.get(begun.url))
    for sentence in ("No key points yet.", "No sections yet.", "Nobody yet. Begin with the accused", "No sources yet."):
        assert sentence in workspace
    assert not [found for found in readiness.check(exhibit) if found.severity == readiness.BLOCKS]
    assert client.get(f"/preview/exhibits/{exhibit.pk}/").status_code == 200
    publish.publish(exhibit, "First.")
    assert client.get("/exhibits/the-trial-of-the-sixteen/").status_code == 200
    save(client, start, "_save", **said)
    assert models.Exhibit.objects.filter(slug="the-trial-of-the-sixteen-2").exists()


def test_a_title_that_makes_no_address_asks_for_one(client):
    said = {"title_en": "Процесс", "lede_en": "L", "notice_en": "N"}
    response = save(client, "/admin/trials/exhibit/add/", "_save", **said)
    assert "none could be made from the title" in words(response) and "Процесс" in response.content.decode()


# In a browser


@pytest.fixture
def signed_in(browser, live_server, client):
    """A curator’s page into which axe may be put."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_curators_pages_pass_axe_in_light_and_dark_and_find_out_how_things_stand(small, client, live_server, signed_in):
    made = practice_copy(small)
    publish.publish(small, "First.")
    touch(small)
    person = models.Person.objects.get(exhibit=small, key="pyatakov")
    paths = ["/admin/", page("workspace", small), page("workspace", made), within(models.Person, small)]
    paths += [within(models.Image, small), change(person), "/admin/trials/exhibit/add/", page("practise", small)]
    paths += [page("throw-away", made), page("readiness", small)]
    found = []
    for path in paths:
        assert signed_in.goto(live_server.url + path).status == 200
        if path == "/admin/":
            signed_in.get_by_text("There are changes that visitors do not see yet.").wait_for()
        signed_in.add_style_tag(content="* { transition: none !important }")
        signed_in.evaluate(AXE.read_text())
        for scheme in ("light", "dark"):
            signed_in.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            results = signed_in.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
            for rule in results["violations"]:
                found += [f"{path} ({scheme}): {rule['id']}: {node['html'][:160]}" for node in rule["nodes"]]
        signed_in.set_viewport_size({"width": 820, "height": 900})
        assert signed_in.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        signed_in.set_viewport_size({"width": 1280, "height": 900})
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_a_curator_goes_from_record_to_record_and_back(small, client, live_server, signed_in):
    signed_in.goto(live_server.url + page("workspace", small))
    signed_in.click(".kinds >> text=People")
    signed_in.click("main a:has-text('Georgy Pyatakov')")
    signed_in.fill("#id_summary_en", "An engineer")
    signed_in.click("input[name=_next] >> nth=0")
    signed_in.get_by_role("heading", name="Karl Radek", exact=True).wait_for()
    signed_in.click("nav[aria-label=Breadcrumbs] >> text=A small exhibit")
    assert signed_in.url == live_server.url + page("workspace", small)
    assert models.Person.objects.get(exhibit=small, key="pyatakov").summary["en"] == "An engineer"
