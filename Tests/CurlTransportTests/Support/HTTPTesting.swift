// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

extension TestServer {
    /// A request to one of the server's HTTP listeners.
    func request(
        _ path: String, method: HTTPRequest.Method = .get, fields: HTTPFields = [:], body: [UInt8] = [], to listener: String = "http",
        host: String = "127.0.0.1", tls: TLSConfiguration = .systemDefault, timeout: Duration = .seconds(30),
        maximumResponseBodyBytes: Int = 16 * 1_024 * 1_024
    ) -> HTTPTransportRequest {
        let scheme = listener.hasPrefix("http") && !listener.hasPrefix("https") ? "http" : "https"
        let head = HTTPRequest(
            method: method, scheme: scheme, authority: "\(host):\(self.port(listener))", path: path, headerFields: fields)
        // A busy machine may take its time to shake hands.
        return HTTPTransportRequest(
            head: head, body: body, tls: tls, connectTimeout: .seconds(30), timeout: timeout,
            maximumResponseBodyBytes: maximumResponseBodyBytes)
    }
}

extension HTTPTransportResponse {
    /// The body as text.
    var text: String { String(decoding: self.body, as: UTF8.self) }

    /// The number that the server gives to the connection that the request came on.
    var connection: Int? { HTTPField.Name("X-Connection").flatMap { self.head.headerFields[$0] }.flatMap { Int($0) } }
}

extension CurlHTTPTransport {
    /// Sends a request, expecting that it fails.
    func failure(of request: HTTPTransportRequest) async -> TransportError? {
        do throws(TransportError) {
            _ = try await self.send(request)
            return nil
        } catch {
            return error
        }
    }
}

/// A field name that is known to be one.
func name(_ text: String) throws -> HTTPField.Name { try #require(HTTPField.Name(text)) }
