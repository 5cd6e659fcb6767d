// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why a mechanism has nothing to answer to the broker.
public struct AMQPAuthenticationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened, for a person; holds no secret.
    public var message: String

    /// Makes an error.
    ///
    /// - Parameter message: what happened, for a person; no secret belongs in it.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { self.message }
}
