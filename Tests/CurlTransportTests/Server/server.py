# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""A server that behaves, and misbehaves, as it is told: the peer of the tests of CurlTransport.

It listens on loopback, prints one line "name value" per port and folder, then "ready", and ends when its standard input does.
The stream ports take a command in the first line; the HTTP ports take it in the path.
"""

import hashlib
import os
import queue
import select
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

RESULTS = queue.Queue()
RELEASED = threading.Event()
LOCK = threading.Lock()
CONNECTIONS = 0
BARRIERS = {}
PATTERN = bytes(range(251)) * 4096


# --- PKI

def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def leaf(folder, issuer, name, alternatives):
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
    with open(os.path.join(folder, f"{name}.ext"), "w") as file:
        file.write(f"subjectAltName={alternatives}\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial",
            "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")


def make_pki(folder):
    authority(folder, "ca")
    authority(folder, "stranger")
    leaf(folder, "ca", "server", "DNS:localhost,IP:127.0.0.1")
    leaf(folder, "ca", "elsewhere", "DNS:elsewhere.example")
    leaf(folder, "ca", "client", "DNS:client.example")
    leaf(folder, "ca", "client2", "DNS:client2.example")


def tls_context(folder, name, wants_client=False, newest=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key"))
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(os.path.join(folder, "ca.pem"))
    if newest:
        context.maximum_version = newest
    return context


# --- Listening

def listen(name, handler, context=None):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    print(name, listener.getsockname()[1], flush=True)

    def serve(connection):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context:
                connection = context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
            handler(connection)
        except (OSError, ValueError):
            pass  # the client went away, which is what many tests are about
        finally:
            connection.close()

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def read_line(connection):
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise OSError("ended")
        line += byte
    return line.rstrip(b"\r\n").decode("latin-1")


def pattern(count):
    return (PATTERN * (count // len(PATTERN) + 1))[:count]


def record_rest(connection):
    """Records how many bytes came until the end, whether they are the pattern, and how it ended."""
    digest, count, end = hashlib.sha256(), 0, "ended"
    while True:
        try:
            data = connection.recv(65536)
        except ssl.SSLError:
            end = "truncated"
            break
        except OSError:
            end = "reset"
            break
        if not data:
            break
        count += len(data)
        digest.update(data)
    state = "intact" if digest.digest() == hashlib.sha256(pattern(count)).digest() else "damaged"
    RESULTS.put(f"{end} {count} {state}")


# --- Byte streams

def stream(connection):
    command, *arguments = read_line(connection).split(" ")
    if command == "echo":
        while data := connection.recv(65536):
            connection.sendall(data)
    elif command == "result":
        connection.sendall(RESULTS.get(timeout=30).encode())
    elif command == "release":
        RELEASED.set()
        connection.sendall(b"released")
    elif command == "hold":
        # Reads nothing until it is released, then all.
        RELEASED.wait(30)
        record_rest(connection)
    elif command == "interrupt":
        # Speaks while the client, which does not listen, says its last words and closes.
        connection.sendall(pattern(100_000))
        record_rest(connection)
    elif command == "record":
        record_rest(connection)
    elif command == "halfclose":
        connection.sendall(b"last words")
        connection.shutdown(socket.SHUT_WR)
        record_rest(connection)
    elif command == "bye":
        connection.sendall(b"goodbye")
        if isinstance(connection, ssl.SSLSocket):
            connection.unwrap()
    elif command == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif command == "drip":
        for byte in pattern(int(arguments[0])):
            connection.sendall(bytes([byte]))
        record_rest(connection)
    elif command == "flood":
        # Says so once when the client takes nothing for a while.
        data, sent, told = pattern(int(arguments[0])), 0, False
        connection.setblocking(False)
        while sent < len(data):
            if not select.select([], [connection], [], 0.3)[1] and not told:
                told = True
                RESULTS.put("blocked")
            try:
                sent += connection.send(data[sent:sent + 65536])
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
        connection.setblocking(True)
        record_rest(connection)


def silent(connection):
    """Accepts, and never says a word."""
    connection.recv(1)
    RESULTS.put("asked")
    while connection.recv(65536):
        pass
    RESULTS.put("gone")


def hang_up(connection):
    """Closes in the middle of the TLS handshake."""
    connection.recv(65536)


# --- HTTP

class Exchange:
    def __init__(self, connection, number, head, body):
        self.connection, self.number, self.head, self.body = connection, number, head, body
        self.method, self.target, _ = head.split(b"\r\n")[0].decode("latin-1").split(" ")
        self.path = self.target.split("?")[0]

    def raw(self, data):
        self.connection.sendall(data)

    def answer(self, status, body=b"", *fields, length=None):
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", f"X-Connection: {self.number}", *fields]
        self.raw("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + (b"" if self.method == "HEAD" else body))


def read_request(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65536)
        if not data:
            return None
        head += data
    head, body = head.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, value = line.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        data = connection.recv(65536)
        if not data:
            return None
        body += data
    return head, body


def forever(connection, data):
    try:
        while True:
            connection.sendall(data)
    except OSError:
        RESULTS.put("gone")


def http(connection):
    global CONNECTIONS
    with LOCK:
        CONNECTIONS += 1
        number = CONNECTIONS
    is_first = True
    while request := read_request(connection):
        exchange = Exchange(connection, number, *request)
        path, _, argument = exchange.path.strip("/").partition("/")
        if path == "barrier":
            with LOCK:
                barrier = BARRIERS.setdefault(argument, threading.Barrier(int(argument)))
            barrier.wait(30)
            exchange.answer("200 OK", argument.encode())
        elif path == "count":
            exchange.answer("200 OK", str(CONNECTIONS).encode())
        elif path == "result":
            exchange.answer("200 OK", RESULTS.get(timeout=30).encode())
        elif path == "never":
            # Waits for the client to give up, and tells that it did.
            RESULTS.put("asked")
            connection.recv(1)
            RESULTS.put("gone")
            return
        elif path == "cut":
            exchange.answer("200 OK", b"0123456789", length=100)
            return
        elif path == "length":
            exchange.answer("200 OK", b"0123456789", length=argument)
        elif path == "stall":
            exchange.answer("200 OK", b"0123456789", length=100)
            connection.recv(1)
            return
        elif path == "heads":
            exchange.raw(b"HTTP/1.1 200 OK\r\n")
            return forever(connection, b"X-More: " + b"a" * 1000 + b"\r\n")
        elif path == "line":
            exchange.raw(b"HTTP/1.1 200 OK\r\nX-More: ")
            return forever(connection, b"a" * 1000)
        elif path == "interim":
            exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" if argument == "chunks" else b"")
            return forever(connection, b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        elif path == "chunks":
            exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            return forever(connection, b"400\r\n" + b"b" * 1024 + b"\r\n")
        elif path == "drop" and not is_first:
            return
        elif path == "badchunk":
            exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")
            return
        elif path == "nocolon":
            exchange.raw(b"HTTP/1.1 200 OK\r\nno field\r\n\r\n")
            return
        elif path == "watch":
            # Tells when the client has closed the connection.
            exchange.answer("200 OK")
            connection.recv(1)
            RESULTS.put("left")
            return
        elif path == "trailers":
            exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Head: 1\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 2\r\n\r\n")
        elif path == "empty":
            return
        elif path == "garbage":
            exchange.raw(b"SSH-2.0-OpenSSH_9.2\r\n")
            return
        elif path == "continue":
            exchange.raw(b"HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            exchange.answer("200 OK", b"done")
        elif path == "redirect":
            exchange.answer("302 Found", b"", "Location: /echo")
        elif path == "status":
            exchange.answer(f"{argument} Status", b"" if argument in ("204", "304") else b"<html>broken</html>", "Content-Type: text/html")
        elif path == "fields":
            exchange.answer("200 OK", b"", "X-Twice: a", "X-Twice: b", "X-Bytes: caf\xe9", "X-Empty:", "X-Space:  padded\t ")
        elif path == "gzip":
            exchange.answer("200 OK", b"\x1f\x8b not really", "Content-Encoding: gzip")
        elif path == "close":
            exchange.answer("200 OK", b"bye", "Connection: close")
            return
        elif path == "bytes":
            exchange.answer("200 OK", pattern(int(argument)))
        elif path == "client":
            exchange.answer("200 OK", dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"].encode())
        else:
            exchange.answer("200 OK", exchange.head + b"\r\n\r\n" + exchange.body)
        is_first = False


def main():
    folder = tempfile.mkdtemp(prefix="lamassu-cloud-")
    try:
        listen("stream", stream)
        listen("http", http)
        listen("silent", silent)
        if "--tls" in sys.argv:
            make_pki(folder)
            print("folder", folder, flush=True)
            listen("stream-tls", stream, tls_context(folder, "server"))
            listen("stream-tls12", stream, tls_context(folder, "server", newest=ssl.TLSVersion.TLSv1_2))
            listen("stream-mtls", stream, tls_context(folder, "server", wants_client=True))
            listen("elsewhere", stream, tls_context(folder, "elsewhere"))
            listen("hang-up", hang_up)
            listen("https", http, tls_context(folder, "server"))
            listen("https-mtls", http, tls_context(folder, "server", wants_client=True))
        print("ready", 1, flush=True)
        sys.stdin.read()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
