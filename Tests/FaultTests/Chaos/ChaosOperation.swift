// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

/// An operation of a service that succeeded, as the service's own table has it: the transaction that wrote the row *is* the operation.
struct ChaosOperation: Hashable, Sendable, JSONDecodable {
    var name = ""
    var subject = ""
    /// Its place among the operations on its subject, from 1.
    var version = 0
    var level = ""
    /// What the event has to say.
    var payload = JSONValue.null

    init(name: String, subject: String, version: Int, level: String) {
        self.name = name
        self.subject = subject
        self.version = version
        self.level = level
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": self.name = try .init(from: &reader)
            case "subject": self.subject = try .init(from: &reader)
            case "version": self.version = try .init(from: &reader)
            case "level": self.level = try .init(from: &reader)
            case "payload": self.payload = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }
}
