# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Commands, and their executions on devices. Devices report over MQTT; here a test says what they do.

https://docs.aws.amazon.com/iot/latest/developerguide/iot-remote-command.html
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, listed, not_found
from .tags import tag_values

TERMINAL = ("SUCCEEDED", "FAILED", "REJECTED", "TIMED_OUT")


@dataclass
class Command:
    id: str
    arn: str
    #: As it was made: payload, mandatory parameters and the like.
    members: dict[str, Any]
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)


@dataclass
class CommandExecution:
    id: str
    command: str
    target: str
    parameters: dict[str, Any]
    timeout: int | None
    #: The whole call, which one with the same token must be.
    request: dict[str, Any]
    status: str = "CREATED"
    result: dict[str, Any] = field(default_factory=dict)
    created: float = field(default_factory=time.time)
    started: float | None = None
    completed: float | None = None


def create_command(registry: Registry, parameters: Parameters) -> Output:
    command_id = parameters["commandId"]
    members = {name: value for name, value in parameters.items() if name not in ("commandId", "tags")}
    if ("payload" in members) == ("payloadTemplate" in members):
        raise AWSError("ValidationException", "A command has a payload or a payloadTemplate, and not both.")
    tags = tag_values(parameters.get("tags"))
    present = registry.commands.get(command_id)
    if present is None:
        present = Command(command_id, registry.arn(f"command/{command_id}"), members)
        registry.commands[command_id], registry.tags[present.arn] = present, tags
        registry.record("command-created", present.arn, tags=tags)
    elif present.members != members:
        raise AWSError("ConflictException", f"The command {command_id} exists with other members.", resourceId=command_id)
    return {"commandId": command_id, "commandArn": present.arn}


def get_command(registry: Registry, parameters: Parameters) -> Output:
    command = _require(registry, parameters["commandId"])
    return {
        "commandId": command.id, "commandArn": command.arn, "createdAt": command.created, "lastUpdatedAt": command.updated,
        "pendingDeletion": False, "deprecated": False, **command.members,
    }


def update_command(registry: Registry, parameters: Parameters) -> Output:
    command = _require(registry, parameters["commandId"])
    members = {**command.members, **{name: value for name, value in parameters.items() if name != "commandId"}}
    if members != command.members:
        command.members, command.updated = members, time.time()
        registry.record("command-updated", command.arn)
    answer = {name: members.get(name) for name in ("displayName", "description", "deprecated")}
    return {"commandId": command.id, "lastUpdatedAt": command.updated, **answer}


def list_commands(registry: Registry, parameters: Parameters) -> Output:
    commands = list(registry.commands.values())
    if parameters.get("sortOrder") != "ASCENDING":
        commands.reverse()
    return listed("commands", [
        {
            "commandId": command.id, "commandArn": command.arn, "displayName": command.members.get("displayName"),
            "deprecated": command.members.get("deprecated", False), "createdAt": command.created, "lastUpdatedAt": command.updated,
        }
        for command in commands
    ], parameters)


def delete_command(registry: Registry, parameters: Parameters) -> Output:
    """Answers with the status 204 also where there is no such command."""
    command = registry.commands.pop(parameters["commandId"], None)
    if command is not None:
        del registry.tags[command.arn]
        registry.record("command-deleted", command.arn)
    return {"statusCode": 204}


def start_command_execution(registry: Registry, parameters: Parameters) -> Output:
    """Of the data plane. With the token of a call that was made before, the execution is the one that it started."""
    target, token = parameters["targetArn"], parameters.get("clientToken")
    request = {name: value for name, value in parameters.items() if name != "clientToken"}
    if token is not None and (present := registry.command_tokens.get(token)) is not None:
        if present.request != request:
            raise AWSError("ConflictException", f"The client token {token} was used for another call.", resourceId=present.id)
        return {"executionId": present.id}
    command = _require(registry, parameters["commandArn"].rpartition("/")[2])
    kind, _, name = target.rpartition(":")[2].partition("/")
    if kind not in ("thing", "client") or (kind == "thing" and name not in registry.things):
        raise not_found(f"The target {target}")
    if command.members.get("deprecated"):
        raise AWSError("ValidationException", f"The command {command.id} is deprecated.")
    given = parameters.get("parameters", {})
    for mandatory in command.members.get("mandatoryParameters", ()):
        if mandatory["name"] not in given and "defaultValue" not in mandatory and "value" not in mandatory:
            raise AWSError("ValidationException", f"The parameter {mandatory['name']} is missing.")
    execution = CommandExecution(
        str(uuid.uuid4()), command.arn, target, given, parameters.get("executionTimeoutSeconds"), request)
    registry.command_executions[execution.id] = execution
    if token is not None:
        registry.command_tokens[token] = execution
    registry.record("command-execution-started", command.arn, executionId=execution.id, target=target)
    return {"executionId": execution.id}


def report(registry: Registry, description: dict[str, Any]) -> None:
    """What a device says of an execution, as a test describes it in JSON; raises KeyError if that is not understood."""
    execution, status = registry.command_executions[description["executionId"]], description["status"]
    execution.status, execution.result = status, description.get("result", {})
    execution.started = execution.started or time.time()
    execution.completed = time.time() if status in TERMINAL else None
    registry.record("command-execution-updated", execution.command, executionId=execution.id, status=status)


def get_command_execution(registry: Registry, parameters: Parameters) -> Output:
    execution = registry.command_executions.get(parameters["executionId"])
    if execution is None or execution.target != parameters["targetArn"]:
        raise not_found(f"The execution {parameters['executionId']}")
    return {
        **_summary(execution), "parameters": execution.parameters, "executionTimeoutSeconds": execution.timeout,
        "result": execution.result if parameters.get("includeResult") else None,
    }


def list_command_executions(registry: Registry, parameters: Parameters) -> Output:
    asked = {"commandArn": parameters.get("commandArn"), "targetArn": parameters.get("targetArn")}
    if len([value for value in asked.values() if value is not None]) != 1:
        raise AWSError("ValidationException", "Either the commandArn or the targetArn is needed, and not both.")
    summaries = [_summary(execution) for execution in reversed(registry.command_executions.values())]
    if parameters.get("sortOrder") == "ASCENDING":
        summaries.reverse()
    asked["status"] = parameters.get("status")
    return listed("commandExecutions", [
        summary for summary in summaries if all(value in (None, summary[name]) for name, value in asked.items())
    ], parameters)


def delete_command_execution(registry: Registry, parameters: Parameters) -> Output:
    execution = registry.command_executions.get(parameters["executionId"])
    if execution is not None and execution.target == parameters["targetArn"]:
        if execution.status not in TERMINAL:
            raise AWSError("ConflictException", f"The execution is {execution.status}; it can't be deleted.", resourceId=execution.id)
        del registry.command_executions[execution.id]
        registry.record("command-execution-deleted", execution.command, executionId=execution.id)
    return {}


def _require(registry: Registry, command_id: str) -> Command:
    if command_id not in registry.commands:
        raise not_found(f"The command {command_id}")
    return registry.commands[command_id]


def _summary(execution: CommandExecution) -> Output:
    return {
        "commandArn": execution.command, "executionId": execution.id, "targetArn": execution.target, "status": execution.status,
        "createdAt": execution.created, "startedAt": execution.started, "completedAt": execution.completed,
    }


OPERATIONS: Operations = {
    "CreateCommand": create_command,
    "GetCommand": get_command,
    "UpdateCommand": update_command,
    "ListCommands": list_commands,
    "DeleteCommand": delete_command,
    "GetCommandExecution": get_command_execution,
    "ListCommandExecutions": list_command_executions,
    "DeleteCommandExecution": delete_command_execution,
}
