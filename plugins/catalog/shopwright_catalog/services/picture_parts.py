# SPDX-License-Identifier: Apache-2.0
"""Taking the metadata out of picture files without touching a pixel: only parts that paint are kept.

Kept are the image data, colour profiles and animation; camera data, places, thumbnails, comments, edit histories and
whatever hangs behind the end of the picture are not. Formats: JPEG (ITU T.81, annex B), PNG (third edition), RIFF as
WebP uses it, GIF89a.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping

_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_EXIF_AND_XMP = 0x0C
_GIF_KEPT = frozenset((b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"))
# Within the scans of a JPEG, 0xFF is data when 0 or a restart mark follows.
_JPEG_MARK = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")


class BrokenPictureError(ValueError):
    """A file is not built as its format says."""


def without_metadata(kind: str, data: bytes) -> bytes:
    """Give a PNG, JPEG, WebP or GIF without its metadata.

    Raises:
        BrokenPictureError: the file is not built as its format says.
    """
    try:
        return b"".join(_STRIPPERS[kind](data))
    except (IndexError, struct.error):
        raise BrokenPictureError(f"the {kind} ends too early") from None


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at, mark = 2, 0
    while True:
        found = _JPEG_MARK.search(data, at)
        if mark == 0xDA:
            yield data[at : found.start() if found else None]
        elif found is None:
            raise BrokenPictureError("the JPEG has no picture in it")
        # Some cameras leave out the mark of the end; decoding tells whether anything else is missing.
        mark = found[1][0] if found else 0xD9
        if mark == 0xD9:
            yield b"\xff\xd9"
            return
        assert found is not None
        size = int(struct.unpack_from(">H", data, found.end())[0])
        at = found.end() + size
        yield _jpeg_segment(mark, data[found.end() + 2 : at])


def _jpeg_segment(mark: int, body: bytes) -> bytes:
    if mark == 0xE0 and body.startswith(b"JFIF\0"):
        body = body[:12] + b"\0\0"
    elif mark == 0xFE or (0xE0 <= mark <= 0xEF and not _paints(mark, body)):
        return b""
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


def _paints(mark: int, body: bytes) -> bool:
    return (mark == 0xE2 and body.startswith(b"ICC_PROFILE\0")) or (
        mark == 0xEE and body.startswith(b"Adobe")
    )


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at, kind = 8, b""
    while kind != b"IEND":
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind in _PNG_KEPT:
            yield data[at : at + size + 12]
        at += size + 12


def _webp(data: bytes) -> Iterator[bytes]:
    chunks = list(_webp_chunks(data))
    yield b"RIFF" + struct.pack("<I", 4 + sum(len(chunk) for chunk in chunks)) + b"WEBP"
    yield from chunks


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    at = 12
    end = min(len(data), 8 + int(struct.unpack_from("<I", data, 4)[0]))
    while at < end:
        kind, size = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
        if kind == b"VP8X":
            body = bytes((body[0] & ~_WEBP_EXIF_AND_XMP,)) + body[1:]
        if kind in _WEBP_KEPT:
            yield kind + struct.pack("<I", size) + body + b"\0" * (size % 2)


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _gif_colours(data[10])
    yield data[:at]
    while data[at] != 0x3B:
        begins, mark = at, data[at]
        if mark == 0x2C:
            at += 11 + _gif_colours(data[at + 9])
        elif mark == 0x21:
            at += 2
        else:
            raise BrokenPictureError("the GIF has a block of no known kind")
        while data[at]:
            at += data[at] + 1
        at += 1
        if mark == 0x2C or data[begins + 1] == 0xF9 or data[begins + 3 : begins + 14] in _GIF_KEPT:
            yield data[begins:at]
    yield b"\x3b"


def _gif_colours(flags: int) -> int:
    """Give the size of a colour table in bytes."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


_STRIPPERS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "GIF": _gif,
}
