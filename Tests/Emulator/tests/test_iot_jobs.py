# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import json
from typing import Any

from .support import EmulatorTestCase

DOCUMENT = json.dumps({"operation": "renew"})


class JobTestCase(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot, self.data = self.client("iot"), self.client("iot-jobs-data")
        self.arns = [self.iot.create_thing(thingName=name)["thingArn"] for name in ("a", "b")]

    def create(self, job: str = "job", **parameters: Any) -> dict[str, Any]:
        return self.iot.create_job(**{"jobId": job, "targets": self.arns, "document": DOCUMENT, **parameters})

    def described(self, job: str = "job") -> dict[str, Any]:
        return self.iot.describe_job(jobId=job)["job"]

    def numbers(self, job: str = "job") -> dict[str, int]:
        details = self.described(job)["jobProcessDetails"]
        return {name[8:-6]: number for name, number in details.items() if name.startswith("numberOf") and number}


class JobTests(JobTestCase):
    def test_a_job_makes_an_execution_for_each_thing_of_its_targets(self) -> None:
        group = self.iot.create_thing_group(thingGroupName="g")["thingGroupArn"]
        self.iot.create_thing(thingName="c")
        for name in ("b", "c"):
            self.iot.add_thing_to_thing_group(thingGroupName="g", thingName=name)
        self.create(targets=[self.arns[1], group], description="renewal", tags=[{"Key": "a", "Value": "1"}])
        self.assertEqual(self.numbers(), {"Queued": 2})
        self.assertEqual((self.described()["status"], self.described()["targetSelection"]), ("IN_PROGRESS", "SNAPSHOT"))
        self.assertEqual(self.iot.get_job_document(jobId="job")["document"], DOCUMENT)
        page = self.iot.list_job_executions_for_job(jobId="job", maxResults=1)
        rest = self.iot.list_job_executions_for_job(jobId="job", nextToken=page["nextToken"])
        things = [each["thingArn"].rpartition("/")[2] for each in page["executionSummaries"] + rest["executionSummaries"]]
        self.assertEqual(things, ["b", "c"])

    def test_what_is_no_job_is_refused(self) -> None:
        self.create()
        for code, status, parameters in (
            ("ResourceAlreadyExistsException", 409, {}),
            ("ResourceNotFoundException", 404, {"targets": [self.arns[0] + "x"]}),
            ("InvalidRequestException", 400, {"document": "{not json"}),
            ("InvalidRequestException", 400, {"documentSource": "https://s3.amazonaws.com/b/k"}),
            ("InvalidRequestException", 400, {"targets": []}),
            ("InvalidRequestException", 400, {"jobId": "no spaces"}),
            ("ResourceNotFoundException", 404, {"jobTemplateArn": "arn:aws:iot:eu-west-1:123456789012:jobtemplate/none"}),
        ):
            with self.subTest(parameters), self.refused(code, status):
                self.create(**parameters)
        self.assertEqual(self.changes().count("job-created"), 1)

    def test_a_continuous_job_follows_its_group(self) -> None:
        group = self.iot.create_thing_group(thingGroupName="g")["thingGroupArn"]
        self.create(targets=[group], targetSelection="CONTINUOUS")
        self.iot.add_thing_to_thing_group(thingGroupName="g", thingName="a")
        self.assertEqual(self.numbers(), {"Queued": 1})
        self.iot.remove_thing_from_thing_group(thingGroupName="g", thingName="a")
        self.assertEqual(self.numbers(), {"Removed": 1})
        self.iot.associate_targets_with_job(jobId="job", targets=[self.arns[1]])
        self.assertEqual(self.numbers(), {"Removed": 1, "Queued": 1})
        self.assertEqual(self.described()["status"], "IN_PROGRESS")
        self.create("snapshot")
        with self.refused("InvalidRequestException", 400):
            self.iot.associate_targets_with_job(jobId="snapshot", targets=[group])

    def test_canceling_takes_what_is_queued_and_by_force_what_is_in_progress(self) -> None:
        for force, numbers in ((False, {"Canceled": 1, "InProgress": 1}), (True, {"Canceled": 2})):
            job = f"job-{force}"
            self.create(job)
            self.data.update_job_execution(jobId=job, thingName="a", status="IN_PROGRESS")
            self.iot.cancel_job(jobId=job, force=force, reasonCode="ENOUGH")
            self.assertEqual(self.numbers(job), numbers)
            self.assertEqual((self.described(job)["status"], self.described(job)["reasonCode"]), ("CANCELED", "ENOUGH"))
            with self.refused("InvalidRequestException", 400):
                self.iot.cancel_job(jobId=job)

    def test_one_execution_is_canceled_and_deleted_by_its_own_rules(self) -> None:
        self.create()
        self.data.start_next_pending_job_execution(thingName="a")
        with self.refused("InvalidStateTransitionException", 409):
            self.iot.cancel_job_execution(jobId="job", thingName="a")
        with self.refused("VersionConflictException", 409):
            self.iot.cancel_job_execution(jobId="job", thingName="a", force=True, expectedVersion=1)
        with self.refused("InvalidStateTransitionException", 409):
            self.iot.delete_job_execution(jobId="job", thingName="b", executionNumber=1)
        self.iot.cancel_job_execution(jobId="job", thingName="a", force=True, expectedVersion=2)
        execution = self.iot.describe_job_execution(jobId="job", thingName="a")["execution"]
        self.assertEqual((execution["status"], execution["forceCanceled"], execution["versionNumber"]), ("CANCELED", True, 3))
        self.iot.delete_job_execution(jobId="job", thingName="a", executionNumber=1)
        with self.refused("ResourceNotFoundException", 404):
            self.iot.describe_job_execution(jobId="job", thingName="a")

    def test_jobs_are_listed_and_deleted(self) -> None:
        for name in ("one", "two", "three"):
            self.create(name)
        self.iot.cancel_job(jobId="two")
        self.assertEqual([job["jobId"] for job in self.iot.list_jobs(status="IN_PROGRESS")["jobs"]], ["three", "one"])
        with self.refused("InvalidStateTransitionException", 409):
            self.iot.delete_job(jobId="one")
        self.iot.delete_job(jobId="one", force=True)
        self.iot.delete_job(jobId="two")
        self.assertEqual([job["jobId"] for job in self.iot.list_jobs()["jobs"]], ["three"])

    def test_a_template_gives_jobs_their_document(self) -> None:
        template = self.iot.create_job_template(jobTemplateId="t", document=DOCUMENT, description="renewal")
        self.iot.create_job(jobId="job", targets=self.arns, jobTemplateArn=template["jobTemplateArn"])
        self.assertEqual(self.iot.get_job_document(jobId="job")["document"], DOCUMENT)
        with self.refused("ConflictException", 409):
            self.iot.create_job_template(jobTemplateId="t", document=DOCUMENT, description="renewal")
        self.assertEqual(self.iot.describe_job_template(jobTemplateId="t")["description"], "renewal")
        self.iot.delete_job_template(jobTemplateId="t")
        self.assertEqual(self.iot.list_job_templates()["jobTemplates"], [])


class JobExecutionTests(JobTestCase):
    def test_devices_take_a_job_to_its_end(self) -> None:
        self.create(timeoutConfig={"inProgressTimeoutInMinutes": 5})
        pending = self.data.get_pending_job_executions(thingName="a")
        self.assertEqual([each["jobId"] for each in pending["queuedJobs"]], ["job"])
        started = self.data.start_next_pending_job_execution(thingName="a", statusDetails={"step": "1"})["execution"]
        self.assertEqual((started["status"], started["versionNumber"], started["jobDocument"]), ("IN_PROGRESS", 2, DOCUMENT))
        self.assertTrue(290 < started["approximateSecondsBeforeTimedOut"] <= 300)
        again = self.data.start_next_pending_job_execution(thingName="a")["execution"]
        self.assertEqual((again["versionNumber"], again["statusDetails"]), (2, {"step": "1"}))
        answer = self.data.update_job_execution(
            jobId="job", thingName="a", status="SUCCEEDED", expectedVersion=2, includeJobExecutionState=True)
        self.assertEqual(answer["executionState"], {"status": "SUCCEEDED", "statusDetails": {"step": "1"}, "versionNumber": 3})
        self.assertEqual((self.numbers(), self.described()["status"]), ({"Succeeded": 1, "Queued": 1}, "IN_PROGRESS"))
        self.data.update_job_execution(jobId="job", thingName="b", status="REJECTED")
        self.assertEqual(self.described()["status"], "COMPLETED")
        self.assertNotIn("execution", self.data.start_next_pending_job_execution(thingName="a"))
        self.assertEqual(self.changes()[-1], "job-completed")

    def test_jobs_come_one_after_the_other(self) -> None:
        for name in ("one", "two"):
            self.create(name)
        self.assertEqual(self.data.describe_job_execution(thingName="a", jobId="$next")["execution"]["jobId"], "one")
        self.data.update_job_execution(jobId="two", thingName="a", status="IN_PROGRESS")
        self.assertEqual(self.data.start_next_pending_job_execution(thingName="a")["execution"]["jobId"], "two")
        execution = self.data.describe_job_execution(thingName="a", jobId="one", includeJobDocument=False)["execution"]
        self.assertNotIn("jobDocument", execution)

    def test_what_a_device_can_not_do_is_refused(self) -> None:
        self.create()
        with self.refused("InvalidRequestException", 400) as response:
            self.data.update_job_execution(jobId="job", thingName="a", status="SUCCEEDED", expectedVersion=7)
        self.assertIn("VersionMismatch", response["Error"]["Message"])
        with self.refused("InvalidRequestException", 400):
            self.data.update_job_execution(jobId="job", thingName="a", status="CANCELED")
        self.data.update_job_execution(jobId="job", thingName="a", status="FAILED")
        with self.refused("InvalidStateTransitionException", 409):
            self.data.update_job_execution(jobId="job", thingName="a", status="IN_PROGRESS")
        with self.refused("TerminalStateException", 410):
            self.data.describe_job_execution(jobId="job", thingName="a")
        for call in (self.data.get_pending_job_executions, self.data.start_next_pending_job_execution):
            with self.refused("ResourceNotFoundException", 404):
                call(thingName="unknown")
