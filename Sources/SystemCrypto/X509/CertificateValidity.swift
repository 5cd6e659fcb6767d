// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The time in which a certificate is valid, both ends included (RFC 5280 section 4.1.2.5).
public struct CertificateValidity: Hashable, Sendable {
    /// The first second, counted from 1970-01-01T00:00:00Z.
    public var notBefore: Int64
    /// The last second, counted from 1970-01-01T00:00:00Z.
    public var notAfter: Int64

    /// Makes a time span.
    ///
    /// - Parameters:
    ///   - notBefore: the first second, counted from 1970-01-01T00:00:00Z.
    ///   - notAfter: the last second.
    public init(notBefore: Int64, notAfter: Int64) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Whether a moment lies in the time span.
    ///
    /// - Parameter seconds: the moment, counted from 1970-01-01T00:00:00Z.
    /// - Returns: whether it does.
    public func contains(_ seconds: Int64) -> Bool { self.notBefore <= seconds && seconds <= self.notAfter }
}
