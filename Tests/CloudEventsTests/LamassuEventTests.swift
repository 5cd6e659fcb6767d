// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import Foundation
import JSONCoding
import Testing

/// The sample events of three generations of Lamassu.
struct LamassuEventTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/lamassu-events")

    static let samples: [String: [UInt8]] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path())) ?? []
        return names.reduce(into: [:]) { samples, name in
            samples[name] = (try? Data(contentsOf: Self.folder.appending(path: name))).map(Array.init)
        }
    }()

    @Test func `the samples are there`() {
        #expect(Self.samples.count == 12)
    }

    @Test(arguments: samples.keys.sorted())
    func `a sample comes back byte by byte`(_ name: String) throws {
        let bytes = try #require(Self.samples[name])
        let event = try CloudEvent(decoding: bytes, format: .json)
        let encoded = try event.encoded(as: .json)
        #expect(encoded == bytes, "the order of members is that of the services")
        #expect(try CloudEvent(decoding: encoded, format: .json) == event)
    }

    @Test(arguments: samples.keys.sorted())
    func `every prefix of a sample is refused as malformed`(_ name: String) throws {
        let bytes = try #require(Self.samples[name])
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: CloudEventError(.malformed, message: "")) { try CloudEvent(decoding: Array(bytes[..<length]), format: .json) }
        }
    }

    @Test func `a current event is read with its attributes, its extensions and its data`() throws {
        let event = try CloudEvent(decoding: try #require(Self.samples["03-ca.create.json"]), format: .json)
        #expect(event.type == "ca.create")
        #expect(event.subject == "ca/9d1f3c52-7a0e-4f63-8a53-2f1b6f0c4e11")
        #expect(event.source.description == "source://lamassu.io/ctx/source/service/ca")
        #expect(event.time?.nanoseconds == 123_460_122)
        #expect(event[.authType] == "jwt")
        #expect(event.dataContentType == .json)
        #expect(try event.decodeData(as: JSONValue.self)["id"]?.stringValue == "9d1f3c52-7a0e-4f63-8a53-2f1b6f0c4e11")
    }

    @Test func `raw bytes labelled as JSON stay bytes`() throws {
        let event = try CloudEvent(decoding: try #require(Self.samples["05-ca.sign.signature.json"]), format: .json)
        guard case .binary(let signature) = event.data else {
            Issue.record("the data is not binary")
            return
        }
        #expect(signature.count == 64)
        #expect(throws: CloudEventError(.invalidData, message: "")) { try event.decodeData(as: JSONValue.self) }
    }
}
