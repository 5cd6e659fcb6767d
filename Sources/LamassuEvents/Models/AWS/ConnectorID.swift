// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which connector to AWS: each keeps a block of its own in the metadata.
public struct ConnectorID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The identifier, such as `aws-plant-1`.
    public var rawValue: String

    /// Makes an identifier.
    ///
    /// - Parameter rawValue: the identifier.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The name of the connector's member in the metadata: `lamassu.io/iot/<identifier>`.
    public var metadataKey: String { "lamassu.io/iot/\(self.rawValue)" }

    /// The identifier.
    public var description: String { self.rawValue }
}
