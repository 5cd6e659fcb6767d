# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""HTTP/1.1 with keep-alive: turns what arrives on a connection into `Request` values and writes the responses."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .messages import ConnectionCut, Request, Response

#: The largest request body that is read; AWS's own limits are far below.
MAXIMUM_BODY = 16 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """Listens on loopback and gives each connection a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, handle: Callable[[Request], Response]):
        self.handle = handle
        super().__init__((host, port), Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        # A client may go away whenever it likes; anything else is a defect of ours and belongs in the log.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Connection(BaseHTTPRequestHandler):
    """One connection, for as many requests as the client sends on it."""

    protocol_version = "HTTP/1.1"
    # A response goes out in one write, and must not wait for the acknowledgement of the one before.
    wbufsize = -1
    disable_nagle_algorithm = True

    server: Server

    def serve(self) -> None:
        try:
            request = self.read_request()
        except ValueError as error:
            self.close_connection = True
            self.write(Response(400, [("Content-Type", "text/plain")], str(error).encode()))
            return
        try:
            response = self.server.handle(request)
        except ConnectionCut:
            self.close_connection = True
            return
        except Exception:
            traceback.print_exc()
            response = Response(500, [("Content-Type", "text/plain")], b"The emulator failed; its log says why.")
        self.write(response)

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = serve

    def read_request(self) -> Request:
        # Not `self.path`: Python rewrites a path that begins with two slashes.
        target = self.requestline.split(" ")[1]
        path, _, query = target.partition("?")
        return Request(self.command, path, query, tuple(self.headers.items()), self.read_body())

    def read_body(self) -> bytes:
        if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
            return self.read_chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= MAXIMUM_BODY:
            raise ValueError(f"a body of {length} bytes is not accepted")
        return self.rfile.read(length)

    def read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            length = int(self.rfile.readline(64).partition(b";")[0], 16)
            if len(body) + length > MAXIMUM_BODY:
                raise ValueError("the body is too long")
            body += self.rfile.read(length)
            line = self.rfile.readline(1024)
            if length == 0:
                while line not in (b"\r\n", b""):  # trailers
                    line = self.rfile.readline(1024)
                return bytes(body)

    def write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding", "server", "date"):
                self.send_header(name, value)
        if response.pieces is not None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.write_pieces(response) if response.pieces is not None else self.wfile.write(response.body[:response.cut_at])
        self.wfile.flush()
        if response.cut_at is not None or response.closes_silently:
            self.close_connection = True

    def write_pieces(self, response: Response) -> None:
        for number, piece in enumerate(response.pieces or ()):
            if response.cut_at is not None and number > 0:
                return
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: the ledger is the record of what happened."""
