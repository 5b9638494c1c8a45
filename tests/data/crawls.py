"""Pages, and WARC files and archives of them, made for tests."""

import gzip
import io
import json
import tarfile
import zipfile

_TEXT = """
    the of and to in is that for it with as was on are be this by you or from at have not your we
    garden window river stone letter paper morning travel music number colour winter machine bread
    silver forest island engine market bridge harbour candle pocket ribbon saddle teacher village
"""
WORDS = _TEXT.split()


def sentence(seed, length=40):
    """English enough to be taken for it, and another for every seed."""
    state = seed * 7919 + 17
    words = []
    for _ in range(length):
        state = (state * 1103515245 + 12345) % 2**31
        words.append(WORDS[(state >> 8) % len(WORDS)])
    return " ".join(words)


def page(seed, paragraphs=4):
    """A page with a form of its own."""
    text = "".join(f"<p>{sentence(seed * 100 + n)}.</p>" for n in range(paragraphs))
    form = (
        f'<form id="form{seed}"><label for="field{seed}">{sentence(seed, 5)}</label>'
        f'<input id="field{seed}" name="n{seed}"><p>{sentence(seed + 5000)}</p></form>'
    )
    return f"<!doctype html><html lang=en><body><h1>{seed}</h1>{text}{form}</body></html>"


def record(
    payload,
    *,
    url="http://example.com/",
    type_="text/html",
    headers="",
    status="200 OK",
    kind="response",
    http=True,
):
    """A WARC record, uncompressed."""
    body = payload if isinstance(payload, bytes) else payload.encode()
    if http:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\n{headers}\r\n"
        body = head.encode() + body
    content_type = "application/http; msgtype=response" if http else type_
    lines = (
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>",
        "WARC-Date: 2019-04-01T00:00:00Z",
        f"WARC-Target-URI: {url}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def warc(path, records, *, compressed=True):
    """A WARC file of some records, each compressed by itself as crawlers do."""
    path.write_bytes(b"".join(gzip.compress(one) if compressed else one for one in records))
    return path


def tar_bytes(files, mode="w:gz"):
    """A tar archive of files by their names."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


def deb(path, files, *, mode="w:xz", suffix=".xz"):
    """A Debian package with some files."""
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": tar_bytes({"control": b"Package: x\n"}, "w:xz"),
        f"data.tar{suffix}": tar_bytes(files, mode),
    }
    out = b"!<arch>\n"
    for name, data in members.items():
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        out += data + b"\n" * (len(data) % 2)
    path.write_bytes(out)
    return path


def zipped(path, files):
    """A zip archive of some files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def lines(path, rows):
    """JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
