// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import CurlTransport
import Logging
import TestSupport
import Transport

/// The AWS emulator: clients of it, its ledger and its faults.
///
/// Tests run side by side and share it, so none resets it: each works on resources of its own, and scopes its faults to them.
enum AWSEmulator {
    /// A client that tries once, so that a fault shows as itself.
    static func client(attempts: Int = 1) throws -> AWSClient {
        AWSClient(
            AWSConfiguration(
                region: "eu-west-1",
                credentials: StaticCredentialsProvider(
                    AWSCredentials(accessKeyID: try TestServers.awsAccessKeyID, secretAccessKey: try TestServers.awsSecretAccessKey)),
                endpoint: try AWSEndpoint(url: try TestServers.awsEndpoint), retry: AWSRetryPolicy(maximumAttempts: attempts)),
            transport: .curl, logger: Logger(label: "test"))
    }

    /// A change that took effect.
    struct Change: Hashable {
        var change: String
        var resource: String
        var values: JSONValue
    }

    /// The changes whose resource or values name something, or one of several things.
    static func changes(naming names: String...) async throws -> [Change] {
        let answer = try await self.control(.get, "/_emulator/ledger", .null)
        return (answer["entries"]?.arrayValue ?? []).compactMap { entry in
            guard let change = entry["change"]?.stringValue, let resource = entry["resource"]?.stringValue else { return nil }
            let values = entry["values"] ?? .null
            let text = (try? values.encoded()).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return names.contains { resource.contains($0) || text.contains($0) }
                ? Change(change: change, resource: resource, values: values) : nil
        }
    }

    /// Makes the next calls of an operation that name something go wrong.
    static func fail(
        _ operation: String, of service: String = "iot", with fault: String, times: Int = 1, naming name: String
    ) async throws {
        _ = try await self.control(
            .post, "/_emulator/faults",
            [
                "service": .string(service), "operation": .string(operation), "times": .number(JSONNumber(times)), "fault": .string(fault),
                "containing": .string(name),
            ])
    }

    /// Whether a fault that names something has still to happen.
    static func hasFault(naming name: String) async throws -> Bool {
        let answer = try await self.control(.get, "/_emulator/faults", .null)
        return answer["faults"]?.arrayValue?.contains { $0["containing"]?.stringValue == name } ?? false
    }

    /// Connects a device, as over MQTT.
    static func connect(_ clientID: String) async throws {
        _ = try await self.control(.post, "/_emulator/connections", ["clientId": .string(clientID), "cleanSession": true])
    }

    /// Makes a role that a service may assume, and gives its ARN.
    static func makeRole(_ name: String, trusting service: String) async throws -> String {
        let trust: JSONValue = [
            "Version": "2012-10-17",
            "Statement": [["Effect": "Allow", "Principal": ["Service": .string(service)], "Action": "sts:AssumeRole"]],
        ]
        let answer = try await self.control(.post, "/_emulator/roles", ["name": .string(name), "trust": trust])
        return answer["arn"]?.stringValue ?? ""
    }

    /// Puts an object into S3.
    static func store(_ text: String, in bucket: String, as key: String) async throws {
        _ = try await self.control(.put, "/_emulator/objects/\(bucket)/\(key)", Array(text.utf8))
    }

    private static func control(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await self.control(method, path, body.isNull ? [] : body.encoded())
    }

    private static func control(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]) async throws -> JSONValue {
        let endpoint = try AWSEndpoint(url: try TestServers.awsEndpoint)
        let head = HTTPRequest(method: method, scheme: endpoint.scheme, authority: endpoint.authority, path: path)
        let transport: any HTTPTransport = .curl
        let response = try await transport.send(
            HTTPTransportRequest(head: head, body: body, timeout: .seconds(20)))
        guard response.head.status.kind == .successful else { throw UnexpectedStatus(status: response.head.status) }
        return response.body.isEmpty ? .null : try JSONValue(parsing: response.body)
    }

    struct UnexpectedStatus: Error { let status: HTTPResponse.Status }
}
