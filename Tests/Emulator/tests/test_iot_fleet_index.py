# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Any

from .support import EmulatorTestCase


class FleetIndexTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def turn_on(self, **modes: Any) -> None:
        self.iot.update_indexing_configuration(
            thingIndexingConfiguration={"thingIndexingMode": "REGISTRY_AND_SHADOW", **modes},
            thingGroupIndexingConfiguration={"thingGroupIndexingMode": "ON"})
        for index in self.iot.list_indices()["indexNames"]:
            self.iot.describe_index(indexName=index)

    def found(self, query: str, **parameters: Any) -> list[str]:
        return [thing["thingName"] for thing in self.iot.search_index(queryString=query, **parameters)["things"]]

    def test_an_index_must_be_turned_on_and_then_be_built(self) -> None:
        self.assertEqual(self.iot.get_indexing_configuration()["thingIndexingConfiguration"], {"thingIndexingMode": "OFF"})
        with self.refused("ResourceNotFoundException", 404):
            self.found("*")
        configuration = {"thingIndexingMode": "REGISTRY", "thingConnectivityIndexingMode": "STATUS"}
        for _ in range(2):
            self.iot.update_indexing_configuration(thingIndexingConfiguration=configuration)
        with self.refused("IndexNotReadyException", 400):
            self.found("*")
        index = self.iot.describe_index(indexName="AWS_Things")
        self.assertEqual((index["indexStatus"], index["schema"]), ("ACTIVE", "REGISTRY_AND_CONNECTIVITY_STATUS"))
        self.assertEqual(self.found("*"), [])
        self.assertEqual(self.changes(), ["indexing-configured"])

    def test_things_are_found_by_all_that_is_indexed(self) -> None:
        self.iot.create_thing_group(thingGroupName="factory")
        for number in range(4):
            self.iot.create_thing(thingName=f"device-{number}", attributePayload={"attributes": {"line": str(number), "kind": "lamp"}})
        self.iot.add_thing_to_thing_group(thingGroupName="factory", thingName="device-1")
        self.client("iot-data").update_thing_shadow(thingName="device-2", payload='{"state": {"reported": {"battery": {"level": 7}}}}')
        self.turn_on(thingConnectivityIndexingMode="STATUS")
        self.control("POST", "connections", {"clientId": "c", "thingName": "device-3"})
        for query, numbers in {
            "*": "0123",
            "thingName:device-1": "1",
            "thingName:device*": "0123",
            "thingName:dev?ce-1": "1",
            '"device-1"': "1",
            "attributes.line:2": "2",
            "attributes.line >= 2": "23",
            "attributes.line:[1 TO 2]": "12",
            "attributes.line:{1 TO 3}": "2",
            "attributes.kind:lamp attributes.line:1": "1",
            "attributes.line:1 OR attributes.line:2": "12",
            "attributes.kind:lamp AND NOT (attributes.line:1 OR attributes.line:2)": "03",
            "-thingGroupNames:factory": "023",
            "thingGroupNames:factory": "1",
            "shadow.reported.battery.level > 5": "2",
            "connectivity.connected:true": "3",
            "attributes.unknown:1": "",
        }.items():
            with self.subTest(query):
                self.assertEqual(self.found(query), [f"device-{number}" for number in numbers])
        for query in ("(", "a:1 OR", "AND", "NOT", "a:1)"):
            with self.subTest(query), self.refused("InvalidQueryException", 400):
                self.found(query)

    def test_results_come_in_pages(self) -> None:
        for number in range(5):
            self.iot.create_thing(thingName=f"device-{number}")
        self.turn_on()
        names, token = [], {}
        while True:
            page = self.iot.search_index(queryString="thingName:device*", maxResults=2, **token)
            names.append([thing["thingName"] for thing in page["things"]])
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        self.assertEqual(names, [["device-0", "device-1"], ["device-2", "device-3"], ["device-4"]])
        with self.refused("InvalidRequestException", 400):
            self.found("*", maxResults=501)

    def test_groups_have_an_index_of_their_own(self) -> None:
        self.iot.create_thing_group(thingGroupName="factory")
        self.iot.create_thing_group(thingGroupName="hall", parentGroupName="factory")
        self.turn_on()
        groups = self.iot.search_index(indexName="AWS_ThingGroups", queryString="parentGroupNames:factory")["thingGroups"]
        self.assertEqual([group["thingGroupName"] for group in groups], ["hall"])
