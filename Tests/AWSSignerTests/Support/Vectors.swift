// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import Foundation
import HTTPTypes
import Testing

/// Reads the files of `Vectors`; whatever cases a file holds are run.
enum Vectors {
    private struct File<Case: Decodable>: Decodable { let cases: [Case] }

    /// The files that a suite runs.
    static let names: Set = ["botocore", "cases", "cases-v4a", "chunked", "event-stream", "iot-wss"]

    /// The JSON files that the folder holds.
    static func present() throws -> Set<String> {
        let folder = try #require(Bundle.module.url(forResource: "Vectors", withExtension: nil))
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return Set(files.filter { $0.pathExtension == "json" }.map { $0.deletingPathExtension().lastPathComponent })
    }

    static func cases<Case: Decodable>(of name: String, as type: Case.Type = Case.self) throws -> [Case] {
        try #require(self.names.contains(name))
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let cases = try decoder.decode(File<Case>.self, from: Data(contentsOf: file)).cases
        try #require(!cases.isEmpty)
        return cases
    }
}

/// The credentials of a case.
struct VectorCredentials: Decodable {
    let accessKeyId: String
    let secretAccessKey: String
    let token: String?

    var credentials: AWSCredentials {
        AWSCredentials(accessKeyID: self.accessKeyId, secretAccessKey: self.secretAccessKey, sessionToken: self.token)
    }
}

/// A header field of a case.
struct VectorHeader: Decodable {
    let name: String
    let value: String
}

extension HTTPFields {
    /// The fields of a case, in order.
    init(_ headers: [VectorHeader]) throws {
        self.init()
        for header in headers { self.append(HTTPField(name: try #require(HTTPField.Name(header.name)), value: header.value)) }
    }
}

extension AWSTimestamp {
    /// The moment of a text such as `2015-08-30T12:36:00Z`.
    init(_ text: String) throws {
        let date = try #require(ISO8601DateFormatter().date(from: text))
        self.init(secondsSinceEpoch: Int64(date.timeIntervalSince1970))
    }
}
