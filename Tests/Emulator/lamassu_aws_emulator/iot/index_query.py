# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The query language of fleet indexing: terms, wildcards, ranges, comparisons, AND, OR, NOT and parentheses.

https://docs.aws.amazon.com/iot/latest/developerguide/query-syntax.html. Terms without an operator between them must all match.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..errors import AWSError

#: What is searched: the fields by their paths, such as `attributes.line`, each with all its values.
Document = dict[str, list[Any]]
Predicate = Callable[[Document], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<bracket>[()])
      | (?P<operator>AND|OR|NOT)(?=[\s()]|$)
      | (?P<minus>-)
      | (?:(?P<field>[A-Za-z_$][\w.$*:-]*?)\s*(?P<relation>:|>=|<=|>|<)\s*)?
        (?P<value>"(?:[^"\\]|\\.)*" | [\[{][^\]}]*\s+TO\s+[^\]}]*[\]}] | (?:[^\s()"\\]|\\.)+)
    )""",
    re.VERBOSE,
)


def parse(query: str) -> Predicate:
    """The predicate that a query stands for; raises InvalidQueryException if it is none."""
    parser = _Parser(query)
    predicate = parser.alternatives()
    if parser.token is not None:
        raise _invalid(query)
    return predicate


class _Parser:
    def __init__(self, query: str):
        self._query = query
        self._position = 0
        self.token: dict[str, str | None] | None = None
        self._advance()

    def alternatives(self) -> Predicate:
        predicates = [self._conjunction()]
        while self._is("operator", "OR"):
            self._advance()
            predicates.append(self._conjunction())
        return lambda document: any(predicate(document) for predicate in predicates)

    def _conjunction(self) -> Predicate:
        predicates = [self._factor()]
        while self.token is not None and not self._is("operator", "OR") and not self._is("bracket", ")"):
            if self._is("operator", "AND"):
                self._advance()
            predicates.append(self._factor())
        return lambda document: all(predicate(document) for predicate in predicates)

    def _factor(self) -> Predicate:
        if self._is("operator", "NOT") or self._is("minus", "-"):
            self._advance()
            predicate = self._factor()
            return lambda document: not predicate(document)
        if self._is("bracket", "("):
            self._advance()
            predicate = self.alternatives()
            if not self._is("bracket", ")"):
                raise _invalid(self._query)
            self._advance()
            return predicate
        token = self.token
        if token is None or token["value"] is None:
            raise _invalid(self._query)
        self._advance()
        return _term(token["field"], token["relation"], token["value"])

    def _is(self, kind: str, text: str) -> bool:
        return self.token is not None and self.token[kind] == text

    def _advance(self) -> None:
        if not self._query[self._position:].strip():
            self.token = None
            return
        match = _TOKEN.match(self._query, self._position)
        if match is None:
            raise _invalid(self._query)
        self._position, self.token = match.end(), match.groupdict()


def _term(field: str | None, relation: str | None, value: str) -> Predicate:
    if relation in (">", ">=", "<", "<="):
        bound = _comparable(_unquoted(value))
        return _on(field, lambda present: _compares(present, relation, bound))
    if match := re.fullmatch(r"([\[{])\s*(\S+)\s+TO\s+(\S+?)\s*([\]}])", value):
        low, high = _comparable(_unquoted(match[2])), _comparable(_unquoted(match[3]))
        above, below = (">=" if match[1] == "[" else ">"), ("<=" if match[4] == "]" else "<")
        return _on(field, lambda present: _compares(present, above, low) and _compares(present, below, high))
    if field is None and value == "*":
        return lambda document: True
    pattern = _pattern(value)
    return _on(field, lambda present: pattern.fullmatch(_text(present)) is not None)


def _on(field: str | None, test: Callable[[Any], bool]) -> Predicate:
    """Whether a value of the field, or of any field, passes."""
    def predicate(document: Document) -> bool:
        lists = document.values() if field is None else [document.get(field, [])]
        return any(test(value) for values in lists for value in values)

    return predicate


def _pattern(value: str) -> re.Pattern[str]:
    if value.startswith('"'):
        return re.compile(re.escape(_unquoted(value)), re.IGNORECASE)
    parts = re.findall(r"\\.|.", value, re.DOTALL)
    text = "".join({"*": ".*", "?": "."}.get(part) or re.escape(part[-1]) for part in parts)
    return re.compile(text, re.IGNORECASE | re.DOTALL)


def _compares(present: Any, relation: str, bound: Any) -> bool:
    value = _comparable(_text(present))
    if type(value) is not type(bound):
        value, bound = str(value), str(bound)
    return {">": value > bound, ">=": value >= bound, "<": value < bound, "<=": value <= bound}[relation]


def _comparable(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _invalid(query: str) -> AWSError:
    return AWSError("InvalidQueryException", f"The query is not understood: {query}")
