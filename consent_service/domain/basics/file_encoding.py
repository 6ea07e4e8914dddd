"""The encoding of a file: UTF-8, or the one that is stated; it is checked and never guessed."""

import codecs
from collections.abc import Iterable, Iterator

from consent_service.domain.basics.row_fault import ImportFault

UTF_8 = "utf-8"
ENCODINGS = (
    UTF_8,
    *("utf-16", "utf-16-le", "utf-16-be"),
    *("windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1257"),
    *("iso-8859-1", "iso-8859-2", "iso-8859-15", "koi8-r", "mac-roman"),
    *("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"),
)
"""The encodings that may be stated."""
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def check_encoding(chunks: Iterable[bytes], encoding: str) -> None:
    """Read a whole file in the encoding it is said to have; raises ImportFault, with the line, where it is another.

    Every file can be read as one of the encodings with a byte for each letter, so what is UTF-8 is taken for nothing
    else.
    """
    if encoding not in ENCODINGS:
        raise ImportFault("unknown_encoding", f"{encoding!r} is not an encoding; there are {', '.join(ENCODINGS)}")
    stated, utf_8 = _StrictReader(encoding), _StrictReader(UTF_8)
    first = True
    for chunk in chunks:
        if first and not encoding.startswith("utf-16") and (chunk.startswith(_WIDE_MARKS) or b"\x00" in chunk[:4]):
            raise ImportFault("not_utf8", "the file is UTF-16 or UTF-32; save it as UTF-8, or state utf-16")
        first = False
        stated.read(chunk)
        utf_8.read(chunk)
    stated.read(b"", final=True)
    utf_8.read(b"", final=True)
    if stated.fault:
        raise _make_fault(stated)
    if encoding != UTF_8 and utf_8.has_letters and not utf_8.fault:
        raise ImportFault("encoding_conflict", f"the file is UTF-8 and not {encoding}; leave the encoding out")


def read_as_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Hand on a file, that ``check_encoding`` found to be in this encoding, as UTF-8."""
    if encoding == UTF_8:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


class _StrictReader:
    """Reads a stream up to the first byte that does not fit, and counts its lines."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.fault: UnicodeDecodeError | None = None
        self.has_letters = False
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ends = {"\n": 0, "\r": 0}

    def read(self, chunk: bytes, *, final: bool = False) -> None:
        """Read on, unless a byte before did not fit."""
        if self.fault:
            return
        try:
            self._count(self._decoder.decode(chunk, final))
        except UnicodeDecodeError as fault:
            self.fault = fault
            self._count(fault.object[: fault.start].decode(self.encoding, errors="ignore"))
        except UnicodeError as fault:
            # UTF-16 without a byte order mark, of which Python names no byte.
            self.fault = UnicodeDecodeError(self.encoding, chunk, 0, 1, str(fault))

    @property
    def line(self) -> int:
        """The number of the line that is being read, whichever line ends the file has."""
        return 1 + max(self._ends.values())

    def _count(self, text: str) -> None:
        self.has_letters = self.has_letters or not text.isascii()
        for end in self._ends:
            self._ends[end] += text.count(end)


def _make_fault(reader: _StrictReader) -> ImportFault:
    fault = reader.fault
    byte = f"byte 0x{fault.object[fault.start]:02X}" if fault and fault.start < len(fault.object) else "its end"
    told = f"line {reader.line} is not {reader.encoding.upper()} ({byte})"
    if reader.encoding == UTF_8:
        return ImportFault("not_utf8", f"{told}; save the file as UTF-8, or state its encoding, such as windows-1252")
    return ImportFault("encoding_conflict", told)
