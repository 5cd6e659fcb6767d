# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Makes the cases of the comparison: for each operation inputs with the requests that botocore writes of them, and answers with what
botocore reads in them; for each error of a model an answer too.

    .venv/bin/python Generator/Comparison/cases.py FILE
"""

import base64
import calendar
import datetime
import json
import random
import struct
import sys
import zlib
from xml.sax.saxutils import escape

import botocore.awsrequest
import botocore.eventstream
import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize

SERVICES = ["iot", "iot-data", "iot-jobs-data", "lambda", "cloudformation", "sqs", "sns", "sts"]
UTC = datetime.timezone.utc
TOKEN = "made-token"

# What a variant of a case takes for each kind of value; a value is picked by the path that it stands at.
TEXTS = {
    "usual": ["value", "arn:aws:iot:eu-west-1:123456789012:thing/one", "two words"],
    "edge": ["", "ü € \U0001d11e", "a+b=c&d/e?f#g%20", "\"quoted\" \\ <&>'", "line\nbreak\ttab", " spaces "],
}
PLAIN_TEXTS = {"usual": ["value", "one-two_3"], "edge": ["a+b=c&d", "x/y z", "~!@$%^*()"]}
INTEGERS = {"usual": [1, 42], "edge": [0, -1, 2**31 - 1, -(2**31)]}
LONGS = {"usual": [7, 1_700_000_000_000], "edge": [0, -1, 2**53, -(2**63), 2**63 - 1]}
FLOATS = {"usual": [0.5, 3.25], "edge": [0.0, -1.5, 1e-7, 1.7976931348623157e308, 123456789.123]}
TIMES = {
    "usual": [datetime.datetime(2026, 11, 23, 12, 30, 15, tzinfo=UTC), datetime.datetime(2000, 2, 29, tzinfo=UTC)],
    "edge": [
        datetime.datetime(2026, 11, 23, 12, 30, 15, 123000, tzinfo=UTC),
        datetime.datetime(1999, 12, 31, 23, 59, 59, 500000, tzinfo=UTC),
        datetime.datetime(1970, 1, 1, tzinfo=UTC),
    ],
}
BLOBS = {"usual": [b"bytes", b'{"a": 1}'], "edge": [b"", bytes(range(256)), b"\xff\xfe"]}


class Maker:
    """Makes values of shapes, the same ones in every run."""

    def __init__(self, kind, seed):
        self.kind = kind
        self.random = random.Random(seed)

    def pick(self, table):
        return self.random.choice(table["edge" if self.kind == "edge" else "usual"])

    def count(self):
        return self.random.choice([0, 1, 2]) if self.kind == "edge" else self.random.choice([1, 2])

    def structure(self, shape, outside=False):
        """A value of a structure: in the variant `least` only what is required, otherwise all of it or most."""
        value = {}
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            if location == "statusCode" or getattr(member, "is_event_stream", False) or member.serialization.get("eventstream"):
                continue
            required = name in shape.required_members or location == "uri"
            if not required and (self.kind == "least" or (self.kind == "some" and self.random.random() < 0.4)):
                continue
            value[name] = self.located(member, location)
        return value

    def located(self, shape, location):
        if location in ("uri", "header") and shape.type_name == "string" and not shape.serialization.get("jsonvalue"):
            return self.random.choice(shape.enum) if shape.enum else self.pick(PLAIN_TEXTS)
        return self.value(shape)

    def value(self, shape):
        match shape.type_name:
            case "structure":
                return self.structure(shape)
            case "list":
                return [self.value(shape.member) for _ in range(self.count())]
            case "map":
                return {f"{self.key(shape.key, index)}": self.value(shape.value) for index in range(self.count())}
            case "string":
                if shape.serialization.get("jsonvalue"):
                    return {"list": [1, {"name": "ü"}], "empty": {}} if self.kind == "edge" else [{"key": "value"}]
                if shape.enum:
                    return "NOT_KNOWN_YET" if self.kind == "edge" and self.random.random() < 0.3 else self.random.choice(shape.enum)
                return self.pick(TEXTS)
            case "integer":
                return self.pick(INTEGERS)
            case "long":
                return self.pick(LONGS)
            case "float" | "double":
                return self.pick(FLOATS)
            case "boolean":
                return self.random.choice([True, False])
            case "timestamp":
                return self.pick(TIMES)
            case "blob":
                return self.pick(BLOBS)
            case other:
                raise NotImplementedError(other)

    def key(self, shape, index):
        return f"key{index} ü&=" if self.kind == "edge" and not shape.enum else (shape.enum[index % len(shape.enum)] if shape.enum else f"key{index}")


def epoch(moment):
    seconds = calendar.timegm(moment.astimezone(UTC).timetuple())
    text = f"{seconds * 10**6 + moment.microsecond:+d}"
    sign, digits = ("-" if text[0] == "-" else ""), text[1:].rjust(7, "0")
    return f"{sign}{digits[:-6]}.{digits[-6:]}"


def plain(value, shape):
    """A value in JSON: bytes as base64, moments as seconds."""
    match shape.type_name:
        case _ if shape.serialization.get("jsonvalue"):
            return value
        case "structure":
            return {name: plain(member, shape.members[name]) for name, member in value.items() if name in shape.members}
        case "list":
            return [plain(element, shape.member) for element in value if element is not None]
        case "map":
            return {key: plain(element, shape.value) for key, element in value.items() if element is not None}
        case "blob":
            return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
        case "timestamp":
            return epoch(value)
        case _:
            return value


# Requests


def request_of(serializer, operation, values):
    """The request that botocore writes."""
    prepared = serializer.serialize_to_request(values, operation)
    botocore.awsrequest.prepare_request_dict(prepared, endpoint_url="https://localhost")
    request = botocore.awsrequest.create_request_object(prepared).prepare()
    path, _, query = request.url.removeprefix("https://localhost").partition("?")
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else bytes(body)
    headers = {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in request.headers.items()}
    return {
        "method": request.method,
        "path": path or "/",
        "query": query,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
    }


def with_tokens(shape, values):
    """The values with the tokens that botocore and the clients make where none is given."""
    if shape is None:
        return values
    made = dict(values)
    for name, member in shape.members.items():
        if member.metadata.get("idempotencyToken"):
            made.setdefault(name, TOKEN)
    return made


# Answers


def json_document(value, shape, nulls=False):
    """A value in JSON; on demand with nulls in lists and maps, where botocore reads None and a client leaves them out."""
    match shape.type_name:
        case "structure":
            return {
                shape.members[name].serialization.get("name", name): json_document(member, shape.members[name], nulls)
                for name, member in value.items()
            }
        case "list":
            between = [None] if nulls and shape.member.type_name in ("string", "structure") else []
            elements = [json_document(element, shape.member, nulls) for element in value]
            return [*between, *elements, *between]
        case "map":
            between = {"null": None} if nulls and shape.value.type_name in ("string", "structure") else {}
            return {**between, **{key: json_document(element, shape.value, nulls) for key, element in value.items()}}
        case "blob":
            return base64.b64encode(value).decode()
        case "timestamp":
            return float(epoch(value)) if value.microsecond else int(float(epoch(value)))
        case _:
            return value


def xml_document(name, value, shape):
    match shape.type_name:
        case "structure":
            inner = "".join(
                xml_document(shape.members[member].serialization.get("name", member), element, shape.members[member])
                for member, element in value.items()
            )
        case "list":
            inner = "".join(xml_document("member", element, shape.member) for element in value)
        case "map":
            inner = "".join(
                f"<entry>{xml_document('key', key, shape.key)}{xml_document('value', element, shape.value)}</entry>"
                for key, element in value.items()
            )
        case "blob":
            inner = base64.b64encode(value).decode()
        case "timestamp":
            inner = value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
        case "boolean":
            inner = "true" if value else "false"
        case _:
            inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def answer_of(service, operation, values, random_numbers, nulls):
    """An answer that holds values, as a service sends it."""
    shape = operation.output_shape
    protocol = service.protocol
    answer = {"status_code": 200, "headers": {}, "body": b""}
    if protocol == "query":
        name = operation.name
        result = "".join(
            xml_document(shape.members[key].serialization.get("name", key), value, shape.members[key]) for key, value in values.items()
        ) if shape else ""
        wrapper = f"<{name}Result>{result}<NotKnownYet><A>1</A></NotKnownYet></{name}Result>" if shape else ""
        answer["body"] = (
            f'<{name}Response xmlns="http://example.com/">{wrapper}<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>'
            f"</{name}Response>"
        ).encode()
        return answer
    body = {}
    payload = shape.serialization.get("payload") if shape else None
    for name, value in values.items():
        member = shape.members[name]
        match member.serialization.get("location"):
            case "header":
                answer["headers"][member.serialization["name"]] = value
            case None if name != payload:
                body[member.serialization.get("name", name)] = json_document(value, member, nulls)
            case None:
                answer["body"] = value if member.type_name == "blob" else json.dumps(json_document(value, member, nulls)).encode()
    if payload is None:
        if random_numbers.random() < 0.5:
            body["notKnownYet"] = {"a": [1, None, "x"]}
        answer["body"] = json.dumps(body, ensure_ascii=random_numbers.random() < 0.5).encode()
    return answer


def parsed(parser, answer, shape, operation=None):
    """What botocore reads in an answer."""
    response = dict(answer, context={"operation_name": operation.name if operation else ""})
    if operation and operation.has_event_stream_output:
        response["body"] = Pieces(answer["body"])
    value = parser.parse(response, shape)
    value.pop("ResponseMetadata", None)
    return value


def wire(answer):
    return {
        "status": answer["status_code"],
        "headers": answer["headers"],
        "body": base64.b64encode(answer["body"]).decode(),
    }


# Streams of events


class Pieces:
    """A body that botocore reads piece by piece."""

    def __init__(self, body):
        self.body = body

    def stream(self):
        yield self.body

    def close(self):
        pass


def message(event_type, media_type, payload):
    """A message as the "Amazon event stream specification" of Smithy 2.0 lays it out."""
    headers = b""
    for name, value in [(":message-type", "event"), (":event-type", event_type), (":content-type", media_type)]:
        headers += struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    encoded = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return encoded + struct.pack("!I", zlib.crc32(encoded))


def event_messages(shape, maker):
    """Two messages of each event of a stream."""
    for name, event in [*shape.members.items(), *shape.members.items()]:
        values = maker.structure(event)
        payload = next((key for key, member in event.members.items() if member.serialization.get("eventpayload")), None)
        if payload is None:
            yield message(name, "application/json", json.dumps(json_document(values, event)).encode())
        else:
            assert event.members[payload].type_name == "blob" and len(event.members) == 1, name
            yield message(name, "application/octet-stream", values.get(payload, b""))


def operation_cases(service, operation, serializer, parser):
    for number, kind in enumerate(["least", "usual", "edge", "some", "edge"]):
        maker = Maker(kind, f"{service.service_name} {operation.name} {number}")
        input_shape, output_shape = operation.input_shape, operation.output_shape
        values = maker.structure(input_shape) if input_shape else {}
        if kind == "usual":
            values = {
                name: value
                for name, value in values.items()
                if not input_shape.members[name].metadata.get("idempotencyToken")
            }
        outputs = maker.structure(output_shape) if output_shape else {}
        payload = output_shape.serialization.get("payload") if output_shape else None
        if isinstance(outputs.get(payload), bytes):
            # botocore reads bytes that are a whole body as text.
            outputs[payload] = outputs[payload].decode(errors="replace").encode()
        answer = answer_of(service, operation, outputs, maker.random, nulls=number == 4)
        events = operation.get_event_stream_output() if output_shape is not None else None
        if events is not None:
            answer["body"] = b"".join(event_messages(events, maker))
        read = parsed(parser, answer, output_shape, operation) if output_shape else None
        if events is not None:
            (stream,) = [name for name, value in read.items() if isinstance(value, botocore.eventstream.EventStream)]
            read_events = [plain(event, events) for event in read.pop(stream)]
        case = {
            "service": service.service_name,
            "operation": operation.name,
            "name": f"{kind} {number}",
            "input": plain(values, input_shape) if input_shape else {},
            "request": request_of(serializer, operation, with_tokens(input_shape, values)),
            "response": wire(answer),
        }
        if output_shape is not None and output_shape.members:
            case["output"] = plain(read, output_shape)
        if events is not None:
            case["events"] = read_events
        yield case


def error_cases(service, operation, parser):
    """An answer for each error of the service, to one of its operations."""
    for name in service.shape_names:
        shape = service.shape_for(name)
        if not shape.metadata.get("exception"):
            continue
        for kind in ["usual", "edge"]:
            maker = Maker(kind, f"{service.service_name} {name} {kind}")
            values = maker.structure(shape)
            code = shape.metadata.get("error", {}).get("code", name)
            status = shape.metadata.get("error", {}).get("httpStatusCode", 400)
            answer = {"status_code": status, "headers": {}, "body": b""}
            if service.protocol == "query":
                inner = "".join(
                    xml_document(shape.members[key].serialization.get("name", key), value, shape.members[key])
                    for key, value in values.items()
                )
                answer["body"] = (
                    f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>{inner}</Error><RequestId>r</RequestId></ErrorResponse>"
                ).encode()
            else:
                body = {}
                for key, value in values.items():
                    member = shape.members[key]
                    if member.serialization.get("location") == "header":
                        answer["headers"][member.serialization["name"]] = value
                    else:
                        body[member.serialization.get("name", key)] = json_document(value, member)
                if service.protocol == "json":
                    body["__type"] = f"com.amazonaws.example#{code}"
                else:
                    answer["headers"]["x-amzn-ErrorType"] = f"{code}:http://example.com/"
                answer["body"] = json.dumps(body).encode()
            inputs = Maker("least", name).structure(operation.input_shape)
            yield {
                "service": service.service_name,
                "operation": operation.name,
                "name": f"{name} {kind}",
                "input": plain(inputs, operation.input_shape),
                "response": wire(answer),
                "errorShape": name,
                "error": plain(parsed(parser, answer, shape), shape),
            }


def main():
    cases, names = [], []
    loader = botocore.loaders.Loader()
    for name in SERVICES:
        service = botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), name)
        serializer = botocore.serialize.create_serializer(service.protocol, include_validation=False)
        parser = botocore.parsers.create_parser(service.protocol)
        operations = [service.operation_model(operation) for operation in service.operation_names]
        for operation in operations:
            names.append(f"{name} {operation.name}")
            cases.extend(operation_cases(service, operation, serializer, parser))
        cases.extend(error_cases(service, operations[0], parser))
    with open(sys.argv[1], "w") as file:
        json.dump({"operations": names, "cases": cases}, file)
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
