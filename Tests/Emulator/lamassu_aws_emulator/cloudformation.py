# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""CloudFormation: what AWS refuses before it makes anything, and moto does not, is refused here; moto then makes the stack.

A stack is made while the call lasts, but shows itself in progress once, so that a client has to wait for it. A resource that can't be
made leaves the stack in ROLLBACK_COMPLETE, with the reason in its events; what was made before stays.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

from moto.cloudformation.models import Event, Stack

from . import moto_services
from .errors import AWSError
from .ledger import Ledger
from .messages import Response
from .operations import Operation
from .queue_policy import QueuePolicy
from .signature import Claim

#: The types that moto, or a module of ours, really makes. moto skips the others without a word; here they are refused, like those
#: that do not exist.
RESOURCE_TYPES = {
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    QueuePolicy.cloudformation_type(),
}

#: The property that gives a resource of IAM a name of its own, for which CAPABILITY_IAM is not enough.
IAM_NAMES = {"AWS::IAM::ManagedPolicy": "ManagedPolicyName", "AWS::IAM::Role": "RoleName"}


class CloudFormation:
    """Answers the calls of CloudFormation, with moto behind it."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        #: The final status of the stacks that show themselves in progress, by stack id.
        self._settling: dict[str, str] = {}
        #: The forms of the calls that were done, by stack id and client request token.
        self._done: dict[tuple[str, str], dict[str, str]] = {}
        #: Held by all calls, because moto does not mind calls at the same time.
        self._lock = threading.Lock()

    def answer(self, operation: Operation, claim: Claim) -> Response:
        operation.parameters()  # refuses what the model of the service does not allow
        with self._lock:
            return self._answer(operation, claim)

    def _answer(self, operation: Operation, claim: Claim) -> Response:
        form = dict(operation.request.form_items())
        name = form.get("StackName", "")
        match operation.name:
            case "CreateStack":
                return self._create(operation, claim, form)
            case "UpdateStack":
                return self._update(operation, claim, form)
            case "DeleteStack":
                stack = _find(name, claim.region)
                response = moto_services.call(operation.request, claim)
                if stack is not None and response.status == 200:
                    self._ledger.record(claim.region, "stack-deleted", stack.stack_id, name=stack.name)
                return response
            case "DescribeStacks":
                response = moto_services.call(operation.request, claim)
                self._settle(_find(name, claim.region))
                return response
            case "CreateChangeSet" | "ExecuteChangeSet":
                raise AWSError("ValidationError", "Change sets are not emulated; use CreateStack and UpdateStack.")
            case _:
                return moto_services.call(operation.request, claim)

    def _create(self, operation: Operation, claim: Claim, form: dict[str, str]) -> Response:
        template = _checked_template(form)
        if (present := _find(form["StackName"], claim.region)) is not None and self._is_repeated(present, form):
            return _stack_response("CreateStack", present)
        response = moto_services.call(operation.request, claim)
        stack = _find(form["StackName"], claim.region)
        if stack is None or "AlreadyExistsException" in response.body.decode():
            return response
        self._remember(stack, form)
        if response.status != 200:
            return self._roll_back(stack, template, _reason(response))
        self._complete(stack, template, "CREATE", claim.region, "stack-created")
        return response

    def _update(self, operation: Operation, claim: Claim, form: dict[str, str]) -> Response:
        stack = _find(form.get("StackName", ""), claim.region)
        if stack is None:
            raise AWSError("ValidationError", f"Stack [{form.get('StackName')}] does not exist")
        if self._is_repeated(stack, form):
            return _stack_response("UpdateStack", stack)
        present = Stack.parse_template(stack.template)
        template = _checked_template(form) if "TemplateBody" in form else present
        if template == present and _stated_parameters(form, stack) == stack.parameters:
            raise AWSError("ValidationError", "No updates are to be performed.")
        self._settle(stack)
        response = moto_services.call(operation.request, claim)
        if response.status == 200:
            self._remember(stack, form)
            self._complete(stack, template, "UPDATE", claim.region, "stack-updated")
        return response

    def _complete(self, stack: Stack, template: dict[str, Any], verb: str, region: str, change: str) -> None:
        resources = _made(stack, template)
        stack.events[-1:-1] = [_event(stack, logical, kind, physical, f"{verb}_COMPLETE") for logical, kind, physical in resources]
        self._settling[stack.stack_id], stack.status = f"{verb}_COMPLETE", f"{verb}_IN_PROGRESS"
        self._ledger.record(
            region, change, stack.stack_id, name=stack.name,
            resources=[{"logicalID": logical, "type": kind, "physicalID": physical} for logical, kind, physical in resources],
        )

    def _roll_back(self, stack: Stack, template: dict[str, Any], reason: str) -> Response:
        made = _made(stack, template)
        stack.events += [_event(stack, logical, kind, physical, "CREATE_COMPLETE") for logical, kind, physical in made]
        failed = next(logical for logical in template["Resources"] if logical not in {logical for logical, _, _ in made})
        stack.events.append(_event(stack, failed, template["Resources"][failed]["Type"], "", "CREATE_FAILED", reason))
        stack._add_stack_event("ROLLBACK_COMPLETE", reason)
        self._settling[stack.stack_id], stack.status = "ROLLBACK_COMPLETE", "CREATE_IN_PROGRESS"
        return _stack_response("CreateStack", stack)

    def _is_repeated(self, stack: Stack, form: dict[str, str]) -> bool:
        """Whether this very call was done before, as its client request token says; with that it may be sent again."""
        return self._done.get((stack.stack_id, form.get("ClientRequestToken", ""))) == form

    def _remember(self, stack: Stack, form: dict[str, str]) -> None:
        if "ClientRequestToken" in form:
            self._done[stack.stack_id, form["ClientRequestToken"]] = form

    def _settle(self, stack: Stack | None) -> None:
        if stack is not None and (status := self._settling.pop(stack.stack_id, None)):
            stack.status = status


def _stack_response(operation: str, stack: Stack) -> Response:
    answer = f"<{operation}Result><StackId>{stack.stack_id}</StackId></{operation}Result>"
    return Response(200, [("Content-Type", "text/xml")], f"<{operation}Response>{answer}</{operation}Response>".encode())


def _checked_template(form: dict[str, str]) -> dict[str, Any]:
    """The template of a call; refused where AWS refuses it."""

    def refuse(message: str) -> AWSError:
        return AWSError("ValidationError", message)

    try:
        template = Stack.parse_template(form["TemplateBody"])
    except KeyError:
        raise refuse("Either Template URL or Template Body must be specified.") from None
    except Exception as error:  # whatever the YAML reader meets
        raise refuse(f"Template format error: not well-formed. ({error})") from None
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise refuse("Template format error: At least one Resources member must be defined.")

    resources = template["Resources"]
    if unknown := sorted({str(resource.get("Type")) for resource in resources.values()} - RESOURCE_TYPES):
        raise refuse(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    known = {*resources, *template.get("Parameters", {})}
    if unresolved := sorted({name for name in _references(resources) if name not in known and not name.startswith("AWS::")}):
        names = ", ".join(unresolved)
        raise refuse(f"Template format error: Unresolved resource dependencies [{names}] in the Resources block of the template")

    stated = {value for name, value in form.items() if name.startswith("Capabilities.member.")}
    iam = [resource for resource in resources.values() if resource["Type"].startswith("AWS::IAM::")]
    if any(IAM_NAMES.get(resource["Type"]) in resource.get("Properties", {}) for resource in iam):
        needed, sufficient = "CAPABILITY_NAMED_IAM", {"CAPABILITY_NAMED_IAM"}
    else:
        needed, sufficient = "CAPABILITY_IAM", {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}
    if iam and not stated & sufficient:
        raise AWSError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")
    return template


def _references(value: Any) -> Iterator[str]:
    """The names that Ref, Fn::GetAtt, Fn::Sub and DependsOn speak of."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref" and isinstance(item, str):
            yield item
        elif key == "Fn::GetAtt":
            yield item[0] if isinstance(item, list) else item.partition(".")[0]
        elif key == "Fn::Sub":
            text, variables = item if isinstance(item, list) else (item, {})
            names = (name.partition(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text))
            yield from (name for name in names if name not in variables)
            yield from _references(variables)
        elif key == "DependsOn":
            yield from item if isinstance(item, list) else [item]
        else:
            yield from _references(item)


def _stated_parameters(form: dict[str, str], stack: Stack) -> dict[str, str]:
    stated = dict(stack.parameters)
    for name, key in form.items():
        if match := re.fullmatch(r"Parameters\.member\.(\d+)\.ParameterKey", name):
            value = form.get(f"Parameters.member.{match[1]}.ParameterValue")
            stated[key] = stack.parameters.get(key, "") if value is None else value
    return stated


def _find(name: str, region: str) -> Stack | None:
    stacks = moto_services.backend("cloudformation", region).stacks
    return stacks.get(name) or next((stack for stack in stacks.values() if stack.name == name), None)


def _made(stack: Stack, template: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The resources that exist: logical id, type and physical id."""
    made = stack.resource_map._parsed_resources
    return [
        (logical, resource["Type"], getattr(made[logical], "physical_resource_id", None) or logical)
        for logical, resource in template["Resources"].items() if made.get(logical) is not None
    ]


def _event(stack: Stack, logical: str, kind: str, physical: str, status: str, reason: str | None = None) -> Event:
    return Event(stack.stack_id, stack.name, logical, physical, kind, status, reason, None)


def _reason(response: Response) -> str:
    """The message of an error that another service answered while its resource was made."""
    text = response.body.decode("utf-8", "replace")
    try:
        error = json.loads(text)
        return str(error.get("message") or error.get("Message"))
    except ValueError:
        match = re.search(r"<Message>(.*?)</Message>", text, re.DOTALL)
        return match[1] if match else text[:500]
