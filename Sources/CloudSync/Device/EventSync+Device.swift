// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import LamassuEvents

extension EventSync {
    /// Makes a device known to AWS: its certificate, its thing and the policies of its DMS, all tied together.
    func bindDevice(_ binding: BindIdentityToDeviceOutput) async throws(CloudSyncError) {
        guard let model = binding.certificate, let device = binding.device, let dms = binding.dms else {
            throw CloudSyncError(.undecodablePayload, message: "the binding lacks its certificate, its device or its DMS")
        }
        guard let wish = try self.block(AWSDMSBlock.self, in: dms.metadata), wish.registrationMode == .automatic else {
            return self.passOver("the DMS \(dms.id) does not register its devices in AWS automatically")
        }
        let certificate = try self.certificate(of: model, named: "certificate \(model.serialNumber)")
        var registration = DeviceRegistration(certificate, thingName: nil, status: IoTCoreClient::CertificateStatus(model) ?? .active)
        // Another status of a certificate that AWS knows is its own event's affair, which may have come before this one.
        registration.changesStatus = registration.status == .revoked
        // First by itself: whatever becomes of the rest, one that is revoked never comes alive.
        try await self.register(registration)
        for policy in wish.policies { try await self.put(policy) }
        registration.thingName = device.id
        registration.policies = wish.policies.map { DeviceRegistration.Policy($0.name) }
        let result = try await self.register(registration)
        try await self.ask("record the binding of device \(device.id)") {
            try await self.host.record(
                .deviceBound(
                    DeviceBinding(
                        deviceID: device.id, serialNumber: model.serialNumber, certificateID: result.certificateID,
                        certificateARN: result.certificateARN)))
        }
    }

    /// Makes a policy have its document.
    private func put(_ policy: AWSPolicy) async throws(CloudSyncError) {
        let result = try await self.bring { () async throws(IoTCoreError) in
            try await self.iot.putPolicy(policy.name, documentText: policy.document)
        }
        switch result.change {
        case .created: self.applied(.policyCreated, on: policy.name)
        case .updated: self.applied(.policyVersionCreated, on: policy.name, result.versionID.map { "version \($0)" } ?? "")
        case .unchanged: break
        }
    }

    /// Registers a device, or its certificate alone, and tells what that took.
    @discardableResult
    func register(_ registration: DeviceRegistration) async throws(CloudSyncError) -> RegisterDeviceResult {
        let certificateID = registration.certificate.iotCertificateID
        let thingName = registration.thingName ?? ""
        return try await self.bring(isOfDevice: true) { () async throws(IoTCoreError) in
            try await self.iot.registerDevice(registration) { effect in
                switch effect {
                case .certificateRegistered: self.applied(.certificateRegistered, on: certificateID, registration.status.rawValue)
                case .certificateStatusChanged: self.applied(.certificateStatusChanged, on: certificateID, registration.status.rawValue)
                case .policyAttached(let name): self.applied(.policyAttached, on: name, certificateID)
                case .thingCreated: self.applied(.thingCreated, on: thingName)
                case .certificateAttached: self.applied(.certificateAttached, on: thingName, certificateID)
                // Policies are put before, and attributes are left alone.
                case .policyPut, .thingUpdated: break
                }
            }
        }
    }
}
