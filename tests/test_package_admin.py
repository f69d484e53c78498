"""Packages in the admin: carried away, brought in, refused whole."""

import io

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import cases
from trials import models

LOAD = "/admin/trials/exhibit/load/"


def carried_away(client, exhibit):
    """The package of an exhibit's working copy."""
    response = client.get(f"/admin/trials/exhibit/{exhibit.pk}/package/")
    assert response.status_code == 200 and "small.zip" in response["Content-Disposition"]
    return b"".join(response)


def bring_in(client, content, **data):
    """Send a package to the page that loads it."""
    return client.post(LOAD, {"package": SimpleUploadedFile("small.zip", content), **data})


def test_an_exhibit_is_carried_away_and_brought_into_an_empty_museum_just_the_same(small, admin_client):
    first = carried_away(admin_client, small)
    small.delete()
    assert "is loaded into the working copy" in bring_in(admin_client, first).getvalue().decode()
    assert carried_away(admin_client, models.Exhibit.objects.get()) == first


def test_a_damaged_package_is_refused_in_words_and_nothing_changes(small, admin_client):
    content = bytearray(carried_away(admin_client, small))
    content[len(content) // 2] ^= 1
    response = bring_in(admin_client, bytes(content), replace="on")
    assert response.status_code == 200 and "errorlist" in response.getvalue().decode()
    assert models.Exhibit.objects.count() == 1 and not models.Checkpoint.objects.exists()


def test_what_is_here_is_replaced_only_when_told_and_kept_as_a_checkpoint(small, admin_client):
    content = carried_away(admin_client, small)
    place = models.Place.objects.get()
    place.name_then = "Дом Союзов"
    place.save()
    assert "is here already and differs" in bring_in(admin_client, content).getvalue().decode()
    assert bring_in(admin_client, content, replace="on").status_code == 200
    place.refresh_from_db()
    assert place.name_then == "" and "Дом Союзов".encode() in bytes(models.Checkpoint.objects.get().content)


def test_a_working_copy_that_is_not_whole_is_not_carried_away(small, admin_client):
    models.Section.objects.update(body={"en": "See [somebody](person:nobody)."})
    response = admin_client.get(f"/admin/trials/exhibit/{small.pk}/package/")
    assert response.status_code == 302
    assert "which this exhibit does not have" in admin_client.get(response["Location"]).content.decode()


def test_the_list_of_exhibits_leads_to_loading(small, admin_client):
    assert LOAD in admin_client.get("/admin/trials/exhibit/").content.decode()


def test_contributors_carry_away_but_do_not_bring_in(small, client):
    user = User.objects.create_user("contributor", is_staff=True)
    user.groups.add(Group.objects.get(name="contributor"))
    client.force_login(user)
    content = carried_away(client, small)
    assert io.BytesIO(content).read(2) == b"PK"
    assert client.get(LOAD).status_code == 403 and bring_in(client, content).status_code == 403
    assert cases.exhibit("small") == small
