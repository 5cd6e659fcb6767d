// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import CurlTransport
import Foundation
import TestSupport
import Testing
import Transport

/// The peer of these tests: `Server/credentials.py`, in a process of its own, asked over real HTTP.
struct CredentialsServer: Sendable {
    /// What the server answers in place of the truth, until it is told otherwise.
    struct Fault: Sendable {
        var path: String
        var status = 200
        var body = ""
        var location: String?
        var hangs = false

        fileprivate var json: JSONValue {
            let headers = self.location.map { [JSONValue.Member(key: "Location", value: .string($0))] } ?? []
            return [
                "path": .string(self.path), "status": .number(JSONNumber(self.status)), "body": .string(self.body),
                "headers": .object(headers), "hang": .bool(self.hangs),
            ]
        }
    }

    /// A request that the server got.
    struct Request: Sendable {
        var method: String
        var path: String
        var headers: [String: String]
        var body: String
    }

    let transport = CurlHTTPTransport()
    let port: Int
    /// The port of mutual TLS; 0 where there is none.
    let mutualTLSPort: Int
    /// A folder for files of the test.
    let folder: URL

    /// The folder's path, which is the home folder of who is tested.
    var home: String { self.folder.path }

    var url: String { "http://127.0.0.1:\(self.port)" }

    /// Variables that lead every service of AWS, and the files in the home folder, to this test.
    var environment: [String: String] {
        [
            "HOME": self.home, "PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url,
        ]
    }

    /// Runs a server for as long as the body runs.
    static func run(
        tls certificates: TestCertificates? = nil, _ body: @Sendable (CredentialsServer) async throws -> Void
    ) async throws {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("lamassu-cloud-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try certificates?.write(to: folder)
        let script = try #require(Bundle.module.url(forResource: "credentials", withExtension: "py", subdirectory: "Server"))
        try await TestScript.run(script.path, arguments: certificates == nil ? [] : [folder.path]) { values in
            let server = CredentialsServer(
                port: Int(values["http"] ?? "") ?? 0, mutualTLSPort: Int(values["mtls"] ?? "") ?? 0, folder: folder)
            defer { server.transport.shutdown() }
            try await body(server)
        }
    }

    /// Changes what the server knows.
    func set(_ state: JSONValue) async throws { _ = try await self.control("state", state) }

    /// Makes the server fail, or stop failing.
    func fail(_ faults: Fault...) async throws { _ = try await self.control("faults", .array(faults.map(\.json))) }

    /// The requests that came since the last time.
    func requests() async throws -> [Request] {
        let list = try await self.control("requests", [:])
        return (list.arrayValue ?? []).map { request in
            let headers = (request["headers"]?.objectValue ?? []).map { ($0.key, $0.value.stringValue ?? "") }
            return Request(
                method: request["method"]?.stringValue ?? "", path: request["path"]?.stringValue ?? "",
                headers: Dictionary(headers) { $1 }, body: request["body"]?.stringValue ?? "")
        }
    }

    /// Writes a file below the folder.
    func write(_ name: String, _ text: String) throws {
        let file = self.folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    /// The path of a file below the folder.
    func path(_ name: String) -> String { "\(self.home)/\(name)" }

    func read(_ name: String) throws -> String {
        try String(contentsOf: self.folder.appendingPathComponent(name), encoding: .utf8)
    }

    private func control(_ what: String, _ value: JSONValue) async throws -> JSONValue {
        let head = HTTPRequest(method: .post, scheme: "http", authority: "127.0.0.1:\(self.port)", path: "/control/\(what)")
        let answer = try await self.transport.send(HTTPTransportRequest(head: head, body: try JSONWriter.encode(value)))
        return try JSONValue(parsing: answer.body)
    }
}
