// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The version in a protocol header, the eight octets with which a client begins and a server refuses it (specification, section 4.2.2).
public struct AMQPProtocolVersion: Hashable, Sendable, CustomStringConvertible {
    /// The major version.
    public var major: UInt8
    /// The minor version.
    public var minor: UInt8
    /// The revision.
    public var revision: UInt8

    /// Makes a version.
    ///
    /// - Parameters:
    ///   - major: the major version.
    ///   - minor: the minor version.
    ///   - revision: the revision.
    public init(major: UInt8, minor: UInt8, revision: UInt8) {
        self.major = major
        self.minor = minor
        self.revision = revision
    }

    /// The version this library speaks: 0-9-1.
    public static let current = AMQPProtocolVersion(major: 0, minor: 9, revision: 1)

    /// Major, minor and revision: `0-9-1`.
    public var description: String { "\(self.major)-\(self.minor)-\(self.revision)" }
}
