// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import LamassuEvents
import SystemCrypto

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
        let certificateARN = try await self.putCertificate(certificate, isRevoked: model.status == .revoked)

        for policy in wish.policies {
            try await self.putPolicy(policy.name, document: policy.document)
            try await self.attach(policy: policy.name, to: certificateARN)
        }
        try await self.putThing(device.id, with: certificateARN)
        try await self.ask("record the binding of device \(device.id)") {
            try await self.host.record(
                .deviceBound(
                    DeviceBinding(
                        deviceID: device.id, serialNumber: model.serialNumber, certificateID: certificate.awsCertificateID,
                        certificateARN: certificateARN)))
        }
    }

    /// Registers a certificate unless AWS knows it; one that AWS has as revoked stays so.
    ///
    /// - Returns: its ARN.
    private func putCertificate(_ certificate: X509Certificate, isRevoked: Bool) async throws(CloudSyncError) -> String {
        let certificateID = certificate.awsCertificateID
        var description = try await self.describe(DescribeCertificate(certificateID: certificateID), \.certificateDescription)
        if description == nil {
            _ = try await self.registerCertificate(certificate, status: isRevoked ? .revoked : .active)
            description = try await self.describe(DescribeCertificate(certificateID: certificateID), \.certificateDescription)
        }
        guard let arn = description?.certificateARN else {
            throw CloudSyncError(.awsUnavailable, message: "AWS says that certificate \(certificateID) is there and that it is not")
        }
        return arn
    }

    /// Registers a certificate.
    ///
    /// - Returns: `false` when it is registered already, by another event or another connector.
    func registerCertificate(_ certificate: X509Certificate, status: IoTCoreClient::CertificateStatus) async throws(CloudSyncError) -> Bool
    {
        let operation = RegisterCertificate(certificatePEM: certificate.pem, status: status)
        guard try await self.create(operation) != nil else { return false }
        self.applied(.certificateRegistered, on: certificate.awsCertificateID, status.rawValue)
        return true
    }

    /// Makes a thing unless there is one of that name, and attaches a certificate to it unless it is.
    private func putThing(_ name: String, with certificateARN: String) async throws(CloudSyncError) {
        if try await self.find(DescribeThing(thingName: name)) == nil, try await self.create(CreateThing(thingName: name)) != nil {
            self.applied(.thingCreated, on: name)
        }
        let principals = try await self.call(ListThingPrincipals(thingName: name)).principals ?? []
        guard !principals.contains(certificateARN) else { return }
        _ = try await self.call(AttachThingPrincipal(thingName: name, principal: certificateARN))
        self.applied(.certificateAttached, on: name, certificateARN)
    }

    /// Attaches a policy to a certificate unless it is.
    private func attach(policy name: String, to certificateARN: String) async throws(CloudSyncError) {
        let attached = try await self.call(ListAttachedPolicies(target: certificateARN)).policies ?? []
        guard !attached.contains(where: { $0.policyName == name }) else { return }
        _ = try await self.call(AttachPolicy(policyName: name, target: certificateARN))
        self.applied(.policyAttached, on: name, certificateARN)
    }
}
