// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a device proves in EST who it is.
public struct ESTAuthenticationMode: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// By a certificate that it has.
    public static let clientCertificate = ESTAuthenticationMode(rawValue: "CLIENT_CERTIFICATE")
    /// By what an external service says.
    public static let externalWebhook = ESTAuthenticationMode(rawValue: "EXTERNAL_WEBHOOK")
    /// Not at all.
    public static let none = ESTAuthenticationMode(rawValue: "NO_AUTH")
}
