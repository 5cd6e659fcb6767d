#!/usr/bin/env python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0
"""Derives amqp-0-9-1.json from the specification's XML: derive.py amqp0-9-1.stripped.extended.xml > amqp-0-9-1.json

The XML is in Debian's package amqp-specs (folder 0-9-1-rabbit). It lacks what RabbitMQ added later or kept of
version 0-8; those methods are the table ADDITIONS below, from RabbitMQ's documentation of its protocol extensions.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree

ADDITIONS = [
    (10, "connection", 60, "blocked", [["reason", "shortstr"]]),
    (10, "connection", 61, "unblocked", []),
    (10, "connection", 70, "update-secret", [["new-secret", "longstr"], ["reason", "shortstr"]]),
    (10, "connection", 71, "update-secret-ok", []),
    (30, "access", 10, "request", [["realm", "shortstr"], ["exclusive", "bit"], ["passive", "bit"], ["active", "bit"],
                                   ["write", "bit"], ["read", "bit"]]),
    (30, "access", 11, "request-ok", [["ticket", "short"]]),
]
REPLY_CODE_ADDITIONS = [("no-route", 312, "soft-error")]

root = ElementTree.parse(sys.argv[1]).getroot()
domains = {domain.get("name"): domain.get("type") for domain in root.findall("domain")}


def fields(element):
    return [[field.get("name"), field.get("type") or domains[field.get("domain")]] for field in element.findall("field")]


def method(class_id, class_name, method_id, name, fields, content=False):
    return {"classID": class_id, "methodID": method_id, "name": f"{class_name}.{name}", "content": content, "fields": fields}


constants = [(c.get("name"), int(c.get("value")), c.get("class")) for c in root.findall("constant")]
frame_constants = {name: value for name, value, _ in constants if name.startswith("frame-") and name != "frame-error"}
reply_codes = [c for c in constants if c[0] not in frame_constants] + REPLY_CODE_ADDITIONS
methods = [
    method(int(c.get("index")), c.get("name"), int(m.get("index")), m.get("name"), fields(m), m.get("content") == "1")
    for c in root.findall("class") for m in c.findall("method")
] + [method(*addition) for addition in ADDITIONS]
properties = next(fields(c) for c in root.findall("class") if c.get("name") == "basic")


def lines(values):
    return "[\n" + ",\n".join("    " + json.dumps(value) for value in values) + "\n  ]"


print(f"""{{
  "frameConstants": {json.dumps(frame_constants)},
  "replyCodes": {lines({"name": n, "value": v, "class": c} for n, v, c in sorted(reply_codes, key=lambda code: code[1]))},
  "properties": {lines(properties)},
  "methods": {lines(sorted(methods, key=lambda m: (m["classID"], m["methodID"])))}
}}""")
