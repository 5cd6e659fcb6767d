// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A value that holds something which must not be logged, such as a key: its descriptions say only what it is.
public protocol AWSSensitive: CustomStringConvertible, CustomDebugStringConvertible {}

extension AWSSensitive {
    /// The name of the type.
    public var description: String { "\(Self.self)(redacted)" }

    /// The name of the type.
    public var debugDescription: String { self.description }
}
