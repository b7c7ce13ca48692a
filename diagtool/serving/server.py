"""The server of the page: on this machine alone, for its own page alone, and read only."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from diagtool.files import reading
from diagtool.pictures import themes
from diagtool.pictures.formats import _svg_css
from diagtool.serving import watching
from diagtool.serving.docs import Docs
from diagtool.serving.preview import Preview

ADDRESS = "127.0.0.1"

_PAGES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_JSON = "application/json; charset=utf-8"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_DOCS = "/docs/"
_BEAT = 15
"""After how many seconds of silence an event stream shows that it is alive."""


class Serving:
    """Shows a preview, and pages where there are some. ``port`` 0 takes one that is free.

    Raises OSError where the port is taken.
    """

    def __init__(self, preview: Preview, port: int, docs: Docs | None = None) -> None:
        self.preview, self.docs = preview, docs
        preview.improved = self.announce
        self.changed = Condition()
        self.version = 0
        self._server = _Server((ADDRESS, port), partial(_Handler, self))
        self.port: int = self._server.server_address[1]

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a browser calls this server."""
        return f"{ADDRESS}:{self.port}", f"localhost:{self.port}"

    def run(self) -> None:
        """Serves until it is interrupted."""
        sources = self.preview
        self._follow(lambda: watching.beside(sources.sources), self._reload, watching.PAUSE)
        if docs := self.docs:
            self._follow(partial(self._of_docs, docs), partial(self._build, docs), 0.2)
        with self._server:
            self._server.serve_forever()

    def close(self) -> None:
        """Ends :meth:`run`, from another thread."""
        self._server.shutdown()

    def state(self) -> dict[str, Any]:
        """All that a page shows but for pictures, for JSON."""
        docs = self.docs.state() if self.docs else None
        return {"version": self.version, **self.preview.state(), "docs": docs}

    def announce(self) -> None:
        """Tells every page that something has changed."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def _follow(
        self, look: Callable[[], watching.Signature], act: Callable[[], None], pause: float
    ) -> None:
        Thread(target=watching.follow, args=(look, act, pause), daemon=True).start()

    def _reload(self) -> None:
        self.preview.reload()
        self.announce()

    def _of_docs(self, docs: Docs) -> watching.Signature:
        pages = watching.below(docs.source, [docs.output])
        configuration = [docs.configuration / "conf.py"] if docs.configuration else []
        return pages | watching.beside((*self.preview.sources, *configuration))

    def _build(self, docs: Docs) -> None:
        docs.building = True
        self.announce()
        docs.build()
        docs.building = False
        self.announce()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # A port that was just let go of can be had again; one that is in use cannot.
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "diagtool", ""
    disable_nagle_algorithm = True
    timeout = 120

    def __init__(self, serving: Serving, *arguments: Any) -> None:
        self.serving = serving
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Answers a request of our own page, and refuses every other one."""
        if not self._is_ours():
            self._answer(HTTPStatus.FORBIDDEN, b"for the page of this server alone\n", "text/plain")
            return
        path = unquote(urlsplit(self.path).path, errors="replace")
        preview = self.serving.preview
        if path in _PAGES:
            name, kind = _PAGES[path]
            content = files(__package__).joinpath(name).read_bytes()
            self._answer(HTTPStatus.OK, content, kind, {"Content-Security-Policy": _POLICY})
        elif path == "/topo.css":
            sheet = _svg_css.inline(themes.load())
            self._answer(HTTPStatus.OK, sheet.encode(), "text/css; charset=utf-8")
        elif path == "/events":
            self._events()
        elif path.startswith("/views/"):
            self._json(preview.view(path.removeprefix("/views/")))
        elif path.startswith("/parts/"):
            self._json(preview.part(path.removeprefix("/parts/")))
        elif path.startswith(_DOCS) and self.serving.docs:
            self._page(self.serving.docs.pages, path.removeprefix(_DOCS))
        else:
            self._missing()

    do_HEAD = do_GET

    def _is_ours(self) -> bool:
        """Whether the request names this server, and comes from its page or the address bar.

        A name of somebody else's that leads here, and a page of somebody else's, are refused.
        """
        origins = {f"http://{host}" for host in self.serving.hosts}
        return (
            self.headers.get_all("Host", []) in [[host] for host in self.serving.hosts]
            and self.headers.get("Origin", next(iter(origins))) in origins
            and self.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
        )

    def _events(self) -> None:
        """The state, now and after each change, until the page is closed."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self._headers({"Content-Type": "text/event-stream", "Connection": "close"})
        if self.command == "HEAD":
            return
        known = -1
        while True:
            with self.serving.changed:
                if self.serving.version == known:
                    self.serving.changed.wait(_BEAT)
                new = self.serving.version != known
                known = self.serving.version
            text = f"data: {json.dumps(self.serving.state())}\n\n" if new else ": alive\n\n"
            self.wfile.write(text.encode())

    def _json(self, value: dict[str, Any] | None) -> None:
        if value is None:
            self._missing()
        else:
            self._answer(HTTPStatus.OK, json.dumps(value).encode(), _JSON)

    def _page(self, folder: Path, name: str) -> None:
        """A built page, or what belongs to it."""
        try:
            path = (folder / (name or "index.html")).resolve()
            path = path / "index.html" if path.is_dir() else path
            if not path.is_relative_to(folder.resolve()):
                raise OSError
            content = reading.read(path)
        except (OSError, RuntimeError, ValueError):
            self._missing()
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind += "; charset=utf-8" if kind.startswith("text/") else ""
        only = {"Content-Security-Policy": "frame-ancestors 'self'"}
        self._answer(HTTPStatus.OK, content, kind, only)

    def _missing(self) -> None:
        self._answer(HTTPStatus.NOT_FOUND, b"there is no such page\n", "text/plain")

    def _answer(
        self, status: HTTPStatus, content: bytes, kind: str, more: dict[str, str] | None = None
    ) -> None:
        tag = f'"{sha256(content).hexdigest()[:32]}"'
        if status is HTTPStatus.OK and self.headers.get("If-None-Match") == tag:
            status, content = HTTPStatus.NOT_MODIFIED, b""
        self.send_response(status)
        length = {} if status is HTTPStatus.NOT_MODIFIED else {"Content-Length": str(len(content))}
        self._headers({"Content-Type": kind, "ETag": tag, **length, **(more or {})})
        if self.command != "HEAD":
            self.wfile.write(content)

    def _headers(self, more: dict[str, str]) -> None:
        for name, value in (_HEADERS | more).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are nobody's business."""


def serve(
    find: Callable[[], Path],
    port: int,
    docs: Path | None,
    started: Callable[[Serving], None],
) -> None:
    """Shows the topology that is found until it is interrupted, and the pages of a folder.

    ``started`` is called once a browser can be pointed at it. Raises OSError where the port is
    taken.
    """
    with TemporaryDirectory(prefix="diagtool-") as folder:
        serving = Serving(Preview(find), port, Docs(docs, Path(folder)) if docs else None)
        started(serving)
        serving.run()
