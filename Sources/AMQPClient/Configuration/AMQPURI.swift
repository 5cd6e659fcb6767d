// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// The parts of an AMQP URI ("RabbitMQ URI Specification"), each percent-decoded.
struct AMQPURI {
    /// A query parameter; its name is one that may be shown.
    struct Parameter {
        var name: String
        var value: String
    }

    var isSecured: Bool
    var username = "guest"
    var password = "guest"
    var endpoints: AMQPEndpointList
    var virtualHost = "/"
    var parameters: [Parameter] = []

    init(_ uri: String) throws(AMQPError) {
        var rest: Substring
        if let tail = uri.dropping(scheme: "amqp") {
            (self.isSecured, rest) = (false, tail)
        } else if let tail = uri.dropping(scheme: "amqps") {
            (self.isSecured, rest) = (true, tail)
        } else {
            throw .invalidURI("it begins with neither amqp:// nor amqps://")
        }
        guard !rest.utf8.contains(UInt8(ascii: "#")) else { throw .invalidURI("a # has to be written as %23") }
        let query = rest.splitOff(after: "?")
        let path = rest.splitOff(after: "/")
        let (userInformation, hosts) = rest.authority()
        guard path?.utf8.contains(UInt8(ascii: "/")) != true else {
            throw .invalidURI("a slash in the user name, the password or the virtual host has to be written as %2F")
        }
        // A password cut in two would follow: nothing of it may be shown as the name of a parameter.
        guard query?.utf8.contains(UInt8(ascii: "@")) != true else {
            throw .invalidURI("a ? in the user name or the password has to be written as %3F, an @ in the query as %40")
        }
        if var user = userInformation {
            guard !user.utf8.contains(UInt8(ascii: "@")) || !user.utf8.contains(UInt8(ascii: ",")) else {
                throw .invalidURI("the user stands once, before the list of hosts; an @ in the password has to be written as %40")
            }
            self.password = try user.splitOff(after: ":")?.percentDecoded("the password") ?? ""
            self.username = try user.percentDecoded("the user name")
        }
        self.endpoints = try Self.endpoints(hosts)
        if let path { self.virtualHost = try path.percentDecoded("the virtual host") }
        for parameter in query?.split(separator: "&") ?? [] {
            var name = parameter
            let value = name.splitOff(after: "=")
            self.parameters.append(
                Parameter(
                    name: try name.percentDecoded("the name of a query parameter"), value: try value?.percentDecoded("\(name)") ?? ""))
        }
    }

    private static func endpoints(_ text: Substring) throws(AMQPError) -> AMQPEndpointList {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        var endpoints: [AMQPEndpoint] = []
        for part in parts {
            var endpoint = try self.endpoint(part)
            if endpoint.host.isEmpty {
                guard parts.count == 1 else { throw .invalidURI("a host of its list is empty") }
                endpoint.host = "localhost"
            }
            endpoints.append(endpoint)
        }
        guard let list = AMQPEndpointList(endpoints) else { throw .invalidURI("it has no host") }
        return list
    }

    private static func endpoint(_ address: Substring) throws(AMQPError) -> AMQPEndpoint {
        var host = address
        var port: Substring?
        if address.first == "[" {
            host.removeFirst()
            guard let tail = host.splitOff(after: "]"), tail.isEmpty || tail.first == ":" else {
                throw .invalidURI("the IPv6 address is not closed by a bracket")
            }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            port = host.splitOff(after: ":")
        }
        let name = try host.percentDecoded("the host")
        guard let port, !port.isEmpty else { return AMQPEndpoint(host: name) }
        guard let number = port.decimal, (1...65_535).contains(number) else { throw .invalidURI("its port is no number from 1 to 65535") }
        return AMQPEndpoint(host: name, port: number)
    }
}

extension String {
    /// What follows the scheme, which counts in upper and lower case.
    fileprivate func dropping(scheme: String) -> Substring? {
        let prefix = scheme + "://"
        return self.prefix(prefix.count).lowercased() == prefix ? self.dropFirst(prefix.count) : nil
    }
}

extension Substring {
    /// Cuts this off before the first separator and returns what is behind it; `nil` where there is none.
    fileprivate mutating func splitOff(after separator: Unicode.Scalar) -> Substring? {
        guard let index = self.unicodeScalars.firstIndex(of: separator) else { return nil }
        let tail = self[self.unicodeScalars.index(after: index)...]
        self = self[..<index]
        return tail
    }

    /// The user information before the last `@`, if there is one, and what follows.
    fileprivate func authority() -> (userInformation: Substring?, address: Substring) {
        guard let index = self.unicodeScalars.lastIndex(of: "@") else { return (nil, self) }
        return (self[..<index], self[self.unicodeScalars.index(after: index)...])
    }

    /// The number that stands here in decimal digits and nothing else.
    var decimal: Int? {
        self.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(self) : nil
    }

    /// The text with its percent escapes decoded (RFC 3986, section 2.1).
    fileprivate func percentDecoded(_ part: String) throws(AMQPError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(self.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else {
                throw .invalidURI("\(part) has a percent sign without two hexadecimal digits")
            }
            bytes.append(high << 4 | low)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidURI("\(part) is not UTF-8") }
        return text
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit in ASCII.
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
