# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Any

from .support import EmulatorTestCase

PAYLOAD = {"content": b"\x00reboot", "contentType": "application/octet-stream"}


class CommandTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot, self.data = self.client("iot"), self.client("iot-jobs-data")
        self.thing = self.iot.create_thing(thingName="a")["thingArn"]

    def create(self, **members: Any) -> str:
        return self.iot.create_command(**{"commandId": "reboot", "payload": PAYLOAD, **members})["commandArn"]

    def start(self, command: str, **parameters: Any) -> str:
        return self.data.start_command_execution(**{"targetArn": self.thing, "commandArn": command, **parameters})["executionId"]

    def test_a_command_is_made_once_and_stored_as_it_is(self) -> None:
        for _ in range(2):
            arn = self.create(tags=[{"Key": "a", "Value": "1"}])
        with self.refused("ConflictException", 409):
            self.create(displayName="other")
        for _ in range(2):
            self.iot.update_command(commandId="reboot", deprecated=True)
        found = self.iot.get_command(commandId="reboot")
        self.assertEqual((found["payload"], found["deprecated"], found["commandArn"]), (PAYLOAD, True, arn))
        with self.refused("ValidationException", 400):
            self.start(arn)
        self.assertEqual(self.iot.delete_command(commandId="reboot")["statusCode"], 204)
        with self.refused("ResourceNotFoundException", 404):
            self.iot.get_command(commandId="reboot")
        self.assertEqual(self.changes()[1:], ["command-created", "command-updated", "command-deleted"])

    def test_what_is_no_command_is_refused(self) -> None:
        for members in ({"payloadTemplate": "x"}, {"commandId": "no spaces"}, {"namespace": "AWS-Other"}):
            with self.subTest(members), self.refused("ValidationException", 400):
                self.create(**members)
        with self.refused("ResourceNotFoundException", 404):
            self.start("arn:aws:iot:eu-west-1:123456789012:command/none")
        with self.refused("ResourceNotFoundException", 404):
            self.start(self.create(), targetArn=self.thing + "x")

    def test_a_call_that_is_repeated_with_its_token_starts_one_execution(self) -> None:
        arn = self.create()
        first = self.start(arn, clientToken="token-1", parameters={"delay": {"I": 5}})
        self.assertEqual(self.start(arn, clientToken="token-1", parameters={"delay": {"I": 5}}), first)
        with self.refused("ConflictException", 409):
            self.start(arn, clientToken="token-1", parameters={"delay": {"I": 6}})
        self.assertNotEqual(self.start(arn, clientToken="token-2"), first)
        self.assertEqual(self.changes().count("command-execution-started"), 2)

    def test_an_execution_goes_as_the_device_reports(self) -> None:
        arn = self.create(mandatoryParameters=[{"name": "delay"}])
        with self.refused("ValidationException", 400):
            self.start(arn)
        execution = self.start(arn, parameters={"delay": {"I": 5}})
        with self.refused("ConflictException", 409):
            self.iot.delete_command_execution(executionId=execution, targetArn=self.thing)
        self.control("POST", "command-executions", {"executionId": execution, "status": "SUCCEEDED", "result": {"up": {"B": True}}})
        found = self.iot.get_command_execution(executionId=execution, targetArn=self.thing, includeResult=True)
        self.assertEqual((found["status"], found["result"], found["parameters"]), ("SUCCEEDED", {"up": {"B": True}}, {"delay": {"I": 5}}))
        listed = self.iot.list_command_executions(commandArn=arn, status="SUCCEEDED")["commandExecutions"]
        self.assertEqual([each["executionId"] for each in listed], [execution])
        with self.refused("ValidationException", 400):
            self.iot.list_command_executions()
        self.iot.delete_command_execution(executionId=execution, targetArn=self.thing)
        self.assertEqual(self.iot.list_command_executions(commandArn=arn)["commandExecutions"], [])
