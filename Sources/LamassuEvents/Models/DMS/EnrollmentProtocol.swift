// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// By which protocol devices enrol.
public struct EnrollmentProtocol: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Enrollment over Secure Transport (RFC 7030).
    public static let est = EnrollmentProtocol(rawValue: "EST_RFC7030")
}
