// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding

/// The models of a release of botocore, unpacked: for each service a folder with its files.
public struct ModelFolder {
    private let folder: URL
    /// The release.
    public let version: String

    /// Opens the folder that Scripts/generate.sh makes.
    ///
    /// - Parameter path: the folder.
    public init(_ path: String) throws {
        self.folder = URL(filePath: path, directoryHint: .isDirectory)
        self.version = try String(contentsOf: self.folder.appending(path: "version"), encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    /// Reads a model.
    ///
    /// - Parameter service: the service's folder.
    package func model(of service: String) throws -> ServiceModel {
        guard let description = try self.json("\(service)/service-2.json") else { throw GeneratorError("there is no model of \(service)") }
        return try ServiceModel(
            folder: service, service: description, paginators: try self.json("\(service)/paginators-1.json"),
            waiters: try self.json("\(service)/waiters-2.json"))
    }

    private func json(_ path: String) throws -> JSONValue? {
        let url = self.folder.appending(path: path)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        return try JSONValue(parsing: Array(try Data(contentsOf: url)))
    }
}
