// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import Transport

/// A request in the terms of libcurl, checked so that what goes out is exactly what the caller, and a signature, mean.
package struct HTTPWireRequest: Equatable, Sendable {
    /// How libcurl is told to frame the body.
    package enum Body: Equatable, Sendable {
        /// No body, no `Content-Length`.
        case none
        /// No body is to come back either.
        case noneAndHeadOnly
        /// A body with its `Content-Length`, which may be zero.
        case sized
    }

    /// Scheme, authority, path and query.
    package let url: String
    /// The method as it goes out.
    package let method: String
    /// How the body is framed.
    package let body: Body
    /// One line for each header field, in order; those that end in a colon keep libcurl from adding a field of its own.
    package let fieldLines: [[UInt8]]
    /// Method and authority, for messages; not the path, whose query may carry a signature.
    package let summary: String
    /// Whether the scheme is `https`.
    package let isSecured: Bool

    /// Checks and translates a request.
    ///
    /// - Parameter request: what is to be sent.
    /// - Throws: `TransportError.Code.invalidRequest` where it cannot go out as it is.
    package init(_ request: HTTPTransportRequest) throws(TransportError) {
        let head = request.head
        guard let scheme = head.scheme?.lowercased(), scheme == "http" || scheme == "https" else {
            throw Self.invalid("the scheme is neither http nor https")
        }
        guard let authority = head.authority, Self.isHostAndPort(authority) else {
            throw Self.invalid("the authority is no host and port, or has a user name")
        }
        let path = head.path ?? "/"
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(Self.isAllowedInPath) else {
            throw Self.invalid("the path does not begin with a slash or has a character that must be percent-encoded")
        }
        self.url = "\(scheme)://\(authority)\(path)"
        self.isSecured = scheme == "https"
        self.method = head.method.rawValue
        self.summary = "\(head.method.rawValue) \(authority)"
        switch head.method {
        case .connect: throw Self.invalid("CONNECT makes a tunnel, which is no exchange")
        case .head:
            guard request.body.isEmpty else { throw Self.invalid("a HEAD request has no body") }
            self.body = .noneAndHeadOnly
        // Servers expect a length with these even when it is zero (RFC 9110, section 8.6).
        case .post, .put, .patch: self.body = .sized
        default: self.body = request.body.isEmpty ? .none : .sized
        }
        self.fieldLines = try Self.lines(of: head.headerFields, authority: authority, bodyLength: request.body.count)
    }

    private static func lines(
        of fields: HTTPFields, authority: String, bodyLength: Int
    ) throws(TransportError) -> [[UInt8]] {
        var lines = [Array("Host: \(authority)".utf8), Array("Expect:".utf8)]
        if fields[.accept] == nil { lines.append(Array("Accept:".utf8)) }
        if fields[.contentType] == nil { lines.append(Array("Content-Type:".utf8)) }
        for field in fields {
            switch field.name.canonicalName {
            case "host":
                guard field.value == authority else { throw Self.invalid("the Host field differs from the authority") }
            case "content-length":
                guard field.value == String(bodyLength) else { throw Self.invalid("Content-Length differs from the body's length") }
            case "transfer-encoding", "expect":
                throw Self.invalid("\(field.name) is the transport's affair")
            default:
                lines.append(try Self.line(of: field))
            }
        }
        return lines
    }

    private static func line(of field: HTTPField) throws(TransportError) -> [UInt8] {
        let name = field.name.rawName
        let value = unsafe field.withUnsafeBytesOfValue { unsafe [UInt8]($0) }
        guard !name.isEmpty, !name.hasPrefix(":"), value.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
            throw Self.invalid("the header field \(name) has a control character or is no header field")
        }
        // libcurl takes "Name:" to mean that the field be left out, and "Name;" to mean that it be empty.
        guard value.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return Array("\(name);".utf8) }
        return Array("\(name): ".utf8) + value
    }

    /// Allows what RFC 3986 does in a host and a port, but no user name, and nothing that ends the authority.
    private static func isHostAndPort(_ authority: String) -> Bool {
        !authority.isEmpty
            && authority.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"),
                    UInt8(ascii: "%"):
                    true
                default: false
                }
            }
    }

    /// Allows visible ASCII but the number sign, with which a fragment begins.
    private static func isAllowedInPath(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") }

    private static func invalid(_ message: String) -> TransportError { TransportError(.invalidRequest, message: message) }
}
