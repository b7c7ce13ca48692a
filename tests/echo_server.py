"""An HTTP server that tells what it was sent: ``python echo_server.py HOST PORT``.

The answer to any request is JSON: the server's own host, and the method, target and headers
as they arrived, with the length of the body. A request whose target holds ``slow`` is answered
after a while, one whose target holds ``drop`` not at all; ``dropped`` says how many of these there
were. After a request for another protocol, everything comes back as it is.
"""

from __future__ import annotations

import json
import sys
import time
from base64 import b64encode
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    dropped = 0

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Upgrade"):
            self.upgrade()
            return
        if "slow" in self.path:
            time.sleep(0.05)
        if "drop" in self.path:
            Echo.dropped += 1
            self.close_connection = True
            return
        told = {
            "dropped": Echo.dropped,
            "server": self.server.server_address[0],
            "method": self.command,
            "target": self.path,
            "body": len(body),
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
        }
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def upgrade(self) -> None:
        """Goes on in another protocol, in which everything comes back."""
        self.send_response(101)
        self.send_header("Upgrade", self.headers["Upgrade"])
        if self.headers.get("Sec-WebSocket-Key"):
            key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            accept = b64encode(sha1(key.encode()).digest()).decode()
            self.send_header("Sec-WebSocket-Accept", accept)
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        while data := self.connection.recv(1024):
            self.connection.sendall(data)
        self.close_connection = True

    do_GET = do_HEAD = do_OPTIONS = do_PUT = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody reads it."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    Server((sys.argv[1], int(sys.argv[2])), Echo).serve_forever()
