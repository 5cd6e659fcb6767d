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
        /// A body that is written while it goes out, as long as said.
        case streamed(HTTPBodyLength)
    }

    /// Scheme, authority, path and query.
    package let url: String
    /// The method as it goes out.
    package let method: String
    /// How the body is framed.
    package let body: Body
    /// One line for each header field, in order, each with a zero byte at its end.
    ///
    /// Those that end in a colon keep libcurl from adding a field of its own.
    package let fieldLines: [UInt8]
    /// How many lines there are.
    package let fieldCount: Int
    /// Host and port.
    package let authority: String
    /// Whether the scheme is `https`.
    package let isSecured: Bool

    /// Whether the host is one that only this machine can reach, where no proxy is of use: itself, as `localhost`, one of 127.0.0.0/8 or
    /// ::1; an address of 169.254.0.0/16 or fe80::/10; or one of fd00:ec2::/32, where EC2 has what it has for a machine alone.
    package var isMachineLocal: Bool {
        if self.authority.utf8.first == UInt8(ascii: "[") {
            let address = self.authority.dropFirst().lowercased()
            return ["::1]", "fe8", "fe9", "fea", "feb", "fd00:ec2:"].contains { address.hasPrefix($0) }
        }
        let host = Substring(self.authority.utf8.prefix { $0 != UInt8(ascii: ":") })
        if host.utf8.count == 9, host.lowercased() == "localhost" { return true }
        guard host.hasPrefix("127.") || host.hasPrefix("169.254.") else { return false }
        // Four numbers: a name such as 127.0.0.1.example.com is none of this machine.
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Method and authority, for messages; not the path, whose query may carry a signature.
    package var summary: String { "\(self.method) \(self.authority)" }

    /// Checks and translates a request.
    ///
    /// - Parameters:
    ///   - request: what is to be sent.
    ///   - streaming: how long the body is that will be written; `nil` is that the request's own goes out.
    /// - Throws: `TransportError.Code.invalidRequest` where it cannot go out as it is.
    package init(_ request: HTTPTransportRequest, streaming: HTTPBodyLength? = nil) throws(TransportError) {
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
        self.authority = authority
        self.body = try Self.body(of: request, streaming: streaming)
        let length: Int? =
            switch streaming {
            case nil: request.body.count
            case .known(let count): count
            case .unknown: nil
            }
        (self.fieldLines, self.fieldCount) = try Self.lines(
            of: head.headerFields, authority: authority, host: Self.host(authority, isSecured: self.isSecured), bodyLength: length)
    }

    /// The authority without the port where it is the scheme's own, as a signature has it.
    private static func host(_ authority: String, isSecured: Bool) -> String {
        let port = isSecured ? ":443" : ":80"
        return authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }

    private static func body(of request: HTTPTransportRequest, streaming: HTTPBodyLength?) throws(TransportError) -> Body {
        if let streaming {
            guard request.body.isEmpty, request.head.method != .head, request.head.method != .connect else {
                throw Self.invalid("a request that has a body of its own, or can have none, streams none")
            }
            if case .known(let count) = streaming, count < 0 { throw Self.invalid("a length is not negative") }
            return .streamed(streaming)
        }
        switch request.head.method {
        case .connect: throw Self.invalid("CONNECT makes a tunnel, which is no exchange")
        case .head:
            guard request.body.isEmpty else { throw Self.invalid("a HEAD request has no body") }
            return .noneAndHeadOnly
        // Servers expect a length with these even when it is zero (RFC 9110, section 8.6).
        case .post, .put, .patch: return .sized
        default: return request.body.isEmpty ? .none : .sized
        }
    }

    private static func lines(
        of fields: HTTPFields, authority: String, host: String, bodyLength: Int?
    ) throws(TransportError) -> (lines: [UInt8], count: Int) {
        var lines: [UInt8] = []
        lines.reserveCapacity(1_024)
        var count = 2
        lines += "Host: ".utf8
        lines += host.utf8
        lines += "\0Expect:\0".utf8
        var hasAccept = false
        var hasContentType = false
        for field in fields {
            switch field.name.canonicalName {
            case "host":
                guard field.value == host || field.value == authority else {
                    throw Self.invalid("the Host field differs from the authority")
                }
                continue
            case "content-length":
                guard let bodyLength, field.value == String(bodyLength) else {
                    throw Self.invalid("Content-Length differs from the body's length")
                }
                continue
            case "transfer-encoding", "expect": throw Self.invalid("\(field.name) is the transport's affair")
            case "accept": hasAccept = true
            case "content-type": hasContentType = true
            default: break
            }
            try Self.append(field, to: &lines)
            count += 1
        }
        if !hasAccept {
            lines += "Accept:\0".utf8
            count += 1
        }
        if !hasContentType {
            lines += "Content-Type:\0".utf8
            count += 1
        }
        return (lines, count)
    }

    private static func append(_ field: HTTPField, to lines: inout [UInt8]) throws(TransportError) {
        let name = field.name.rawName
        lines += name.utf8
        let end = lines.count
        lines += ": ".utf8
        var isBlank = true
        let isLegal = unsafe field.withUnsafeBytesOfValue { bytes in
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                guard (byte >= 0x20 && byte != 0x7F) || byte == 0x09 else { return false }
                if byte != 0x20, byte != 0x09 { isBlank = false }
            }
            unsafe lines.append(contentsOf: bytes)
            return true
        }
        guard isLegal else { throw Self.invalid("the header field \(name) has a control character") }
        guard !name.isEmpty, !name.hasPrefix(":") else { throw Self.invalid("\(name) is no header field") }
        // libcurl takes "Name:" to mean that the field be left out, and "Name;" to mean that it be empty.
        if isBlank {
            lines.removeLast(lines.count - end)
            lines.append(UInt8(ascii: ";"))
        }
        lines.append(0)
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
