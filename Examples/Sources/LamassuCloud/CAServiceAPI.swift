// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import JSONCoding
import Transport

/// The HTTP API of the CA service, as its users call it.
struct CAServiceAPI: Sendable {
    let authority: String
    let transport: any HTTPTransport

    func get(_ path: String) async throws -> JSONValue { try await self.send(.get, path, nil) }

    func post(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await self.send(.post, path, body) }

    func put(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await self.send(.put, path, body) }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        var head = HTTPRequest(method: method, scheme: "http", authority: self.authority, path: path)
        head.headerFields[.contentType] = "application/json"
        let response = try await self.transport.send(
            HTTPTransportRequest(head: head, body: try body.map { try JSONWriter.encode($0) } ?? [], timeout: .seconds(10)))
        guard response.head.status.kind == .successful else {
            throw StoryError(
                what: "\(method) \(path): \(response.head.status) \(String(decoding: response.body.prefix(300), as: UTF8.self))")
        }
        return response.body.isEmpty ? .null : try JSONValue(parsing: response.body)
    }
}
