"""The admin in Russian: no English word is left on its pages but names, keys, codes and what is written in Latin."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from reversion.models import Version

from tests import cases
from tests.html import Page
from tests.test_access import ADMIN, filled
from tests.test_admin import filled as form_of
from trials import models
from trials.editions import checkpoints, publish
from trials.editions.document import DocumentError, loads
from trials.editions.takedown import take_down_edition

WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
# Addresses, names of files, hashes and codes in a sentence, such as /exhibits/…/, person:radek and 1936-XX.
CODE = re.compile(r"\S*[/:_=@]\S*|\S+\.\w{2,4}\b|\b[0-9a-f]{8,}…?|[0-9X?~%.\[\],]*\d[0-9X?~%.\[\],TZ:-]*")
ALLOWED = set(
    """
    English Latin SHA CRC ZIP PDF HEIC JPEG JPG PNG WebP TIFF GIF CSV XLSX JSON EDTF URI Markdown BibTeX CC BY UTF
    U X XXXX en ru de latn morning afternoon evening night p B I H ID ru-latn Control Command Mac True False new
    Ctrl Alt Shift F K L RIS TY ER book person entry charge place term source dispute section conquest
    """.split()
)
# Pages with words of the database, the names of permissions; and those that tell the codes of a spreadsheet.
NOT_WALKED = re.compile("admin/auth/|.*/spreadsheet/")


def in_russian(value, texts):
    """Plain JSON of a document with Russian in place of its English, each text another one."""
    if isinstance(value, dict) and "en" in value:
        texts.append(value)
        return {"ru": f"Слова под номером {len(texts)}"}
    if isinstance(value, dict):
        return {name: in_russian(part, texts) for name, part in value.items()}
    return [in_russian(part, texts) for part in value] if isinstance(value, list) else value


def names_in(value) -> set[str]:
    """Every word in Latin letters of a document: its keys, labels and spellings."""
    if isinstance(value, dict):
        return set().union(*map(names_in, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(names_in, value), set())
    return set(WORD.findall(value)) if isinstance(value, str) else set()


@pytest.fixture
def content(settings):
    """The small exhibit, in a museum whose main language is Russian."""
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("ru", _("Russian")), ("en", _("English"))], "ru"
    return in_russian(cases.small_content(languages=["en"]), []) | {"languages": ["ru", "en"]}


@pytest.fixture
def exhibit(content, db):
    """It, published twice and changed since, with a checkpoint and a takedown."""
    exhibit = cases.load(content)
    edition = publish.publish(exhibit, "Первая.").edition
    models.Place.objects.update(name_then="Дом Союзов")
    publish.publish(exhibit, "Вторая.")
    take_down_edition(edition, "По решению суда.")
    checkpoints.restore_edition(exhibit, exhibit.editions.get(number=2))
    models.KeyPoint.objects.create(exhibit=exhibit, key="new", words={"ru": "Слова."})
    return exhibit


@pytest.fixture
def client(exhibit, client):
    client.force_login(User.objects.create_superuser("anna", first_name="Анна"))
    return client


def page_of(response) -> Page:
    """The page of an answer, which may come in parts as the work goes on."""
    return Page((response.getvalue() if response.streaming else response.content).decode())


def english(page, content) -> list[str]:
    """What is left in Latin letters on a page, and in the labels of what is on it."""
    said = [page.words]
    for tag, attributes in page.elements:
        said += [attributes.get(name) or "" for name in ("aria-label", "title", "alt", "placeholder")]
        if tag == "input" and attributes.get("type") in ("submit", "button"):
            said.append(attributes.get("value") or "")
    allowed = ALLOWED | names_in(content) | {"anna", "small"}
    return sorted({word.strip("-") for words in said for word in WORD.findall(CODE.sub(" ", words))} - allowed)


def test_every_page_of_the_admin_is_in_russian(exhibit, content, client):
    found, seen = {}, 0
    for path, name in ADMIN:
        if not name or NOT_WALKED.match(path):
            continue
        address = filled(path, exhibit).replace("0" * 64, "en" if "translations" in path else "0" * 64)
        response = client.get(address, {"exhibit": exhibit.pk} if "publish" in path else {})
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            seen += 1
            if left := english(page_of(response), content):
                found[address] = left
    assert seen > 90 and found == {}


def told(response, allowed=frozenset()) -> str:
    """What an answer's page says of what was just done or refused, in which nothing is English."""
    html = (response.getvalue() if response.streaming else response.content).decode()
    found = re.findall(r'<(\w+) class="(?:errorlist|errornote|messagelist|progress)\b[^>]*>(.*?)</\1>', html, re.DOTALL)
    words = Page("".join(inside for _tag, inside in found)).words.replace("\xa0", " ")
    assert {word.strip("-") for word in WORD.findall(CODE.sub(" ", words))} - ALLOWED - allowed == set(), words
    return words


def test_publishing_is_refused_in_russian(exhibit, client):
    address = f"/admin/trials/exhibit/publish/?exhibit={exhibit.pk}"
    seen = next(field["value"] for field in page_of(client.get(address)).all("input") if field.get("name") == "seen")
    data = {"note": "Третья.", "starts": "", "seen": seen}
    words = told(client.post(address, {**data, "starts": "2001-01-01T10:00"}))
    assert "То, что посетители уже видели, изменить нельзя" in words
    assert "«завтра» — не момент" in told(client.post(address, {**data, "starts": "завтра"}))
    models.Charge.objects.update(known={"ru": "См. [кого-то](person:nobody) и [@nothing]."})
    words = told(client.post(address, data), {"nothing"})
    assert "В тексте стоит ссылка на запись person:nobody, которой на этой выставке нет." in words
    assert "В тексте стоит ссылка на источник «nothing», которого на этой выставке нет." in words
    models.Charge.objects.update(known={"ru": "Ничего не было."})
    assert "Пока вы смотрели, выставку изменили" in told(client.post(address, data))
    models.Exhibit.objects.update(practice=True)
    assert "Это учебная выставка: открыть её для посетителей нельзя." in page_of(client.get(address)).words


def test_withdrawing_rolling_back_and_taking_down_speak_russian(exhibit, client):
    withdraw = f"/admin/trials/exhibit/{exhibit.pk}/withdraw/"
    assert "Снято с показа" in told(client.post(withdraw, {"note": "Ремонт."}, follow=True))
    assert "Выставка не показывается, и ничего не запланировано" in told(client.post(withdraw, {"note": "Ещё раз."}))
    assert "знак, который нельзя показать (U+0007)" in told(client.post(withdraw, {"note": "Звонок \x07"}))
    edition = exhibit.editions.get(number=1)
    words = told(
        client.post(f"/admin/trials/exhibit/{exhibit.pk}/roll-back/", {"note": "Назад.", "edition": edition.pk})
    )
    assert "Редакция 1 изъята" in words
    down = f"/admin/trials/takedown/edition/{edition.pk}/"
    assert "Уже изъято, с 20" in told(client.post(down, {"reason": "Снова."}))
    lift = f"/admin/trials/takedown/{models.Takedown.objects.get().pk}/lift/"
    assert told(client.post(lift, {"note": "Передумали."}, follow=True))
    assert "Это изъятие уже отменено." in told(client.post(lift, {"note": "Передумали."}))
    messages = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert messages == ["Снято с показа. Ремонт.", "Изъятие отменено. Передумали."]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.jpg", b"%PDF-1.7", "Этот файл — документ PDF. Сохраните его как JPEG или PNG и загрузите."),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "повреждено"),
        ("a.jpg", b"\xff\xd8\xff\xd9", "Этот файл не удаётся прочесть как изображение."),
        ("a.jpg", b"\0\0\0\x18ftypheic", "Этот файл — фотография в формате HEIC."),
    ],
)
def test_a_bad_picture_is_refused_in_russian(exhibit, client, name, data, sentence):
    form = {"exhibit": exhibit.pk, "file": SimpleUploadedFile(name, data)}
    assert sentence in told(client.post("/admin/trials/image/add/", form))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("15 октября", "Запись «15 октября» непонятна: нет года"),
        ("1936-XX-05", "«1936-XX-05» — не дата: день ставится только после известного месяца"),
        ("1937-02-30", "«1937-02-30» — не дата: в месяце 1937-02 28 дней."),
        ("1937/1936", "конец раньше начала"),
        ("about Octember 1936", "Запись «about Octember 1936» непонятна"),
    ],
)
def test_a_bad_date_is_refused_in_russian(exhibit, client, typed, sentence):
    address = f"/admin/trials/fact/add/?person={models.Person.objects.first().pk}"
    form = form_of(client, address, kind="arrest", words_ru="Слова.", date=typed, time="полдень")
    words = told(client.post(address, form), {"about", "Octember"})
    assert sentence in words and "«полдень» — не время суток: напишите часы и минуты" in words


def test_a_bad_package_is_refused_in_russian(exhibit, client):
    package = b"".join(client.get(f"/admin/trials/exhibit/{exhibit.pk}/package/"))

    def load(content):
        data = {"package": SimpleUploadedFile("small.zip", content)}
        return told(client.post("/admin/trials/exhibit/load/", data), {"small"})

    assert "Это не пакет: пакеты начинаются иначе." in load(b"PK is no package")
    assert "Пакет неполон" in load(package[:-10]) and "Пакет неполон" in load(package[:500])
    damaged = bytearray(package)
    damaged[len(package) // 2] ^= 1
    assert "Этот файл повреждён" in load(bytes(damaged))
    assert "за ним стоит что-то ещё" in load(package + b"x")
    models.Place.objects.update(name_then="Колонный зал")
    assert "«small» здесь уже есть и отличается" in load(package)


def test_a_document_that_is_not_whole_is_refused_in_russian(content):
    content["people"][0] |= {"name": {}, "unknown": 1, "sort_name": 7}
    content["places"][0] |= {"latitude": 91, "precision": "street"}
    content["timeline"][0] |= {"date": "23.01.1937", "time": "полдень"}
    content["sources"][0]["label"] = []
    del content["charges"][0]["title"]
    with translation.override("ru"), pytest.raises(DocumentError) as refusal:
        loads(cases.as_bytes(content))
    sentences = "\n".join(fault.sentence for fault in refusal.value.faults)
    assert len(refusal.value.faults) >= 8
    words = {word.strip("'") for word in WORD.findall(CODE.sub(" ", sentences))}
    assert words <= ALLOWED | {"street", *models.Place.Precision.values}


def test_a_conflict_and_what_history_keeps_are_told_in_russian(exhibit, client):
    person = models.Person.objects.get(key="radek")
    address = f"/admin/trials/person/{person.pk}/change/"
    stale = form_of(client, address, life_ru="Что набрала Анна.")
    first = form_of(client, address, life_ru="Журналист и писатель.")
    assert "Отменить" in told(client.post(address, first, follow=True))
    words = told(client.post(address, stale))
    assert "Последнее сохранение здесь: Анна" in words and "Открыть нынешнюю запись в новой вкладке" in words
    history = f"/admin/trials/person/{person.pk}/history/"
    version = Version.objects.get_for_object(person).last()
    pages = [page_of(client.get(address)) for address in (history, f"{history}compare/?from={version.pk}")]
    assert all(word in pages[0].words for word in ("Было", "Стало")) and "исчезло" in pages[1].words
    page = page_of(client.get(f"{history}{version.pk}/"))
    seen = next(field["value"] for field in page.all("input") if field.get("name") == "seen")
    assert "Пока вы смотрели" in told(client.post(f"{history}{version.pk}/", {"seen": "x"}, follow=True))
    assert "Возвращено состояние на" in told(client.post(f"{history}{version.pk}/", {"seen": seen}, follow=True))
    comments = [kept.revision.get_comment() for kept in Version.objects.get_for_object(person)]
    assert [comment for comment in comments if WORD.search(comment)] == []
