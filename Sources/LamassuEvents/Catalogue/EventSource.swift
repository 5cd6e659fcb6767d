// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Who publishes: the CloudEvents attribute `source`.
public struct EventSource: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The URI reference.
    public var rawValue: String

    /// Makes a source of any text.
    ///
    /// - Parameter rawValue: the text of the attribute `source`, a URI reference that is not empty.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The text.
    public var description: String { self.rawValue }

    /// What every source of the current generation begins with.
    public static let prefix = "source://lamassu.io/ctx/source/"

    /// Whether the source is of the current generation.
    ///
    /// The older ones write `lamassu/…` and `lamassuiot/…`, and repeat their event ids.
    public var isCurrentGeneration: Bool { self.rawValue.hasPrefix(Self.prefix) }
}

extension EventSource {
    /// A service of Lamassu by its short name.
    ///
    /// - Parameter name: such as `ca`.
    /// - Returns: `source://lamassu.io/ctx/source/service/<name>`.
    public static func service(_ name: String) -> EventSource { EventSource(rawValue: "\(Self.prefix)service/\(name)") }

    /// The CA service.
    public static let ca = EventSource.service("ca")
    /// The key management service.
    public static let kms = EventSource.service("kms")
    /// The DMS manager, which Lamassu calls the registration authority.
    public static let dmsManager = EventSource.service("ra")
    /// The device manager.
    public static let deviceManager = EventSource.service("devmanager")
    /// The validation authority.
    public static let va = EventSource.service("va")
    /// The alerts service.
    public static let alerts = EventSource.service("alerts")
}
