"""Tables as files: CSV and XLSX, written so that no spreadsheet program runs what is in a cell, and read under limits.

Every cell is text. XLSX says of each that it is text. CSV cannot: there an apostrophe is put before what a program
would take for a formula, and taken off again when the file is read.
"""

import csv
import datetime
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

LARGEST_FILE = 10 * 1024 * 1024
# What an XLSX may hold when it is unpacked, and in how many files.
LARGEST_UNPACKED = 64 * 1024 * 1024
MOST_MEMBERS = 200
MOST_ROWS = 5_000
MOST_COLUMNS = 200
# Up to here rows are looked at: gaps between them count.
LAST_ROW = 50_000
# More characters than this are cut off by Excel, without a word.
LONGEST_CELL = 32_767
MOST_FAULTS = 20

BOM = b"\xef\xbb\xbf"
ZIP_MARK, OLE_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

# Where a program may see the beginning of a formula: at the start of a cell, and after what parts cells elsewhere.
FORMULA = r"'*[=+\-@＝＋－＠]"
UNGUARDED = re.compile(rf"\A(?={FORMULA}|'*[\t\r\n])|(?<=[;\t\n])(?={FORMULA})")
GUARDED = re.compile(rf"\A'(?={FORMULA}|'*[\t\r\n])|(?<=[;\t\n])'(?={FORMULA})")

# Characters of a Russian text in Windows-1251, and neighbours that no Russian word has: signs of another encoding.
CYRILLIC = re.compile("[А-Яа-яЁё «»„“”‘’–—…№§°•\\u00a0]+")
MISREAD = re.compile("[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]|[а-яё][А-ЯЁ]")


class TableError(ValueError):
    """The file is refused; ``sentences`` say why, and where."""

    def __init__(self, *sentences: str):
        self.sentences = list(sentences)
        super().__init__(" ".join(sentences))


@dataclass(frozen=True)
class Table:
    """A header, and below it rows: each with its number in the file and its cells by column.

    ``note`` says of the file what a curator should look at.
    """

    header: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    note: str = ""

    def dumps(self) -> bytes:
        """The table in short, to be kept."""
        rows = [[number, *(cells[name] for name in self.header)] for number, cells in self.rows]
        return zlib.compress(json.dumps([self.header, rows, self.note], ensure_ascii=False).encode())

    @classmethod
    def loads(cls, data: bytes) -> "Table":
        """A table that was kept by `dumps`."""
        header, rows, note = json.loads(zlib.decompress(data))
        return cls(header, [(number, dict(zip(header, cells, strict=True))) for number, *cells in rows], note)


# Writing


def write_csv(header: list[str], rows: Iterable[list]) -> bytes:
    """The table as CSV in UTF-8, with the mark by which Excel knows it."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(header)
    writer.writerows([guard(str(cell)) for cell in row] for row in rows)
    return BOM + target.getvalue().encode()


def guard(text: str) -> str:
    """``text`` with an apostrophe before everything that a spreadsheet would take for a formula."""
    return UNGUARDED.sub("'", text)


def unguard(text: str) -> str:
    """What `guard` was given."""
    return GUARDED.sub("", text)


def write_xlsx(header: list[str], rows: Iterable[list], title: str) -> bytes:
    """The table as XLSX, every cell of it text. Raises `TableError` where a cell is longer than Excel allows."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for position, name in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(position)].width = 40 if "[" in name else 20
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)

    def cell(text, **style):
        if len(text) > LONGEST_CELL:
            raise TableError(_("A text is longer than a cell of Excel may be. Export CSV instead."))
        found = WriteOnlyCell(sheet, text)
        found.data_type, found.number_format, found.quotePrefix = "s", "@", True
        for name, value in style.items():
            setattr(found, name, value)
        return found

    sheet.append([cell(name, font=bold) for name in header])
    for row in rows:
        sheet.append([cell(str(text), alignment=wrapped) for text in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# Reading


def read(data: bytes) -> Table:
    """The table in a file, whichever of the two it is. Raises `TableError`."""
    if len(data) > LARGEST_FILE:
        raise TableError(_("The file is larger than %(size)s MB.") % {"size": LARGEST_FILE >> 20})
    if not data.strip():
        raise TableError(_("The file is empty."))
    if data.startswith(OLE_MARK):
        raise TableError(
            _("This is an old Excel file (.xls), or one with a password. Save it as XLSX without a password.")
        )
    if data.startswith(ZIP_MARK):
        return _table(_rows_of_xlsx(data))
    text, note = _decoded(data)
    return _table(_rows_of_csv(text), note)


def _table(rows: Iterator[tuple[int, list[str]]], note="") -> Table:
    """A table of numbered rows, the first of which is the header."""
    found = ((number, cells) for number, cells in rows if any(cells))
    _number, header = next(found, (0, []))
    header = [name.strip() for name in header]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise TableError(_("The file is empty."))
    if len(header) > MOST_COLUMNS:
        raise TableError(_("There are more than %(count)s columns.") % {"count": MOST_COLUMNS})
    faults = [_("The column “%(name)s” is there twice.") % {"name": name} for name in _repeated(header)]
    if "" in header:
        faults.append(_("A column has no name. Name it in the first row, or delete it."))
    if faults:
        raise TableError(*faults)
    table = Table(header, note=note)
    for number, cells in found:
        if any(cells[len(header) :]):
            raise TableError(_("Row %(number)s has more cells than there are columns.") % {"number": number})
        if len(table.rows) == MOST_ROWS:
            raise TableError(_("There are more than %(count)s rows. Import them in parts.") % {"count": MOST_ROWS})
        cells = [*cells, *[""] * len(header)][: len(header)]
        table.rows.append((number, dict(zip(header, cells, strict=True))))
    return table


def _repeated(names) -> list[str]:
    return sorted({name for name in names if name and names.count(name) > 1})


def _decoded(data: bytes) -> tuple[str, str]:
    """The text of a CSV file, and what is to be said of its encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "UTF-16"
    elif b"\0" in data:
        raise TableError(_("This is neither CSV nor XLSX."))
    else:
        encoding = "UTF-8"
    try:
        return data.decode("utf-8-sig" if encoding == "UTF-8" else encoding), ""
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1251") if encoding == "UTF-8" else ""
    except UnicodeDecodeError:
        text = ""
    foreign = CYRILLIC.sub("", text)
    if not text or not foreign.isascii() or MISREAD.search(text):
        raise TableError(
            _("The encoding of this file cannot be recognised. Save it as “CSV UTF-8” or, safer, as XLSX.")
        )
    return text, _("It was read as Windows-1251. Look whether all letters are right, or save it as “CSV UTF-8”.")


def _rows_of_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    declared = re.match(r"sep=([,;\t])\r?\n", text)
    start = declared.end() if declared else 0
    mark = declared[1] if declared else max(",;\t", key=lambda mark: len(_first_row(text, mark)))
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=mark, strict=True)
    number = 1 if declared else 0
    try:
        for cells in reader:
            number += 1
            yield number, [unguard(cell.replace("\r\n", "\n").replace("\r", "\n")) for cell in cells]
    except csv.Error as error:
        sentence = _("Row %(number)s cannot be read: a quotation mark is missing or too many, or a cell is endless.")
        raise TableError(sentence % {"number": number + 1}) from error


def _first_row(text: str, mark: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=mark), [])
    except csv.Error:
        return []


def _rows_of_xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    _look_into(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size is not to be believed
        yield from _rows_of_sheet(sheet)
    except TableError:
        raise
    except Exception as error:  # a damaged file makes openpyxl fail in a dozen ways, which it does not name
        raise TableError(_("This XLSX is damaged: it cannot be read.")) from error


def _rows_of_sheet(sheet) -> Iterator[tuple[int, list[str]]]:
    faults = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > LAST_ROW:
            raise TableError(_("There is something below row %(number)s. Delete it.") % {"number": LAST_ROW})
        if len(row) > MOST_COLUMNS and any(cell.value is not None for cell in row[MOST_COLUMNS:]):
            raise TableError(_("There are more than %(count)s columns.") % {"count": MOST_COLUMNS})
        cells = []
        for position, cell in enumerate(row[:MOST_COLUMNS], 1):
            try:
                cells.append(_text_of(cell))
            except ValueError as error:
                place = {"number": number, "column": position, "reason": error}
                faults.append(_("Row %(number)s, column %(column)s: %(reason)s") % place)
        if len(faults) >= MOST_FAULTS:
            break
        yield number, cells
    if faults:
        raise TableError(*faults[:MOST_FAULTS])


def _look_into(data: bytes):
    """Refuse an XLSX that would unpack to too much, or that is more than a table. Nothing is unpacked for it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, struct.error) as error:
        raise TableError(_("This XLSX is damaged: it cannot be read.")) from error
    names = [member.filename.lower() for member in members]
    if "xl/workbook.xml" not in names:
        raise TableError(_("This is neither CSV nor XLSX."))
    # No more is ever unpacked of a file than it says here: zipfile stops there.
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise TableError(_("This XLSX unpacks to more than %(size)s MB.") % {"size": LARGEST_UNPACKED >> 20})
    if any(member.flag_bits & 1 for member in members):
        raise TableError(_("This file has a password. Save it as XLSX without one."))
    for part, what in _forbidden_parts().items():
        if any(part in name for name in names):
            raise TableError(_("The file holds %(what)s. Save the table alone, as XLSX.") % {"what": what})


def _forbidden_parts() -> dict:
    """What makes an XLSX more than a table: a part of a file's name in it, and what it is called."""
    return {"vbaproject": _("macros"), "externallinks/": _("links to other files"), "embeddings/": _("other files")}


def _text_of(cell) -> str:
    """What a cell of an XLSX says. Raises ValueError with a sentence."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise ValueError(_("There is a formula. Put its value in its place."))
    if cell.data_type == "e":
        raise ValueError(_("There is an error of the spreadsheet (%(error)s).") % {"error": value})
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return _text_of_moment(value, cell.number_format)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # Excel writes the end of a line within a cell in this way.
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")


def _text_of_moment(value, shown_as: str) -> str:
    """A date or a time that a program made of what was typed, but only as exact as it was typed."""
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M" if not value.second else "%H:%M:%S")
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", shown_as.lower())
    if isinstance(value, datetime.timedelta) or not ("d" in shown and "y" in shown):
        raise ValueError(
            _("The spreadsheet has made a day out of what was typed. Format the cell as text and type it again.")
        )
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        raise ValueError(_("A date and a time stand in one cell. Give the time in the column “time”."))
    return f"{value:%Y-%m-%d}"
