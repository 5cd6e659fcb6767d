// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import JSONCoding
import LamassuEvents
import LambdaClient
import SystemCrypto

extension EventSync {
    /// Brings a certificate's status to AWS, then invokes the function that is configured for it.
    func updateStatus(of model: LamassuEvents::Certificate) async throws(CloudSyncError) {
        let isInCloud = try self.block(AWSCertificateBlock.self, in: model.metadata) != nil
        guard isInCloud || model.metadata[Self.deviceAttachment] != nil else {
            return self.passOver("the certificate is not one of a device")
        }
        guard let desired = IoTCoreClient::CertificateStatus(model) else {
            return self.passOver("the status \(model.status) has no counterpart in AWS")
        }
        let certificate = try self.certificate(of: model, named: "certificate \(model.serialNumber)")
        let certificateID = certificate.iotCertificateID

        guard let status = try await self.bring(certificate, to: desired) else { return }
        guard status == desired else {
            return self.passOver("AWS has the certificate as revoked, and that stays")
        }
        try await self.announce(status, of: model, certificateID: certificateID)
    }

    /// The member of a certificate's metadata that ties it to a device: written when the device is bound, before AWS knows either.
    private static let deviceAttachment = "lamassu.io/ra/attached-to"

    /// Makes AWS have a certificate with a status.
    ///
    /// - Returns: the status AWS has it with now; `nil` when AWS need not know it.
    private func bring(
        _ certificate: X509Certificate, to desired: IoTCoreClient::CertificateStatus
    ) async throws(CloudSyncError) -> IoTCoreClient::CertificateStatus? {
        let certificateID = certificate.iotCertificateID
        do throws(IoTCoreError) {
            switch try await self.iot.updateCertificateStatus(to: desired, of: certificateID) {
            case .changed(let previous):
                self.applied(.certificateStatusChanged, on: certificateID, "\(previous.rawValue) → \(desired.rawValue)")
                return desired
            case .unchanged: return desired
            case .staysRevoked: return .revoked
            }
        } catch {
            guard error.code == .notFound else { throw CloudSyncError(error) }
        }
        guard desired == .revoked else {
            self.passOver("AWS does not know the certificate yet, and will get it with its status when the device is bound")
            return nil
        }
        // It must not come alive there later: it is registered as revoked, as a mark for whoever comes after.
        try await self.register(DeviceRegistration(certificate, thingName: nil, status: .revoked))
        return .revoked
    }

    /// Invokes the configured function with what was done.
    ///
    /// It is invoked again when the event is delivered again: the payload carries the event's id, by which the function knows it.
    private func announce(_ status: IoTCoreClient::CertificateStatus, of model: LamassuEvents::Certificate, certificateID: String)
        async throws(CloudSyncError)
    {
        guard let function = self.configuration.statusFunction else { return }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in [
            ("type", self.received.type.rawValue), ("id", self.received.event.id.rawValue), ("source", self.received.source.rawValue),
            ("certificateId", certificateID), ("serialNumber", model.serialNumber), ("status", status.rawValue),
        ] {
            writer.key(key)
            writer.string(value)
        }
        writer.endObject()
        guard let payload = try? writer.finish() else {
            throw CloudSyncError(.undecodablePayload, message: "the serial number or an attribute of the event has no JSON form")
        }
        let answer: Invoke.Output
        do {
            answer = try await self.lambda.send(Invoke(functionName: function, payload: payload))
        } catch {
            throw CloudSyncError(error, calling: Invoke.self)
        }
        if let failure = answer.functionError {
            throw CloudSyncError(.functionFailed, message: "the function \(function) failed (\(failure)): see its log")
        }
        self.applied(.functionInvoked, on: function, "\(status.rawValue) of \(certificateID)")
    }
}

extension IoTCoreClient::CertificateStatus {
    /// The status AWS should have a certificate with; `nil` for one that AWS has no counterpart for.
    ///
    /// A certificate on hold can come back, so it is inactive, not revoked: AWS lets no revoked certificate come back.
    init?(_ model: LamassuEvents::Certificate) {
        switch model.status {
        case .active: self = .active
        case .revoked where model.revocationReason == .certificateHold: self = .inactive
        case .revoked: self = .revoked
        case .inactive: self = .inactive
        default: return nil
        }
    }
}
