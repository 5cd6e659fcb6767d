// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import Testing

@Suite struct CatalogueTests {
    @Test func `the catalogue names no type twice`() {
        #expect(Set(EventType.catalogue).count == EventType.catalogue.count)
        #expect(EventType.catalogue.count == 44)
    }

    @Test(arguments: Sample.names.dropFirst(2))
    func `the samples of the current generation are in the catalogue`(name: String) throws {
        let event = try JSONValue(parsing: Sample.bytes(name))
        let type = EventType(rawValue: try #require(event["type"]?.stringValue))
        #expect(EventType.catalogue.contains(type))
        let source = EventSource(rawValue: try #require(event["source"]?.stringValue))
        #expect([.ca, .dmsManager, .deviceManager, .va].contains(source))
        #expect(source.isCurrentGeneration)
        let subject = try #require(event["subject"]?.stringValue)
        #expect(EventSubject(parsing: subject)?.description == subject)
    }

    @Test(arguments: Sample.names.prefix(2))
    func `the samples of older generations are told apart by their source`(name: String) throws {
        let source = EventSource(rawValue: try #require(JSONValue(parsing: Sample.bytes(name))["source"]?.stringValue))
        #expect(!source.isCurrentGeneration)
    }

    @Test(arguments: [
        (EventSubject.ca("a"), "ca/a"), (.certificate("0f"), "certificate/0f"), (.profile("p"), "profile/p"), (.kms("k"), "kms/k"),
        (.dms("d"), "dms/d"), (.device("x"), "device/x"), (.deviceGroup("g"), "device-group/g"), (.crl("5d"), "crl/5d"),
        (.ca(""), "ca/"), (EventSubject(kind: .init(rawValue: "other"), identifier: "with/slash"), "other/with/slash"),
    ])
    func `a subject is written and read`(subject: EventSubject, text: String) {
        #expect(subject.description == text)
        #expect(EventSubject(parsing: text) == subject)
    }

    @Test(arguments: ["", "/", "/id", "ca"])
    func `a text without a kind is no subject`(text: String) {
        #expect(EventSubject(parsing: text) == nil)
    }
}
