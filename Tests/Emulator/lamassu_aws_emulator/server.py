# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The emulator: takes a request from the wire to the service that it is for.

    control paths → signature → permission → fault → operation (ours, or moto's)
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from typing import Any

from botocore.model import ServiceModel

from . import answers, iot, iot_data, iot_jobs_data, moto_services, principals, signature
from .cloudformation import CloudFormation
from .control import Control
from .errors import AWSError, error_response
from .event_sources import EventSources
from .events import EventBus
from .faults import Faults
from .functions import Functions
from .iot.registry import Registry
from .lambda_runner import LambdaRunner
from .ledger import Ledger
from .messages import Request, Response
from .operations import Operation, identify, service_model
from .principals import Principal
from .queues import Queues
from .security_tokens import SecurityTokens
from .signature import Claim
from .topics import Topics

_IOT_OPERATIONS = {"iot": iot.OPERATIONS, "iotdata": iot_data.OPERATIONS, "iot-jobs-data": iot_jobs_data.OPERATIONS}


@dataclass(frozen=True)
class Credentials:
    """The access key of the IAM user that exists from the start and may do everything."""

    access_key_id: str
    secret: str


class Emulator:
    """The services and their state."""

    def __init__(self, credentials: Credentials, endpoint: str):
        self._credentials = credentials
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._registries: dict[str, Registry] = {}
        #: The access keys of sessions that a test let expire.
        self.expired_keys: set[str] = set()
        self.ledger = Ledger()
        self.faults = Faults()
        self._runner = LambdaRunner(self.ledger, endpoint)
        self._event_sources = EventSources(self.ledger, self._runner)
        self._functions = Functions(self.ledger, self._runner, self._event_sources)
        self._events = EventBus(self.ledger, self._runner)
        self._cloud_formation = CloudFormation(self.ledger)
        self._security_tokens = SecurityTokens(self.ledger)
        self._queues = Queues(self.ledger)
        self._topics = Topics(self.ledger)
        self._control = Control(self)
        self.reset()

    def reset(self) -> None:
        """Forgets everything but the first user, when the functions that still run have ended."""
        self._runner.finish()
        with self._lock:
            moto_services.reset()
            self._registries.clear()
            self.expired_keys.clear()
            self._functions.reset()
            self._event_sources.reset()
            self.ledger.reset()
            self.faults.reset()
            principals.create_user("lamassu", self._credentials.access_key_id, self._credentials.secret)

    def handle(self, request: Request) -> Response:
        """Answers one request."""
        if request.path.startswith("/_emulator/"):
            return self._control.answer(request)
        response = self._answer(request)
        if not any(response.has_header(name) for name in ("x-amzn-RequestId", "x-amz-request-id")):
            response.headers.append(("x-amzn-RequestId", str(uuid.uuid4())))
        return response

    def _answer(self, request: Request) -> Response:
        # Until it is known which service is meant: a form speaks the query protocol, of which STS is an example.
        model = service_model("sts") if request.form_items() else None
        try:
            unsigned = signature.unsigned_claim(request)
            claim = unsigned or signature.read_claim(request)
            model = service_model(claim.service)
            principal = principals.ANONYMOUS if unsigned else principals.find_principal(claim)
            if not unsigned:
                self._refuse_expired(claim, model)
                signature.verify(request, claim, principal.secret)
            operation = identify(request, claim.service)
            if operation is None:
                raise AWSError("UnknownOperationException", f"{claim.service} has no operation for {request.method} {request.path}.", 404)
            if not unsigned:
                principal.require_permission(operation, claim.region)
            return self.faults.perform(operation, lambda asked: self._perform(asked, principal, claim))
        except AWSError as error:
            return error_response(error, model)

    def _refuse_expired(self, claim: Claim, model: ServiceModel | None) -> None:
        if claim.access_key_id in self.expired_keys:
            is_query = model is not None and model.metadata["protocol"] == "query"
            code = "ExpiredToken" if is_query else "ExpiredTokenException"
            raise AWSError(code, "The security token included in the request is expired", 403)

    def _perform(self, operation: Operation, principal: Principal, claim: Claim) -> Response:
        try:
            match operation.service, operation.name:
                case "iot" | "iotdata" | "iot-jobs-data", _:
                    return self._perform_iot(operation, principal, claim.region)
                case "lambda", _:
                    return self._functions.answer(operation, claim)
                case "events", "PutEvents":
                    return self._events.put_events(operation, claim.region)
                case "sts", _:
                    return self._security_tokens.answer(operation, principal, claim)
                case "cloudformation", _:
                    return self._cloud_formation.answer(operation, claim)
                case "sns", _:
                    return self._topics.answer(operation, claim)
                case "sqs", _:
                    return self._queues.answer(operation, claim)
                case _:
                    return moto_services.call(operation.request, claim)
        except AWSError as error:
            return error_response(error, operation.model.service_model)

    def _perform_iot(self, operation: Operation, principal: Principal, region: str) -> Response:
        perform = _IOT_OPERATIONS[operation.service].get(operation.name)
        if perform is None:
            raise AWSError("NotImplementedException", f"The emulator does not know the operation {operation.name} of IoT.", 501)
        registry = self.registry(region)
        outcome: dict[str, Any] | AWSError
        try:
            parameters = operation.parameters()
            with registry.lock:
                outcome = perform(registry, parameters)
        except AWSError as error:
            outcome = error
        if operation.service == "iot" and not operation.is_read_only:
            self._events.emit_api_call(operation, principal, region, outcome)
        if isinstance(outcome, AWSError):
            raise outcome
        return answers.respond(operation.model, outcome)

    def registry(self, region: str) -> Registry:
        """What IoT keeps for a region."""
        with self._lock:
            return self._registries.setdefault(region, Registry(region, moto_services.ACCOUNT, self.ledger, self._endpoint))
