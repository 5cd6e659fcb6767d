// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import JSONCoding

extension PublishingService: EnrollmentService where Base: EnrollmentService {
    /// Issues a device its first certificate, and publishes `dms.enroll`.
    public func enroll(_ aps: String, with input: Base.EnrollmentRequest) async throws -> Certificate {
        try await self.enrolling(.dmsEnroll, aps) { try await self.base.enroll(aps, with: input) }
    }

    /// Issues a device its next certificate, and publishes `dms.reenroll`.
    public func reenroll(_ aps: String, with input: Base.EnrollmentRequest) async throws -> Certificate {
        try await self.enrolling(.dmsReenroll, aps) { try await self.base.reenroll(aps, with: input) }
    }

    /// Makes a certificate the identity of a device, and publishes `dms.bind-device-id`.
    public func bindIdentity(to deviceID: String, with input: Base.IdentityBinding) async throws -> BindIdentityToDeviceOutput {
        try await self.events.publishing(.dmsBindDeviceID, subject: .device(deviceID)) {
            try await self.base.bindIdentity(to: deviceID, with: input)
        }
    }

    private func enrolling(
        _ type: EventType, _ aps: String, _ operation: () async throws -> Certificate
    ) async throws -> Certificate {
        try await self.events.publishing(type, subject: .dms(aps)) { Enrollment(certificate: try await operation(), aps: aps) }.certificate
    }
}

/// The result of an enrolment, which is more than its payload says of it.
private struct Enrollment: JSONEncodable {
    let certificate: Certificate
    let aps: String

    func encode(into writer: inout JSONWriter) {
        EnrollmentOutput(certificate: self.certificate.certificate, aps: self.aps).encode(into: &writer)
    }
}
