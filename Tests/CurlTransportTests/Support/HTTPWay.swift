// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

/// A way on which requests reach the server.
struct HTTPWay: Sendable, CustomTestStringConvertible {
    var listener: String
    var version = CurlHTTPTransport.Configuration.Version.http11

    static let plain = HTTPWay(listener: "http")
    static let tls = HTTPWay(listener: "https")
    static let http2 = HTTPWay(listener: "https2", version: .negotiated)
    static let http1 = [plain, tls]
    static let all = [plain, tls, http2]

    var testDescription: String { self.listener }
    var isSecured: Bool { self.listener.hasPrefix("https") }
    var isHTTP2: Bool { self.version != .http11 }

    var transport: CurlHTTPTransport { CurlHTTPTransport(configuration: .init(version: self.version)) }

    func withServer<Value: Sendable>(_ body: (TestServer) async throws -> Value) async throws -> Value {
        try await CurlTransportTests.withServer(tls: self.isSecured, http2: self.isHTTP2, body)
    }

    func request(
        _ path: String, of server: TestServer, method: HTTPRequest.Method = .get, body: [UInt8] = [], timeout: Duration = .seconds(50)
    ) -> HTTPTransportRequest {
        server.request(
            path, method: method, body: body, to: self.listener, tls: self.isSecured ? server.tls() : .systemDefault, timeout: timeout)
    }
}

extension HTTPTransport {
    /// Sends a request whose body, or whose response's, streams, expecting that it fails.
    func streamFailure(
        of request: HTTPTransportRequest, streaming stream: HTTPRequestStream? = nil,
        _ body: (HTTPStreamedResponse) async throws -> Void = { response in for try await _ in response.body {} }
    ) async -> (any Error)? {
        do {
            try await self.withResponse(to: request, streaming: stream, body)
            return nil
        } catch {
            return error
        }
    }
}

/// The code of an error of the transport.
func code(_ error: (any Error)?) -> TransportError.Code? { (error as? TransportError)?.code }
