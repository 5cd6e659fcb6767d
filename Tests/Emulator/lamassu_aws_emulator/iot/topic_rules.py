# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Topic rules: stored, never executed.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html. For a rule that does not exist AWS answers
UnauthorizedException ("Access to topic rule 'x' was denied"), as the AWS provider of Terraform notes where it reads rules; the operations
list no other error for that.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, already_exists, listed
from .tags import tag_values


@dataclass
class TopicRule:
    name: str
    arn: str
    payload: dict[str, Any]
    created: float = field(default_factory=time.time)

    @property
    def is_disabled(self) -> bool:
        return self.payload.get("ruleDisabled", False)

    @property
    def topic_filter(self) -> str:
        match = _FROM.search(self.payload["sql"])
        return match[1] if match else ""


_FROM = re.compile(r"\bFROM\s+'([^']+)'", re.IGNORECASE)


def create_topic_rule(registry: Registry, parameters: Parameters) -> Output:
    name, payload = parameters["ruleName"], parameters["topicRulePayload"]
    arn = registry.arn(f"rule/{name}")
    _check_statement(payload["sql"])
    if name in registry.topic_rules:
        raise already_exists(f"Rule already exists : {name}", name, arn)
    pairs = parse_qsl(parameters.get("tags", ""), keep_blank_values=True)
    tags = tag_values([{"Key": key, "Value": value} for key, value in pairs])
    registry.topic_rules[name], registry.tags[arn] = TopicRule(name, arn, payload), tags
    registry.record("topic-rule-created", arn, sql=payload["sql"], tags=tags)
    return {}


def replace_topic_rule(registry: Registry, parameters: Parameters) -> Output:
    rule, payload = _require(registry, parameters), parameters["topicRulePayload"]
    _check_statement(payload["sql"])
    if payload != rule.payload:
        rule.payload = payload
        registry.record("topic-rule-replaced", rule.arn, sql=payload["sql"])
    return {}


def get_topic_rule(registry: Registry, parameters: Parameters) -> Output:
    rule = _require(registry, parameters)
    return {"ruleArn": rule.arn, "rule": {
        "ruleName": rule.name, "createdAt": rule.created, "ruleDisabled": False, "awsIotSqlVersion": "2015-10-08", **rule.payload,
    }}


def list_topic_rules(registry: Registry, parameters: Parameters) -> Output:
    topic, disabled = parameters.get("topic"), parameters.get("ruleDisabled")
    return listed("rules", [
        {
            "ruleArn": rule.arn, "ruleName": rule.name, "topicPattern": rule.topic_filter, "createdAt": rule.created,
            "ruleDisabled": rule.is_disabled,
        }
        for rule in registry.topic_rules.values()
        if topic in (None, rule.topic_filter) and disabled in (None, rule.is_disabled)
    ], parameters)


def delete_topic_rule(registry: Registry, parameters: Parameters) -> Output:
    rule = _require(registry, parameters)
    del registry.topic_rules[rule.name], registry.tags[rule.arn]
    registry.record("topic-rule-deleted", rule.arn)
    return {}


def enable_topic_rule(registry: Registry, parameters: Parameters) -> Output:
    return _set_disabled(registry, parameters, False)


def disable_topic_rule(registry: Registry, parameters: Parameters) -> Output:
    return _set_disabled(registry, parameters, True)


def _set_disabled(registry: Registry, parameters: Parameters, disabled: bool) -> Output:
    rule = _require(registry, parameters)
    if rule.is_disabled != disabled:
        rule.payload = {**rule.payload, "ruleDisabled": disabled}
        registry.record("topic-rule-disabled" if disabled else "topic-rule-enabled", rule.arn)
    return {}


def _check_statement(sql: str) -> None:
    """As much of the SQL as a rule without it is certainly none."""
    if not re.match(r"\s*SELECT\s", sql, re.IGNORECASE):
        raise AWSError("SqlParseException", f"The statement does not begin with SELECT: {sql}")


def _require(registry: Registry, parameters: Parameters) -> TopicRule:
    name = parameters["ruleName"]
    if name not in registry.topic_rules:
        raise AWSError("UnauthorizedException", f"Access to topic rule '{name}' was denied")
    return registry.topic_rules[name]


OPERATIONS: Operations = {
    "CreateTopicRule": create_topic_rule,
    "ReplaceTopicRule": replace_topic_rule,
    "GetTopicRule": get_topic_rule,
    "ListTopicRules": list_topic_rules,
    "DeleteTopicRule": delete_topic_rule,
    "EnableTopicRule": enable_topic_rule,
    "DisableTopicRule": disable_topic_rule,
}
