// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a DMS manager does for the devices that come to it (RFC 7030).
public protocol EnrollmentService: Sendable {
    /// What the service is told to enroll a device, such as its signing request.
    associatedtype EnrollmentRequest: Sendable
    /// What the service is told to bind a certificate to a device, such as its serial number.
    associatedtype IdentityBinding: Sendable

    /// Issues a device its first certificate.
    ///
    /// `aps` is the additional path segment of the request, which names the DMS.
    func enroll(_ aps: String, with input: EnrollmentRequest) async throws -> Certificate
    /// Issues a device its next certificate.
    ///
    /// `aps` is the additional path segment of the request, which names the DMS.
    func reenroll(_ aps: String, with input: EnrollmentRequest) async throws -> Certificate
    /// Makes a certificate the identity of a device.
    func bindIdentity(to deviceID: String, with input: IdentityBinding) async throws -> BindIdentityToDeviceOutput
}
