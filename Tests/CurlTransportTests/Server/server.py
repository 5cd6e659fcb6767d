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
    leaf(folder, "ca", "server", "DNS:localhost,IP:127.0.0.1,IP:::1")
    leaf(folder, "ca", "elsewhere", "DNS:elsewhere.example")
    leaf(folder, "ca", "client", "DNS:client.example")
    leaf(folder, "ca", "client2", "DNS:client2.example")
    openssl(folder, "ec", "-aes256", "-passout", "pass:open sesame", "-in", "client.key", "-out", "client.encrypted.key")


def tls_context(folder, name, wants_client=False, newest=None, protocols=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, f"{name}.pem"), os.path.join(folder, f"{name}.key"))
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(os.path.join(folder, "ca.pem"))
    if newest:
        context.maximum_version = newest
    if protocols:
        context.set_alpn_protocols(protocols)
    return context


# --- Listening

def listen(name, handler, context=None, address="127.0.0.1"):
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, 0))
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


def black_hole():
    """A port that takes no connection: its backlog is full, so that the system drops what asks for one."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(3):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(listener.getsockname())
        waiting.append(connection)
    print("black-hole", listener.getsockname()[1], flush=True)
    return listener, waiting


# --- HTTP

class Exchange:
    def __init__(self, connection, number, head, rest):
        self.connection, self.number, self.head, self.rest = connection, number, head, rest
        self.fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        self.method, self.target, _ = head.split(b"\r\n")[0].decode("latin-1").split(" ")
        self.path = self.target.split("?")[0]

    def raw(self, data):
        self.connection.sendall(data)

    def answer(self, status, body=b"", *fields, length=None):
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", f"X-Connection: {self.number}", *fields]
        self.raw("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + (b"" if self.method == "HEAD" else body))


    def receive(self, count):
        """So many bytes, which must come."""
        while len(self.rest) < count:
            data = self.connection.recv(65536)
            if not data:
                raise OSError("ended")
            self.rest += data
        data, self.rest = self.rest[:count], self.rest[count:]
        return data

    def receive_line(self):
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.receive(1)
        return line[:-2]

    def pieces(self):
        """The request's body as it arrives."""
        if self.fields.get(b"transfer-encoding") == b"chunked":
            while count := int(self.receive_line(), 16):
                yield self.receive(count)
                self.receive_line()
            self.receive_line()
        else:
            left = int(self.fields.get(b"content-length", b"0"))
            while left:
                data = self.receive(min(left, max(1, len(self.rest)))) if self.rest else self.receive(1)
                left -= len(data)
                yield data

    def whole_body(self):
        return b"".join(self.pieces())

    def chunk(self, data):
        self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    def begin_chunks(self, status="200 OK"):
        self.raw(f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\nX-Connection: {self.number}\r\n\r\n".encode())


def read_head(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65536)
        if not data:
            return None
        head += data
    return head.split(b"\r\n\r\n", 1)


def streaming(exchange, path, argument):
    """Answers while the request's body is still coming; whether the connection can go on, or None for another path."""
    connection = exchange.connection
    if path == "converse":
        # Answers each piece of the request with as much.
        exchange.begin_chunks()
        for piece in exchange.pieces():
            exchange.chunk(piece.upper())
        exchange.chunk(b"")
    elif path == "digest":
        digest, count = hashlib.sha256(), 0
        for piece in exchange.pieces():
            digest.update(piece)
            count += len(piece)
        state = "intact" if digest.digest() == hashlib.sha256(pattern(count)).digest() else "damaged"
        framing = "chunked" if b"transfer-encoding" in exchange.fields else "sized"
        exchange.answer("200 OK", f"{framing} {count} {state}".encode())
    elif path == "early":
        # Answers before the body has come, and reads no more of it until it is told to.
        exchange.answer(argument.replace("-", " "), b"enough")
        RELEASED.wait(30)
        while connection.recv(65536):
            pass
        return False
    elif path == "early-close":
        exchange.answer("413 Content Too Large", b"enough", "Connection: close")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
        return False
    elif path == "unread":
        # Takes nothing of the body until it is released.
        RESULTS.put("asked")
        RELEASED.wait(30)
        exchange.answer("200 OK", str(len(exchange.whole_body())).encode())
    elif path == "abort":
        # Resets the connection in the middle of the body.
        exchange.receive(int(argument))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    elif path == "never":
        # Waits for the client to give up, and tells that it did.
        RESULTS.put("asked")
        try:
            while connection.recv(65536):
                pass
        except OSError:
            pass
        RESULTS.put("gone")
        return False
    elif path == "until":
        # Tells how the request ended when the client goes away in its middle.
        RESULTS.put("asked")
        try:
            for _ in exchange.pieces():
                pass
        except OSError:
            RESULTS.put("cut")
            return False
        RESULTS.put("whole")
        exchange.answer("200 OK")
    else:
        return None
    return True


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
    while request := read_head(connection):
        exchange = Exchange(connection, number, *request)
        path, _, argument = exchange.path.strip("/").partition("/")
        goes_on = streaming(exchange, path, argument)
        if goes_on is not None:
            if not goes_on:
                return
            is_first = False
            continue
        exchange.body = exchange.whole_body()
        if path == "barrier":
            with LOCK:
                barrier = BARRIERS.setdefault(argument, threading.Barrier(int(argument)))
            barrier.wait(30)
            exchange.answer("200 OK", argument.encode())
        elif path == "count":
            exchange.answer("200 OK", str(CONNECTIONS).encode())
        elif path == "result":
            exchange.answer("200 OK", RESULTS.get(timeout=30).encode())
        elif path == "pieces":
            # Sends a piece, waits to be asked for the next one by the test, and so on; then ends, or cuts the body.
            exchange.begin_chunks()
            for index in range(int(argument)):
                exchange.chunk(f"piece {index};".encode())
            if exchange.target.endswith("?cut"):
                return
            exchange.chunk(b"")
        elif path == "drip":
            exchange.begin_chunks()
            exchange.chunk(b"first;")
            RELEASED.wait(30)
            exchange.chunk(b"second")
            exchange.chunk(b"")
        elif path == "flood":
            # Says so once when the client takes nothing for a while.
            total, told = int(argument), False
            exchange.raw(f"HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n".encode())
            data, sent = pattern(total), 0
            connection.setblocking(False)
            while sent < total:
                if not select.select([], [connection], [], 0.3)[1] and not told:
                    told = True
                    RESULTS.put("blocked")
                try:
                    sent += connection.send(data[sent:sent + 65536])
                except (BlockingIOError, ssl.SSLWantWriteError):
                    pass
            connection.setblocking(True)
        elif path == "nobody":
            # A status that has no body, and one all the same.
            exchange.raw(f"HTTP/1.1 {argument} No Body\r\nContent-Length: 5\r\n\r\nhello".encode())
        elif path == "reset":
            exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        elif path == "slow":
            # A byte at a time, head and all.
            for byte in f"HTTP/1.1 200 OK\r\nX-Connection: {number}\r\nContent-Length: 4\r\n\r\nslow".encode():
                exchange.raw(bytes([byte]))
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
            exchange.answer(f"{argument or 302} Moved", b"", "Location: /echo")
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
        elif path == "cipher":
            exchange.answer("200 OK", connection.cipher()[0].encode())
        elif path == "client":
            exchange.answer("200 OK", dict(pair[0] for pair in connection.getpeercert()["subject"])["commonName"].encode())
        else:
            exchange.answer("200 OK", exchange.head + b"\r\n\r\n" + exchange.body)
        is_first = False


# --- Proxies

def relay(one, other):
    """Carries bytes both ways until both sides have ended."""
    def carry(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    back = threading.Thread(target=carry, args=(other, one), daemon=True)
    back.start()
    carry(one, other)
    back.join()


def proxy(connection):
    """An HTTP proxy: tunnels, and forwards a request with an absolute target; it wants to know who asks for /private."""
    head, rest = read_head(connection)
    line = head.split(b"\r\n")[0].decode()
    method, target, _ = line.split(" ")
    fields = dict(entry.lower().split(b": ", 1) for entry in head.split(b"\r\n")[1:] if b": " in entry)
    RESULTS.put(f"{method} {target} {(fields.get(b'proxy-authorization') or b'nobody').decode()}")
    if method == "CONNECT":
        host, _, port = target.rpartition(":")
        if host.endswith("forbidden.example"):
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        if host.endswith("unreachable.example"):
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        server = socket.create_connection(("127.0.0.1", int(port)))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
    else:
        port = int(target.split("/")[2].rpartition(":")[2])
        server = socket.create_connection(("127.0.0.1", port))
        server.sendall(head + b"\r\n\r\n" + rest)
    relay(connection, server)


def socks(connection):
    """A SOCKS 5 proxy that takes name and password, or nobody's, and resolves names (RFC 1928, RFC 1929)."""
    def receive(count):
        data = b""
        while len(data) < count:
            more = connection.recv(count - len(data))
            if not more:
                raise OSError("ended")
            data += more
        return data

    _, count = receive(2)
    methods, user = receive(count), "nobody"
    if 2 in methods:
        connection.sendall(b"\x05\x02")
        user = receive(receive(2)[1]).decode()
        password = receive(receive(1)[0]).decode()
        connection.sendall(b"\x01\x00" if password == "secret" else b"\x01\x01")
        if password != "secret":
            return
    else:
        connection.sendall(b"\x05\x00")
    _, _, _, kind = receive(4)
    host = receive(receive(1)[0]).decode() if kind == 3 else socket.inet_ntoa(receive(4))
    port = int.from_bytes(receive(2), "big")
    RESULTS.put(f"{'name' if kind == 3 else 'address'} {host} {user}")
    reply = {"forbidden.example": 2, "refused.example": 5, "unreachable.example": 4}.get(host, 0)
    connection.sendall(bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))
    if reply == 0:
        relay(connection, socket.create_connection(("127.0.0.1", port)))


def main():
    folder = tempfile.mkdtemp(prefix="lamassu-cloud-")
    try:
        listen("stream", stream)
        listen("http", http)
        listen("silent", silent)
        listen("http6", http, address="::1")
        listen("stream6", stream, address="::1")
        listen("proxy", proxy)
        listen("socks", socks)
        hole = black_hole()
        if "--tls" in sys.argv:
            make_pki(folder)
            print("folder", folder, flush=True)
            listen("stream-tls", stream, tls_context(folder, "server"))
            listen("stream-tls12", stream, tls_context(folder, "server", newest=ssl.TLSVersion.TLSv1_2))
            listen("stream-mtls", stream, tls_context(folder, "server", wants_client=True))
            listen("elsewhere", stream, tls_context(folder, "elsewhere"))
            listen("hang-up", hang_up)
            listen("https", http, tls_context(folder, "server"))
            listen("https12", http, tls_context(folder, "server", newest=ssl.TLSVersion.TLSv1_2))
            listen("https6", http, tls_context(folder, "server"), address="::1")
            listen("proxy-tls", proxy, tls_context(folder, "server"))
            listen("https-mtls", http, tls_context(folder, "server", wants_client=True))
        if "--http2" in sys.argv:
            import http2
            answers = http2.Answers(RESULTS, RELEASED, pattern)
            listen("https2", answers.serve, tls_context(folder, "server", protocols=["h2", "http/1.1"]))
        print("ready", 1, flush=True)
        sys.stdin.read()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
