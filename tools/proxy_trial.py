"""The site files of ``deploy/`` for nginx, tried with real servers on this machine.

    .venv/bin/python -m tools.proxy_trial

Serves the exhibit that ships by granian behind nginx, over https with a certificate made for it, and looks at what is
kept and what never is; at slow clients; at an application that is gone; and at a copy of the pages without any
application. Prints a line for each; the exit status says whether all held. Needs nginx with its module for Brotli files
(Debian: nginx-light, libnginx-mod-http-brotli-static) and openssl.
"""

import http.client
import http.server
import json
import os
import re
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import brotli

from tools import nginx
from tools.served import free_port, served

SLUG = "second-moscow-trial"
STORY = f"/exhibits/{SLUG}/"
SLOW_CLIENTS = 200
SLOW_SECONDS = 15
# A visitor beside them is answered within so many seconds, each time.
PATIENCE = 2
# What a curator does, in the application's own words.
PICTURES = """
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from tests import cards
exhibit, user = cards.exhibit(), get_user_model().objects.get()
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
image = exhibit.images.first()
print(f"/media/{image.sha256}/image.{image.extension}", exhibit.slug, session.session_key)
"""
CHANGE = """
import django
django.setup()
from trials.editions.publish import publish
from trials.models import Exhibit
exhibit = Exhibit.objects.get(slug="small")
exhibit.where = {"en": "Elsewhere"}
exhibit.save()
publish(exhibit, "Once more.")
"""


class Trial:
    """Says what holds, and remembers what does not."""

    def __init__(self):
        self.failed = 0

    def say(self, what: str, holds: bool, seen: object = ""):
        """Print one line; with what was seen instead, where it does not hold."""
        self.failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {what}{'' if holds else f' – {seen}'}", flush=True)


@dataclass
class Reply:
    """What a client got."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def kept(self) -> str:
        """What nginx says of its store: HIT, MISS, EXPIRED, REVALIDATED, STALE, or nothing where it was not asked."""
        return self.headers["X-Kept"] or ""


@dataclass
class Client:
    """Asks one nginx over https."""

    port: int

    def connection(self, timeout=30) -> http.client.HTTPSConnection:
        """A connection that does not ask who signed the certificate."""
        unchecked = ssl._create_unverified_context()  # noqa: S323
        return http.client.HTTPSConnection("localhost", self.port, timeout=timeout, context=unchecked)

    def get(self, path: str, method="GET", body=None, timeout=30, **headers: str) -> Reply:
        """The answer to one request; ``Accept_Encoding="br"`` is a header."""
        connection = self.connection(timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Accept-Encoding": "identity", **named})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()


@contextmanager
def behind(name: str, folder: Path, filled: dict[str, str]):
    """nginx with a site file of ours on two free ports; gives the client of the one with https, and the plain port."""
    plain, secure = free_port(), free_port()
    certificate, key = nginx.certificate(folder)
    text = nginx.site(
        name,
        {
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
            "    listen [::]:80;\n": "",
            # So that what is kept is seen from outside.
            "    listen [::]:443 ssl http2;\n": "    add_header X-Kept $upstream_cache_status always;\n",
            "exhibit.museum.example": "localhost",
            "/etc/ssl/exhibit/fullchain.pem": str(certificate),
            "/etc/ssl/exhibit/privkey.pem": str(key),
            "/var/log/nginx/exhibit.log": str(folder / "exhibit.log"),
            **filled,
        },
    )
    with nginx.running(text, folder / name.removesuffix(".conf"), secure):
        yield Client(secure), plain


def until(holds, seconds=2.0) -> bool:
    """Whether something comes to hold within some seconds."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.05)
    return held


def try_pages(trial, client, plain):
    """What visitors get, and what is kept of it."""
    page = client.get(STORY)
    trial.say("a page is sent", page.status == 200 and b"<h1" in page.body, page.status)
    again = client.get(STORY)
    trial.say(
        "asked for again within the second, nginx has it", again.kept == "HIT" and again.body == page.body, again.kept
    )
    time.sleep(2)  # nginx counts whole seconds
    later = client.get(STORY)
    trial.say("after that the application is asked whether it still holds", later.kept == "REVALIDATED", later.kept)
    packed = client.get(STORY, Accept_Encoding="gzip, deflate, br, zstd")
    same = brotli.decompress(packed.body) == page.body and packed.headers["Content-Encoding"] == "br"
    trial.say("whoever takes Brotli gets Brotli", same, packed.headers)
    refused = client.get(STORY, Accept_Encoding="br;q=0, gzip;q=0.5").headers["Content-Encoding"]
    trial.say("whoever refuses it does not", refused == "gzip", refused)
    etags = {client.get(STORY, Accept_Encoding=encoding).headers["ETag"] for encoding in ("br", "gzip", "identity")}
    trial.say("each form has an ETag of its own", len(etags) == 3, etags)
    vary = page.headers.get_all("Vary")
    trial.say("and says what it depends on", vary == ["Accept-Encoding"], vary)
    held = client.get(STORY, Accept_Encoding="br", If_None_Match=packed.headers["ETag"])
    trial.say("whoever holds it gets 304", (held.status, held.body) == (304, b""), held.status)
    trial.say("with its headers", held.headers["Cache-Control"] == "no-cache" and "ETag" in held.headers, held.headers)
    numbers = {client.get(STORY, X_Request_ID="of-a-client").headers["X-Request-ID"] for _time in range(2)}
    trial.say("each answer has a number of its own, none from a client", len(numbers - {"of-a-client"}) == 2, numbers)
    head = client.get(STORY, method="HEAD")
    trial.say(
        "HEAD has the headers of GET", head.headers["ETag"] == page.headers["ETag"] and not head.body, head.headers
    )
    russian = client.get(f"/ru{STORY}")
    trial.say(
        "a page in Russian is another page", russian.status == 200 and "Суд" in russian.body.decode(), russian.status
    )
    queried = client.get(f"{STORY}?from=poster")
    trial.say("what stands behind “?” makes no other page", queried.kept in ("HIT", "REVALIDATED"), queried.kept)
    client.get("//about/")
    about = client.get("/about/")
    trial.say("an address with two slashes does not stand in for another", about.status == 200, about.status)
    for path in ("/search/?q=Radek", "/ru/search/?q=%D0%A0%D0%B0%D0%B4%D0%B5%D0%BA"):
        pair = [client.get(path) for _time in range(2)]
        seen = [(reply.status, reply.kept) for reply in pair]
        trial.say(f"{path.partition('?')[0]} is answered and not kept", seen == [(200, "")] * 2, seen)
    pair = [client.get("/admin/login/", Accept_Encoding="br, gzip") for _time in range(2)]
    cookies = {reply.headers["Set-Cookie"] for reply in pair}
    trial.say("signing in is not kept: each has a cookie of its own", len(cookies) == 2, cookies)
    trial.say("nor compressed", not pair[0].headers["Content-Encoding"] and not pair[0].kept, pair[0].headers)
    trial.say("a preview is not kept", client.get("/preview/none/").kept == "", "")
    spoofed = client.get("/search/?q=a", X_Forwarded_Proto="http")
    trial.say("a client's X-Forwarded-Proto: http is overwritten", spoofed.status == 200, spoofed.status)
    connection = http.client.HTTPConnection("localhost", plain)
    connection.request("GET", "/admin/", headers={"X-Forwarded-Proto": "https"})
    sent_on = connection.getresponse()
    trial.say("and https does not let it in by http", sent_on.status == 301, sent_on.status)
    policy = [
        len(page.headers.get_all(name) or ()) for name in ("Content-Security-Policy", "Strict-Transport-Security")
    ]
    trial.say("the application's headers arrive once each", policy == [1, 1], policy)
    trial.say("a large body is refused", _sent(client, "/", 100_000) == 413, "")
    uploaded = _uploaded(client, 60_000_000)
    trial.say("an upload of 60 MB reaches the application", b"errornote" in uploaded.body, uploaded.status)


def _uploaded(client, size) -> Reply:
    """The answer to a form for signing in that brings a large file along."""
    form = client.get("/admin/login/")
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', form.body)[1]
    part = b'--end\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = b"".join(
        (
            *(part % (name, b"", value) for name, value in ((b"csrfmiddlewaretoken", token), (b"username", b"nobody"))),
            *(part % (b"file", b'; filename="a"', bytes(size)), b"--end--\r\n"),
        )
    )
    return client.get(
        "/admin/login/",
        method="POST",
        body=body,
        Content_Type="multipart/form-data; boundary=end",
        Cookie=form.headers["Set-Cookie"].partition(";")[0],
        Origin="https://localhost",
    )


def _sent(client, path, size):
    connection = client.connection()
    try:
        connection.request("POST", path, body=b"x" * size, headers={"Content-Type": "application/octet-stream"})
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
        return 413
    finally:
        connection.close()


def try_changes(trial, client, server):
    """What is published, shown to curators alone, or taken down."""
    path, slug, session = server.python("-c", PICTURES).split()
    cookie = f"__Host-sessionid={session}"
    trial.say("a picture that is not published is for nobody", client.get(path).status == 404, "")
    own = client.get(path, Cookie=cookie)
    trial.say("but for curators", own.status == 200, own.status)
    trial.say("and is not kept", client.get(path).status == 404 and client.get(path, Cookie=cookie).kept != "HIT", "")
    client.get("/")
    server.manage("publish", slug, "--note", "With pictures.")
    trial.say(
        "a new exhibit is seen within three seconds",
        until(lambda: client.get(f"/exhibits/{slug}/").status == 200, 3),
        "",
    )
    client.get(f"/exhibits/{slug}/editions/")
    server.python("-c", CHANGE)
    seen = until(lambda: b"Once more." in client.get(f"/exhibits/{slug}/editions/").body, 3)
    trial.say("a new edition is seen within three, by whoever reads all the time", seen, "")
    trial.say("and its pictures", until(lambda: client.get(path).status == 200), "")
    trial.say("which nginx keeps for a second", client.get(path).kept == "HIT", "")
    server.manage("take_down_image", path.split("/")[2], "--reason", "A trial.")
    trial.say("a picture taken down is gone within three seconds", until(lambda: client.get(path).status == 451, 3), "")
    client.get(f"/exhibits/{slug}/people/")
    server.manage("take_down_edition", slug, "2", "--reason", "A trial.")
    gone = until(lambda: client.get(f"/exhibits/{slug}/").status == 451, 3)
    trial.say("an edition taken down is gone within three seconds", gone, client.get(f"/exhibits/{slug}/").status)
    return path, slug


def try_slow_clients(trial, client):
    """Many who send a header, a body or nothing, a byte now and then; beside them one visitor."""
    stop = threading.Event()
    slow = [_begun(client, number % 3) for number in range(SLOW_CLIENTS)]
    dripping = threading.Thread(target=_drip, args=(slow, stop))
    dripping.start()
    longest, end = 0.0, time.monotonic() + SLOW_SECONDS
    try:
        while time.monotonic() < end:
            for path in (STORY, "/search/?q=Radek", "/about/"):
                began = time.monotonic()
                if client.get(path, timeout=10).status != 200:
                    longest = 10.0
                longest = max(longest, time.monotonic() - began)
            time.sleep(0.3)
    finally:
        stop.set()
        dripping.join()
        for one in slow:
            one.close()
    trial.say(f"beside {SLOW_CLIENTS} slow clients a visitor waits {longest:.2f} s at most", longest < PATIENCE, "")


def _begun(client, kind):
    unchecked = ssl._create_unverified_context()  # noqa: S323
    plain = socket.create_connection(("127.0.0.1", client.port), 10)
    one = unchecked.wrap_socket(plain, server_hostname="localhost")
    if kind == 0:
        one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    if kind == 1:
        one.sendall(b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n")
    return one


def _drip(slow, stop):
    while not stop.wait(1):
        for number, one in enumerate(slow):
            try:
                if number % 3 < 2:
                    one.sendall(b"X-Slow: 1\r\n" if number % 3 == 0 else b"x")
            except OSError:
                pass  # nginx has ended it


def try_without_application(trial, client, server, path, slug):
    """What is left once the application is gone."""
    pages = (STORY, f"/ru{STORY}", "/about/")
    before = [client.get(page, Accept_Encoding="br").body for page in pages]
    style = re.search(rb"/static/css/base\.\w+\.css", client.get(STORY).body)[0].decode()
    client.get(style)
    os.kill(server.pid, signal.SIGTERM)
    gone = until(lambda: client.get("/healthz").status == 503, 15)
    trial.say("the application is stopped", gone, "")
    after = [client.get(page, Accept_Encoding="br") for page in pages]
    same = [(reply.status, reply.body) for reply in after] == [(200, body) for body in before]
    trial.say("pages that were read are shown still", same, [reply.status for reply in after])
    trial.say("and their styles", client.get(style).status == 200, "")
    held = client.get(STORY, Accept_Encoding="br", If_None_Match=after[0].headers["ETag"])
    trial.say("and 304 is answered", held.status == 304, held.status)
    trial.say("what was taken down stays so", client.get(f"/exhibits/{slug}/").status == 451, "")
    trial.say("a picture is not shown", client.get(path).status == 503, "")
    away = client.get("/accessibility/")
    said = away.status == 503 and away.headers["Retry-After"] == "30" and "через минуту" in away.body.decode()
    trial.say("what was not read says when to come again", said, away.status)
    trial.say("and is not kept", away.headers["Cache-Control"] == "no-store", away.headers)


class Careless(http.server.BaseHTTPRequestHandler):
    """An application that sends to everybody what is for one: each answer is another, and says in its path how."""

    answers = 0
    HEADERS = {
        "/cookie": ("Set-Cookie", "a=b"),
        "/private": ("Cache-Control", "private"),
        "/no-store": ("Cache-Control", "max-age=60, no-store"),
        "/vary": ("Vary", "Accept-Encoding, Cookie"),
        "/any": ("Vary", "*"),
        "/public": ("Cache-Control", "no-cache"),
    }

    def do_GET(self):
        """Answer with a number that nobody had before."""
        type(self).answers += 1
        body = b"%d" % self.answers
        self.send_response(200)
        self.send_header(*self.HEADERS[self.path])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given):
        """Say nothing."""


def try_careless(trial, folder):
    """Nothing that is for one person is kept, even at an ordinary address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        filled = {"127.0.0.1:8000": f"127.0.0.1:{server.server_port}", "/var/cache/nginx": str(folder)}
        with behind("nginx.conf", folder, filled) as (client, _plain):
            for path in Careless.HEADERS:
                kept = client.get(path).body == client.get(path).body
                trial.say(f"{path} is {'kept' if path == '/public' else 'not kept'}", kept is (path == "/public"), kept)
        server.shutdown()


def try_copy(trial, folder, application, server):
    """The pages as files, beside those of the application."""
    site = folder / "site"
    server.manage("export_pages", str(site))
    with behind("nginx-static.conf", folder, {"/srv/exhibit-pages/site": str(site)}) as (client, _plain):
        page = application.get(STORY).body.decode()
        styles = re.findall(r"/static/[\w./-]+", page)
        paths = (
            *("/", "/ru/", STORY, f"/ru{STORY}", f"{STORY}timeline/", f"{STORY}document.json", f"{STORY}share.png"),
            *("/feed.xml", "/sitemap.xml", "/robots.txt", "/schema/document.json", *dict.fromkeys(styles)),
            *("/nowhere/", "/ru/nowhere/", "/static/", "/media/"),
        )
        faults = [fault for path in paths for fault in _differences(path, application.get(path), client.get(path))]
        trial.say(f"{len(paths)} addresses: status, bytes and headers are the application's", not faults, faults)
        for encoding in ("br", "gzip"):
            reply = client.get(STORY, Accept_Encoding=encoding)
            whole = reply.headers["Content-Encoding"] == encoding and reply.headers["Vary"] == "Accept-Encoding"
            same = reply.body == application.get(STORY, Accept_Encoding=encoding).body
            trial.say(f"the form in {encoding} is the application's", whole and same, reply.headers)
        held = client.get(STORY, If_None_Match=client.get(STORY).headers["ETag"])
        trial.say("whoever holds a page gets 304", held.status == 304, held.status)
        trial.say("with the policy of the page", "script-src" in (held.headers["Content-Security-Policy"] or ""), "")
        moved = client.get(STORY.rstrip("/"))
        trial.say("a missing slash is put", moved.status == 301 and moved.headers["Location"] == STORY, moved.headers)
        searched = client.get("/ru/search/?q=a")
        trial.say(
            "a page stands in place of the search", searched.status == 200 and "Поиск" in searched.body.decode(), ""
        )
        moment = json.loads(client.get("/copy.json").body)
        trial.say("the copy says of which moment it is", bool(moment["moment"]), moment)


# What follows from when a file was written, or from how its server counts.
OF_ONE_SERVER = {
    "date",
    "server",
    "connection",
    "etag",
    "last-modified",
    "accept-ranges",
    "x-kept",
    "link",
    "x-request-id",
}


def _differences(path, one, other):
    if (one.status, one.body) != (other.status, other.body):
        return [(path, one.status, other.status, len(one.body), len(other.body))]
    first, second = (_compared(reply.headers) for reply in (one, other))
    return [
        (path, name, first.get(name), second.get(name))
        for name in first | second
        if first.get(name) != second.get(name)
    ]


def _compared(headers):
    """Headers with the order within them taken out, since it means nothing."""
    return {
        name.lower(): {
            part.strip() for part in re.split("[;,]", value.lower().replace('"', "")) if part != " charset=utf-8"
        }
        for name, value in headers.items()
        if name.lower() not in OF_ONE_SERVER
    }


def main():
    """Try everything."""
    if not nginx.installed():
        raise SystemExit("nginx with its module for Brotli files is not installed here.")
    trial = Trial()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="exhibit-proxy-")))
        folder.chmod(0o755)
        server = stack.enter_context(served(PUBLIC_URL="https://localhost", BEHIND_PROXY="on"))
        upstream = server.address.removeprefix("http://").replace("localhost", "127.0.0.1")
        filled = {"127.0.0.1:8000": upstream, "/var/cache/nginx": str(folder)}
        client, plain = stack.enter_context(behind("nginx.conf", folder, filled))
        try_pages(trial, client, plain)
        try_copy(trial, folder, client, server)
        picture = try_changes(trial, client, server)
        try_slow_clients(trial, client)
        try_without_application(trial, client, server, *picture)
        careless = folder / "careless"
        careless.mkdir(mode=0o755)
        try_careless(trial, careless)
    sys.exit(trial.failed > 0)


if __name__ == "__main__":
    main()
