# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""HTTP/2 for the server of the tests, with Debian's python3-h2; the streams of a connection have a thread each, and share a lock."""

import hashlib
import queue
import select
import socket
import threading

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.exceptions import ProtocolError

_END = object()


class _Stream:
    def __init__(self, connection, number, path):
        self.connection, self.number, self.path = connection, number, path
        self.incoming = queue.Queue()
        self.is_reset = False
        # Takes nothing: the window of the client stays as it is.
        self.is_holding = path == "/unread"
        self.held = 0

    def pieces(self):
        while (data := self.incoming.get(timeout=30)) is not _END:
            yield data

    def answer(self, status, body=b"", **fields):
        self.head(status, ("content-length", str(len(body))), *fields.items())
        self.send(body, ends=True)

    def head(self, status, *fields):
        head = [(":status", str(status)), ("x-connection", str(self.connection.number)), *fields]
        self.connection.call(lambda h2: h2.send_headers(self.number, head))

    def send(self, data, ends=False, blocked=None):
        self.connection.send(self, data, ends, blocked)

    def take_all(self):
        with self.connection.changed:
            self.is_holding = False
            if self.held:
                self.connection.h2.acknowledge_received_data(self.held, self.number)
            self.connection.flush()


class _Connection:
    def __init__(self, client, number):
        self.socket, self.number = client, number
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.changed = threading.Condition()
        self.is_open = True

    def call(self, action):
        with self.changed:
            action(self.h2)
            self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def send(self, stream, data, ends, blocked=None):
        """Sends as the client takes it; calls `blocked` once when it takes nothing for a while."""
        while True:
            if blocked and not select.select([], [self.socket], [], 0.3)[1]:
                blocked()
                blocked = None
            with self.changed:
                while data and self.window(stream) == 0:
                    if not self.changed.wait(0.3 if blocked else 30):
                        if not blocked:
                            raise OSError("the client takes no more")
                        blocked()
                        blocked = None
                count = min(len(data), self.window(stream), self.h2.max_outbound_frame_size)
                self.h2.send_data(stream.number, data[:count], end_stream=ends and count == len(data))
                self.flush()
                data = data[count:]
            if not data:
                return

    def window(self, stream):
        if stream.is_reset or not self.is_open:
            raise OSError("the client has gone")
        return self.h2.local_flow_control_window(stream.number)


class Answers:
    """What the paths of the HTTP/2 ports answer."""

    def __init__(self, results, released, pattern):
        self.results, self.released, self.pattern = results, released, pattern
        self.count = 0
        self.barriers = {}
        self.lock = threading.Lock()

    def serve(self, client):
        with self.lock:
            self.count += 1
            connection = _Connection(client, self.count)
        streams = {}
        try:
            connection.call(lambda h2: h2.initiate_connection())
            while connection.is_open:
                # TLS of Python stands one call at a time.
                if not getattr(client, "pending", lambda: 0)():
                    select.select([client], [], [])
                with connection.changed:
                    data = client.recv(65536)
                    if not data:
                        break
                    for event in connection.h2.receive_data(data):
                        self.happened(event, connection, streams)
                    connection.flush()
                    connection.changed.notify_all()
        except (OSError, ProtocolError):
            pass
        with connection.changed:
            connection.is_open = False
            connection.changed.notify_all()
        for stream in streams.values():
            stream.incoming.put(_END)

    def happened(self, event, connection, streams):
        if isinstance(event, RequestReceived):
            fields = dict(event.headers)
            stream = _Stream(connection, event.stream_id, fields[":path"])
            streams[event.stream_id] = stream
            threading.Thread(target=self.answer, args=(stream, event.headers), daemon=True).start()
        elif isinstance(event, DataReceived):
            stream = streams[event.stream_id]
            if stream.is_holding:
                stream.held += event.flow_controlled_length
            else:
                connection.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            stream.incoming.put(event.data)
        elif isinstance(event, StreamEnded):
            streams[event.stream_id].incoming.put(_END)
        elif isinstance(event, StreamReset):
            streams[event.stream_id].is_reset = True
            streams[event.stream_id].incoming.put(_END)
        elif isinstance(event, ConnectionTerminated):
            connection.is_open = False
        elif isinstance(event, WindowUpdated):
            pass  # whoever waits for room looks again

    def answer(self, stream, fields):
        path, _, argument = stream.path.strip("/").partition("/")
        try:
            getattr(self, f"answer_{path.replace('-', '_')}")(stream, fields, argument)
        except (OSError, ProtocolError):
            pass

    def answer_echo(self, stream, fields, _):
        lines = "".join(f"{name}: {value}\n" for name, value in fields)
        body = b"".join(stream.pieces())
        stream.answer(200, lines.encode() + b"\n" + body)

    def answer_count(self, stream, _, __):
        stream.answer(200, str(self.count).encode())

    def answer_barrier(self, stream, _, argument):
        with self.lock:
            barrier = self.barriers.setdefault(argument, threading.Barrier(int(argument)))
        barrier.wait(30)
        stream.answer(200, argument.encode())

    def answer_bytes(self, stream, _, argument):
        stream.answer(200, self.pattern(int(argument)))

    def answer_converse(self, stream, _, __):
        stream.head(200)
        for piece in stream.pieces():
            stream.send(piece.upper())
        stream.send(b"", ends=True)

    def answer_never(self, stream, _, __):
        self.results.put("asked")
        for _ in stream.pieces():
            pass

    def answer_early(self, stream, _, __):
        # The whole answer before the body, and then the stream is reset, without an error (RFC 9113, section 8.1).
        stream.answer(413, b"enough")
        stream.connection.call(lambda h2: h2.reset_stream(stream.number, ErrorCodes.NO_ERROR))

    def answer_cut(self, stream, _, __):
        stream.head(200, ("content-length", "100"))
        stream.send(b"0123456789")
        stream.connection.call(lambda h2: h2.reset_stream(stream.number, ErrorCodes.INTERNAL_ERROR))

    def answer_refuse(self, stream, _, __):
        stream.connection.call(lambda h2: h2.reset_stream(stream.number, ErrorCodes.REFUSED_STREAM))

    def answer_short(self, stream, _, __):
        stream.head(200, ("content-length", "100"))
        stream.send(b"0123456789")
        stream.connection.socket.shutdown(socket.SHUT_RDWR)

    def answer_heads(self, stream, _, __):
        stream.head(200, *[(f"x-more-{index}", "a" * 1000) for index in range(40)])

    def answer_interim(self, stream, _, __):
        stream.connection.call(lambda h2: h2.send_headers(stream.number, [(":status", "103"), ("link", "</a>")]))
        stream.answer(200, b"done")

    def answer_flood(self, stream, _, argument):
        stream.head(200, ("content-length", argument))
        stream.send(self.pattern(int(argument)), ends=True, blocked=lambda: self.results.put("blocked"))

    def answer_unread(self, stream, _, __):
        self.results.put("asked")
        self.released.wait(30)
        stream.take_all()
        stream.answer(200, str(sum(len(piece) for piece in stream.pieces())).encode())

    def answer_drip(self, stream, _, __):
        stream.head(200)
        stream.send(b"first;")
        self.released.wait(30)
        stream.send(b"second", ends=True)

    def answer_digest(self, stream, fields, _):
        digest, count = hashlib.sha256(), 0
        for piece in stream.pieces():
            digest.update(piece)
            count += len(piece)
        state = "intact" if digest.digest() == hashlib.sha256(self.pattern(count)).digest() else "damaged"
        framing = "sized" if "content-length" in dict(fields) else "chunked"
        stream.answer(200, f"{framing} {count} {state}".encode())

    def answer_garbage(self, stream, _, __):
        with stream.connection.changed:
            stream.connection.socket.sendall(b"\xff" * 1000)
