// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Transport

extension AMQPConfiguration {
    /// Reads a URI, such as `amqps://user:password@host:5671/virtual-host?heartbeat=10`.
    ///
    /// The form is that of "RabbitMQ URI Specification": every part is percent-decoded; what is left out has its default, host
    /// `localhost` and user `guest` with password `guest`. No path means the virtual host `/`, the path `/` one whose name is empty,
    /// `/%2F` again `/`.
    ///
    /// Of the query parameters of "RabbitMQ URI Query Parameters" these are taken: `heartbeat` in seconds, `connection_timeout` in
    /// milliseconds, `channel_max`, `auth_mechanism` (`plain` or `external`). Any other is an error: it could be one that concerns
    /// security.
    ///
    /// - Parameters:
    ///   - uri: the URI, with the scheme `amqp` or `amqps`.
    ///   - tls: how `amqps` is secured; not used with `amqp`.
    /// - Throws: ``AMQPError/Code/invalidConfiguration``, whose message never holds the password.
    public init(uri: String, tls: TLSConfiguration = .systemDefault) throws(AMQPError) {
        let isSecured: Bool
        var rest: Substring
        if let tail = uri.dropping(scheme: "amqp") {
            (isSecured, rest) = (false, tail)
        } else if let tail = uri.dropping(scheme: "amqps") {
            (isSecured, rest) = (true, tail)
        } else {
            throw .invalidURI("it begins with neither amqp:// nor amqps://")
        }
        guard !rest.utf8.contains(UInt8(ascii: "#")) else { throw .invalidURI("a # has to be written as %23") }
        let query = rest.splitOff(after: "?")
        let path = rest.splitOff(after: "/")
        let (userInformation, address) = rest.authority()
        guard path?.utf8.contains(UInt8(ascii: "/")) != true else {
            throw .invalidURI("a slash in the user name, the password or the virtual host has to be written as %2F")
        }

        var credentials = AMQPCredentials.plain(username: "guest", password: "guest")
        if var user = userInformation {
            let password = user.splitOff(after: ":")
            credentials = .plain(
                username: try user.percentDecoded("the user name"), password: try password?.percentDecoded("the password") ?? "")
        }
        let (host, port) = try Self.hostAndPort(address)
        self.init(
            host: host.isEmpty ? "localhost" : host,
            port: port,
            virtualHost: try path?.percentDecoded("the virtual host") ?? "/",
            credentials: credentials,
            tls: isSecured ? tls : nil)
        for parameter in query?.split(separator: "&") ?? [] { try self.apply(parameter) }
    }

    private static func hostAndPort(_ address: Substring) throws(AMQPError) -> (host: String, port: Int?) {
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
        guard let port, !port.isEmpty else { return (name, nil) }
        guard let number = port.decimal, (1...65_535).contains(number) else { throw .invalidURI("its port is no number from 1 to 65535") }
        return (name, number)
    }

    private mutating func apply(_ parameter: Substring) throws(AMQPError) {
        var name = parameter
        let value = try name.splitOff(after: "=")?.percentDecoded("a query parameter") ?? ""
        switch name {
        case "heartbeat":
            guard let seconds = Substring(value).decimal, seconds <= 65_535 else { throw .invalidURI("heartbeat is no number up to 65535") }
            self.heartbeat = .seconds(seconds)
        case "connection_timeout":
            guard let milliseconds = Substring(value).decimal, milliseconds > 0 else {
                throw .invalidURI("connection_timeout is no number above 0")
            }
            self.connectTimeout = .milliseconds(milliseconds)
        case "channel_max":
            guard let channels = Substring(value).decimal, (1...65_535).contains(channels) else {
                throw .invalidURI("channel_max is no number from 1 to 65535")
            }
            self.maximumChannels = channels
        case "auth_mechanism":
            switch value {
            case "plain": break
            case "external": self.credentials = .external
            default: throw .invalidURI("auth_mechanism is neither plain nor external")
            }
        default:
            throw .invalidURI("it has a query parameter that is not known")
        }
    }
}

extension AMQPError {
    fileprivate static func invalidURI(_ reason: String) -> AMQPError {
        AMQPError(.invalidConfiguration, message: "the AMQP URI cannot be used: \(reason)")
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
    fileprivate var decimal: Int? {
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
