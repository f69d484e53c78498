"""ZIP files of one form: the same members make the same bytes, and no other bytes are read.

Members are stored uncompressed, without dates, comments or extra fields, one after the other from the first
byte to the last. So a file that is read has nothing hidden before, between, beneath or behind its members,
and cannot unpack to more than it is. Every program opens such a file; one that another program packed is
refused, and the sentence says so.

Not by the standard library: it writes other bytes from one version to the next, and reads what the list at
the end of a file claims, whatever the file holds.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CHUNK = 1024 * 1024
# From here on, a number stands in the fields of ZIP64. A constant, so that tests need no file of 4 GB.
TOO_LARGE = 0xFFFFFFFF
TOO_MANY = 0xFFFF
NAME_LENGTH = 100

LOCAL = struct.Struct("<4sHHHHHLLLHH")
CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
END = struct.Struct("<4sHHHHLLH")
END64 = struct.Struct("<4sQHHLLQQQQ")
LOCATOR64 = struct.Struct("<4sLQL")
LOCAL_MARK = b"PK\3\4"

VERSION, VERSION64 = 20, 45
UNIX = 3 << 8
ORDINARY_FILE = 0o100644 << 16
NO_TIME, NO_DATE = 0, 0x21  # midnight on 1 January 1980, the first that a ZIP can say
ENCRYPTED, STORED = 1, 0

ANOTHER_PROGRAM = gettext_lazy(
    "The package was packed anew or changed by another program. Fetch the original; "
    "or unpack this one and load the document.json in it."
)


class ZipError(ValueError):
    """The file is refused. ``place`` names the member, where it is one; the message is a sentence."""

    def __init__(self, sentence: str, place: str = ""):
        self.place = place
        super().__init__(sentence)


def by_another_program(sentence: str) -> str:
    """``sentence``, then what such a fault comes from as a rule, and what to do."""
    return f"{sentence} {ANOTHER_PROGRAM}"


@dataclass(frozen=True)
class Member:
    """One file in a ZIP: its name, the CRC-32 and number of its bytes, and where its header begins."""

    name: str
    crc: int
    size: int
    offset: int

    @property
    def start(self) -> int:
        """Where its bytes begin."""
        return self.offset + LOCAL.size + len(self.name)


class Writer:
    """Writes members to ``target``, which need not be able to seek, and the list of them when it is closed."""

    def __init__(self, target: BinaryIO):
        self.target = target
        self.members: list[Member] = []
        self.position = 0

    def add(self, name: str, content: bytes):
        """Write one member. Its name is ASCII."""
        member = Member(name, zlib.crc32(content), len(content), self.position)
        self._write(_header(member))
        self._write(content)
        self.members.append(member)

    def close(self):
        """Write what ends the file."""
        self._write(_ending(self.members, self.position))

    def _write(self, data: bytes):
        self.target.write(data)
        self.position += len(data)


def read(source: BinaryIO, largest: Callable[[str], int], most: int) -> list[Member]:
    """The members of the ZIP in ``source``, every byte of which has been looked at. Raises `ZipError`.

    ``largest`` gives the number of bytes that a member of this name may have, and raises `ZipError` for a name
    that may not be there; ``most`` is the number of members. No more than a piece is in memory at once.
    """
    source.seek(0)
    members = {}
    position = 0
    while (mark := source.read(4)) == LOCAL_MARK:
        member = _member(mark, source, position, largest)
        if member.name in members:
            raise ZipError(_("This file is in the package twice."), member.name)
        if len(members) == most:
            raise ZipError(_("There are more than %(most)s files in the package.") % {"most": most})
        _check_content(source, member)
        members[member.name] = member
        position = member.start + member.size
    if not members:
        raise ZipError(_("This is no package: the file does not begin as one does."))
    _check_ending(source, mark, _ending(list(members.values()), position))
    return list(members.values())


def content(source: BinaryIO, member: Member) -> bytes:
    """The bytes of a member that `read` has found."""
    source.seek(member.start)
    return _exactly(source, member.size, member.name)


def _member(mark: bytes, source: BinaryIO, offset: int, largest: Callable[[str], int]) -> Member:
    """The member whose header begins at ``offset``, if it is one that `Writer` makes."""
    header = mark + _exactly(source, LOCAL.size - len(mark))
    _mark, _version, flags, method, _time, _date, crc, _packed, size, name_length, _extra = LOCAL.unpack(header)
    raw = _exactly(source, name_length)
    # A name that is not plain ASCII is seen to differ from what was read, and is harmless in a sentence.
    name = raw.decode("latin-1").encode("unicode_escape").decode()[:NAME_LENGTH]
    limit = largest(name)
    if flags & ENCRYPTED:
        raise ZipError(_("This file is encrypted: those of packages are not."), name)
    if method != STORED:
        raise ZipError(by_another_program(_("This file is compressed: those of packages are not.")), name)
    if size > limit:
        raise ZipError(_("This file is larger than %(size)s MB.") % {"size": limit >> 20}, name)
    member = Member(name, crc, size, offset)
    if header + raw != _header(member):
        raise ZipError(by_another_program(_("This file has another header than those of packages.")), name)
    return member


def _check_content(source, member):
    crc, left = 0, member.size
    while left:
        chunk = _exactly(source, min(left, CHUNK), member.name)
        crc = zlib.crc32(chunk, crc)
        left -= len(chunk)
    if crc != member.crc:
        raise ZipError(_("This file is damaged: its bytes do not have the checksum (CRC-32) of the ZIP."), member.name)


def _check_ending(source, mark, ending):
    """What follows the members must be their list, and nothing must follow that. Never reads more."""
    found = mark + source.read(len(ending) + 1 - len(mark))
    if len(found) < len(ending) and ending.startswith(found):
        raise ZipError(_("The package is incomplete: its end is missing. Fetch it again."))
    if found != ending:
        sentence = _("The end of the package does not list its files as they are, or more follows.")
        raise ZipError(by_another_program(sentence))


def _exactly(source: BinaryIO, size: int, name: str = "") -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise ZipError(_("The package is incomplete: it ends in the middle of this file. Fetch it again."), name)
    return data


def _header(member: Member) -> bytes:
    """What stands before a member's bytes."""
    common = VERSION, 0, STORED, NO_TIME, NO_DATE, member.crc, member.size, member.size, len(member.name), 0
    return LOCAL.pack(LOCAL_MARK, *common) + member.name.encode()


def _ending(members: list[Member], start: int) -> bytes:
    """What ends a file whose members end at ``start``: the list of them, and where it is."""
    listed = b"".join(_listed(member) for member in members)
    number, size = len(members), len(listed)
    end64 = b""
    if number >= TOO_MANY or start >= TOO_LARGE:
        end64 = END64.pack(
            b"PK\6\6", END64.size - 12, UNIX | VERSION64, VERSION64, 0, 0, number, number, size, start
        ) + LOCATOR64.pack(b"PK\6\7", 0, start + size, 1)
        number, start = 0xFFFF, 0xFFFFFFFF
    return listed + end64 + END.pack(b"PK\5\6", 0, 0, number, number, size, start, 0)


def _listed(member: Member) -> bytes:
    offset, extra, version = member.offset, b"", VERSION
    if offset >= TOO_LARGE:
        offset, extra, version = 0xFFFFFFFF, struct.pack("<HHQ", 1, 8, offset), VERSION64
    name = member.name.encode()
    common = 0, STORED, NO_TIME, NO_DATE, member.crc, member.size, member.size, len(name), len(extra), 0, 0, 0
    return CENTRAL.pack(b"PK\1\2", UNIX | version, version, *common, ORDINARY_FILE, offset) + name + extra
