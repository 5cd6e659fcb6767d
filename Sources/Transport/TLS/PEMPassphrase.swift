// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What an encrypted private key is opened with; no description shows it.
public struct PEMPassphrase: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let text: String

    /// Makes a passphrase.
    ///
    /// - Parameter text: the passphrase.
    public init(_ text: String) { self.text = text }

    /// That there is one.
    public var description: String { "<redacted>" }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
