# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""How moto keeps the messages of SQS queues, made good where it is not what AWS does.

- Calls at the same time: moto hands one message to two receivers. Here a lock covers each change, and long polls wait outside it.
- Duplicates: moto forgets the deduplication id of a message that was deleted; AWS keeps it for five minutes
  (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html).
- Sequence numbers grow.
- Receipts: moto takes any that it ever gave for a message. A message that was received again is not deleted with an older one
  (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html), and one whose visibility timeout is over
  is not in flight.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from moto.sqs.exceptions import ReceiptHandleIsInvalid, SQSException
from moto.sqs.models import Queue, SQSBackend

#: How long a deduplication id is remembered.
DEDUPLICATION_SECONDS = 300

#: How often a long poll looks for messages whose visibility timeout is over; it is woken for new ones.
POLL_SECONDS = 0.05

_changed = threading.Condition(threading.RLock())
_sequence = count(18_800_000_000_000_000_000)
#: Called with each queue that got a message. There is one, as there is one state of moto in a process.
_listener: Callable[[Any], None] = lambda queue: None

_receive = SQSBackend.receive_message
_delete = Queue.delete_message
_change_visibility = SQSBackend.change_message_visibility


def on_message(listener: Callable[[Any], None]) -> None:
    """Lets this listener, and no other, know of each queue that gets a message.

    It is called on the thread of the sender and must not wait.
    """
    global _listener
    _listener = listener


def _add_message(queue: Any, message: Any) -> None:
    with _changed:
        if queue.fifo_queue and (original := _original(queue, message)) is not None:
            # The answer is that for the first; the message goes nowhere.
            message.id, message.sequence_number = original.id, original.sequence_number
            return
        if queue.fifo_queue:
            message.sequence_number = str(next(_sequence))
        queue._messages.append(message)
        _changed.notify_all()
    _listener(queue)


def _original(queue: Any, message: Any) -> Any:
    """The message with the same deduplication id that was sent in the last five minutes; remembers this one if there is none."""
    seen: dict[Any, tuple[float, Any]] = queue.__dict__.setdefault("_deduplication", {})
    if message.deduplication_id is None:
        return None
    per_group = queue.attributes.get("DeduplicationScope") == "messageGroup"
    key = (message.group_id if per_group else None, message.deduplication_id)
    now = time.monotonic()
    if key in seen and now - seen[key][0] < DEDUPLICATION_SECONDS:
        return seen[key][1]
    seen[key] = (now, message)
    return None


def _receive_message(
    backend: Any, queue_name: str, count: int, wait_seconds_timeout: int, visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Any]:
    deadline = time.monotonic() + wait_seconds_timeout
    with _changed:
        while True:
            messages = _receive(backend, queue_name, count, 0, visibility_timeout, message_attribute_names)
            left = deadline - time.monotonic()
            if messages or left <= 0:
                return messages
            _changed.wait(min(left, POLL_SECONDS))


class _Expired(ReceiptHandleIsInvalid):
    def __init__(self, receipt_handle: str):
        SQSException.__init__(
            self, "InvalidParameterValue",
            f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.")


class _NotInFlight(ReceiptHandleIsInvalid):
    def __init__(self, receipt_handle: str):
        SQSException.__init__(
            self, "MessageNotInflight", f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or "
            "is not available for visibility timeout change.")


def _delete_message(queue: Any, receipt_handle: str) -> None:
    with _changed:
        message = _find(queue, receipt_handle)
        if message is not None and queue.fifo_queue and (message.visible or message.receipt_handle != receipt_handle):
            raise _Expired(receipt_handle)
        if message is not None and message.receipt_handle != receipt_handle:
            return
        _delete(queue, receipt_handle)
        _changed.notify_all()


def _change_message_visibility(backend: Any, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
    with _changed:
        message = _find(backend.get_queue(queue_name), receipt_handle)
        if message is not None and (message.visible or message.receipt_handle != receipt_handle):
            raise _NotInFlight(receipt_handle)
        _change_visibility(backend, queue_name, receipt_handle, visibility_timeout)
        _changed.notify_all()


def _find(queue: Any, receipt_handle: str) -> Any:
    """The message that this receipt was given for, now or before."""
    return next((message for message in queue._messages if message.had_receipt_handle(receipt_handle)), None)


Queue.add_message = _add_message
Queue.delete_message = _delete_message
SQSBackend.receive_message = _receive_message
SQSBackend.change_message_visibility = _change_message_visibility
