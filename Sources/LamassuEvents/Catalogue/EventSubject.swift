// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The thing an event is about: a kind and an identifier, written `kind/identifier`.
///
/// Events of one subject are published and handled in order.
public struct EventSubject: Hashable, Sendable, CustomStringConvertible {
    /// A kind of thing; a struct over its text, because other publishers may name more.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The text before the slash.
        public var rawValue: String

        /// Makes a kind of any text.
        ///
        /// - Parameter rawValue: the text before the slash.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A certification authority.
        public static let ca = Kind(rawValue: "ca")
        /// A certificate.
        public static let certificate = Kind(rawValue: "certificate")
        /// An issuance profile.
        public static let profile = Kind(rawValue: "profile")
        /// A key.
        public static let kms = Kind(rawValue: "kms")
        /// A device manufacturing system.
        public static let dms = Kind(rawValue: "dms")
        /// A device.
        public static let device = Kind(rawValue: "device")
        /// A group of devices.
        public static let deviceGroup = Kind(rawValue: "device-group")
        /// The revocation list of a CA.
        public static let crl = Kind(rawValue: "crl")

        /// The text.
        public var description: String { self.rawValue }
    }

    /// What kind of thing it is.
    public var kind: Kind
    /// Which one; empty where a CA was created without an identifier.
    public var identifier: String

    /// Makes a subject.
    ///
    /// - Parameters:
    ///   - kind: what kind of thing it is.
    ///   - identifier: which one.
    public init(kind: Kind, identifier: String) {
        self.kind = kind
        self.identifier = identifier
    }

    /// Reads the text of the attribute `subject`.
    ///
    /// - Parameter text: a kind, a slash, an identifier, which may hold slashes of its own.
    /// - Returns: the subject, or `nil` where the text has no slash or nothing before it.
    public init?(parsing text: String) {
        guard let slash = text.firstIndex(of: "/"), slash != text.startIndex else { return nil }
        self.init(kind: Kind(rawValue: String(text[..<slash])), identifier: String(text[text.index(after: slash)...]))
    }

    /// The text of the attribute `subject`.
    public var description: String { "\(self.kind.rawValue)/\(self.identifier)" }
}

extension EventSubject {
    /// A certification authority.
    ///
    /// - Parameter id: the identifier of the CA.
    /// - Returns: `ca/<id>`.
    public static func ca(_ id: String) -> EventSubject { EventSubject(kind: .ca, identifier: id) }

    /// A certificate.
    ///
    /// - Parameter serialNumber: the serial number in lower-case hexadecimal digits, no separators.
    /// - Returns: `certificate/<serial number>`.
    public static func certificate(_ serialNumber: String) -> EventSubject { EventSubject(kind: .certificate, identifier: serialNumber) }

    /// An issuance profile.
    ///
    /// - Parameter id: the identifier of the profile.
    /// - Returns: `profile/<id>`.
    public static func profile(_ id: String) -> EventSubject { EventSubject(kind: .profile, identifier: id) }

    /// A key.
    ///
    /// - Parameter id: the identifier of the key.
    /// - Returns: `kms/<id>`.
    public static func kms(_ id: String) -> EventSubject { EventSubject(kind: .kms, identifier: id) }

    /// A device manufacturing system.
    ///
    /// - Parameter id: the identifier of the DMS.
    /// - Returns: `dms/<id>`.
    public static func dms(_ id: String) -> EventSubject { EventSubject(kind: .dms, identifier: id) }

    /// A device.
    ///
    /// - Parameter id: the identifier of the device.
    /// - Returns: `device/<id>`.
    public static func device(_ id: String) -> EventSubject { EventSubject(kind: .device, identifier: id) }

    /// A group of devices.
    ///
    /// - Parameter id: the identifier of the group.
    /// - Returns: `device-group/<id>`.
    public static func deviceGroup(_ id: String) -> EventSubject { EventSubject(kind: .deviceGroup, identifier: id) }

    /// The revocation list of a CA.
    ///
    /// - Parameter subjectKeyID: the subject key identifier of the CA.
    /// - Returns: `crl/<subject key identifier>`.
    public static func crl(_ subjectKeyID: String) -> EventSubject { EventSubject(kind: .crl, identifier: subjectKeyID) }
}
