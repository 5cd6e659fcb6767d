# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""A service that answers over real HTTP, for the tests of the client. Prints its port, and ends with its standard input.

    POST /flaky    a page of HTML with status 503; then an answer that breaks off; then the answer
    POST /never    nothing
    POST /watch    an event, then nothing until POST /go, then an event and the end; each in pieces of 7 bytes
    POST /talk     one event that says how many messages of an event stream the request had, the last without payload, or what was wrong
"""

import struct
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GO = threading.Event()
ATTEMPTS = 0


def event(text):
    headers = b""
    for name, value in [(b":message-type", b"event"), (b":event-type", b"text")]:
        headers += struct.pack("!B", len(name)) + name + struct.pack("!BH", 7, len(value)) + value
    prelude = struct.pack("!II", 16 + len(headers) + len(text), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + text.encode()
    return message + struct.pack("!I", zlib.crc32(message))


def judge(body):
    """How many messages a body has, or what is wrong with it."""
    count, payload = 0, b"none"
    while body:
        length, headers, checksum = struct.unpack("!III", body[:12])
        if zlib.crc32(body[:8]) != checksum or zlib.crc32(body[: length - 4]) != struct.unpack("!I", body[length - 4 : length])[0]:
            return "a checksum is wrong"
        if b":chunk-signature" not in body[12 : 12 + headers]:
            return "a message is not signed"
        payload = body[12 + headers : length - 4]
        body = body[length:]
        count += 1
    return f"{count} messages" if not payload else "the end is missing"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def read_body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def answer(self, status, body, length=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("x-amzn-RequestId", "r-1")
        self.end_headers()
        self.wfile.write(body)

    def start_events(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_event(self, text):
        message = event(text)
        for start in range(0, len(message), 7):
            piece = message[start : start + 7]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.flush()

    def do_POST(self):
        global ATTEMPTS
        body = self.read_body()
        if self.path == "/flaky":
            ATTEMPTS += 1
            if ATTEMPTS == 1:
                self.answer(503, b"<html><body>busy</body></html>")
            elif ATTEMPTS == 2:
                self.answer(200, b'{"te', length=100)
                self.close_connection = True
            else:
                self.answer(200, b'{"text":"done"}')
        elif self.path == "/never":
            self.rfile.read(1)
        elif self.path == "/go":
            GO.set()
            self.answer(200, b"{}")
        elif self.path == "/watch":
            self.start_events()
            self.send_event("first")
            GO.wait(60)
            self.send_event("second")
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.start_events()
            self.send_event(judge(body))
            self.wfile.write(b"0\r\n\r\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the client went away, which is what a test is about


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("port", server.server_address[1], flush=True)
print("ready", 1, flush=True)
sys.stdin.read()
