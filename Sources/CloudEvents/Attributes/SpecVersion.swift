// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A version of the CloudEvents specification.
public struct SpecVersion: Hashable, Sendable, CustomStringConvertible {
    /// The version as the `specversion` attribute writes it.
    public let description: String

    private init(_ text: String) { self.description = text }

    /// Version 1.0, which is read and written.
    public static let v1 = SpecVersion("1.0")
    /// Version 0.3, which is read only.
    public static let v03 = SpecVersion("0.3")
}
