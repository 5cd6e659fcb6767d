// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A user and a password, as a SASL response carries them.
struct SASLLogin {
    var user: String
    var password: String

    /// The response of PLAIN (RFC 4616): an identity, the user and the password, a zero octet before each of the last two.
    init?(plain response: [UInt8]) {
        let parts = response.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3, let user = String(validating: parts[1], as: UTF8.self),
            let password = String(validating: parts[2], as: UTF8.self)
        else { return nil }
        self.user = user
        self.password = password
    }

    /// The response of AMQPLAIN: a field table without its length, with the strings `LOGIN` and `PASSWORD`.
    init?(amqplain response: [UInt8]) {
        var fields: [String: String] = [:]
        var rest = response[...]
        while let nameLength = rest.popFirst() {
            guard let name = Self.text(Int(nameLength), of: &rest), rest.popFirst() == UInt8(ascii: "S"), rest.count >= 4 else {
                return nil
            }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest.removeFirst(4)
            guard let value = Self.text(length, of: &rest) else { return nil }
            fields[name] = value
        }
        guard let user = fields["LOGIN"], let password = fields["PASSWORD"] else { return nil }
        self.user = user
        self.password = password
    }

    private static func text(_ count: Int, of bytes: inout ArraySlice<UInt8>) -> String? {
        guard count <= bytes.count else { return nil }
        defer { bytes.removeFirst(count) }
        return String(validating: bytes.prefix(count), as: UTF8.self)
    }
}
