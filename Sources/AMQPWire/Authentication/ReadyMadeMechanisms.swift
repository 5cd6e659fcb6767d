// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// User name and password in one step (RFC 4616).
package struct PlainMechanism: AMQPAuthenticationMechanism {
    package let username: String
    package var password: AMQPSecret

    package init(username: String, password: AMQPSecret) {
        self.username = username
        self.password = password
    }

    package var name: String { "PLAIN" }

    package func initialResponse() throws(AMQPAuthenticationError) -> AMQPSecret {
        // A zero octet ends the name.
        guard !self.username.utf8.contains(0), !self.password.bytes.contains(0) else {
            throw AMQPAuthenticationError("the user name or the password has a zero octet, which PLAIN cannot say")
        }
        return AMQPSecret([0] + Array(self.username.utf8) + [0] + self.password.bytes)
    }

    package mutating func secretUpdated(_ secret: AMQPSecret) { self.password = secret }
}

/// User name and password in one step, as a table: a mechanism of AMQP's own.
package struct AMQPlainMechanism: AMQPAuthenticationMechanism {
    package let username: String
    package var password: AMQPSecret

    package init(username: String, password: AMQPSecret) {
        self.username = username
        self.password = password
    }

    package var name: String { "AMQPLAIN" }

    package func initialResponse() throws(AMQPAuthenticationError) -> AMQPSecret {
        // A broker takes nothing but a string for a password.
        guard let password = String(validating: self.password.bytes, as: UTF8.self) else {
            throw AMQPAuthenticationError("the password is not UTF-8")
        }
        var table: [UInt8] = []
        do {
            try table.appendTable(["LOGIN": .string(self.username), "PASSWORD": .string(password)])
        } catch {
            throw AMQPAuthenticationError("the user name or the password is too long for a table")
        }
        // The table stands without its length.
        return AMQPSecret(Array(table.dropFirst(4)))
    }

    package mutating func secretUpdated(_ secret: AMQPSecret) { self.password = secret }
}

/// Who the client is follows from elsewhere, as from its certificate (RFC 4422, appendix A).
package struct ExternalMechanism: AMQPAuthenticationMechanism {
    package init() {}

    package var name: String { "EXTERNAL" }

    package func initialResponse() -> AMQPSecret { AMQPSecret([]) }
}

extension AMQPAuthenticationMechanism where Self == PlainMechanism {
    /// User name and password.
    package static func plain(username: String, password: AMQPSecret) -> PlainMechanism {
        PlainMechanism(username: username, password: password)
    }
}

extension AMQPAuthenticationMechanism where Self == ExternalMechanism {
    /// The client's certificate.
    package static var external: ExternalMechanism { ExternalMechanism() }
}
