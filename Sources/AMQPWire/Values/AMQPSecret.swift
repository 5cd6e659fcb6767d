// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Bytes that must not be seen: a SASL response, a token.
///
/// Its description, its debug description and its mirror tell the count alone, so that neither a log line nor a dump shows the bytes.
public struct AMQPSecret: Hashable, Sendable {
    /// The bytes.
    public var bytes: [UInt8]

    /// Makes a secret of bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension AMQPSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The count of the bytes.
    public var description: String { "<\(self.bytes.count) secret bytes>" }

    /// The count of the bytes.
    public var debugDescription: String { self.description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
