// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import LamassuEvents
import LambdaClient
import SystemCrypto

/// The work that one event asks for: the folders beside this file extend it by one domain each.
///
/// Every piece is an idempotent operation of `IoTCoreClient`, which reads the present state in AWS, compares, and acts only on a difference.
/// So it may be broken off at any point and begun anew, by this process or another.
struct EventSync: Sendable {
    let received: ReceivedEvent
    let configuration: CloudSyncConfiguration
    let iot: IoTCoreClient
    let lambda: LambdaClient
    let host: any CloudSyncHost
    let observer: (any CloudSyncObserver)?

    /// Does what the event's type asks for.
    func run() async throws(CloudSyncError) {
        switch self.received.type {
        case .caCreate, .caImport:
            try await self.registerAuthority(self.payload(LamassuEvents::CACertificate.self))
        case .caMetadataUpdate:
            try await self.registerAuthority(self.payload(UpdateModel<LamassuEvents::CACertificate>.self).updated)
        case .dmsBindDeviceID:
            try await self.bindDevice(self.payload(BindIdentityToDeviceOutput.self))
        case .certificateStatusUpdate:
            try await self.updateStatus(of: self.payload(UpdateModel<LamassuEvents::Certificate>.self).updated)
        case let other where other.definition != nil || EventGeneration(of: self.received.event) != .current:
            self.passOver("events of this type change nothing in AWS")
        default:
            throw CloudSyncError(
                .unknownEventType, message: "no catalogue of this release knows the type '\(self.received.type)': update the connector")
        }
    }

    /// The event's data as the type that its catalogue entry names.
    private func payload<Payload: JSONDecodable>(_ type: Payload.Type) throws(CloudSyncError) -> Payload {
        do {
            return try self.received.payload(as: type)
        } catch {
            throw CloudSyncError(.undecodablePayload, message: error.message)
        }
    }

    /// The block that the metadata of something hold for this connector; `nil` where they hold none.
    func block<Block: AWSBlock>(_ type: Block.Type, in metadata: Metadata) throws(CloudSyncError) -> Block? {
        do {
            return try metadata.block(type, of: self.configuration.connectorID)
        } catch {
            throw CloudSyncError(
                .undecodablePayload, message: "the metadata '\(self.configuration.connectorID.metadataKey)' cannot be read: \(error)")
        }
    }

    /// The certificate of a payload.
    func certificate(of model: LamassuEvents::Certificate, named name: String) throws(CloudSyncError) -> X509Certificate {
        guard let pem = model.pem else {
            throw CloudSyncError(.notACertificate, message: "\(name) holds no X.509 certificate: it is not base64 of PEM")
        }
        do {
            return try X509Certificate(pem: pem)
        } catch {
            throw CloudSyncError(.notACertificate, message: "\(name) holds no X.509 certificate: \(error)")
        }
    }

    // MARK: Telling the observer

    func applied(_ kind: CloudSyncEffect.Kind, on resource: String, _ detail: String = "") {
        self.observer?.cloudSync(applied: CloudSyncEffect(kind, on: resource, detail: detail), for: self.received.event)
    }

    func passOver(_ reason: String) {
        self.observer?.cloudSync(passedOver: self.received.event, because: reason)
    }

    // MARK: Calling AWS and the host

    /// Brings a resource in AWS to a state; an error becomes ours.
    ///
    /// - Parameters:
    ///   - isOfDevice: whether the resource is a device's, whose CA may not be there yet.
    ///   - operation: brings it there.
    func bring<Result>(
        isOfDevice: Bool = false, _ operation: () async throws(IoTCoreError) -> Result
    ) async throws(CloudSyncError) -> Result {
        do throws(IoTCoreError) {
            return try await operation()
        } catch {
            throw CloudSyncError(error, isOfDevice: isOfDevice)
        }
    }

    /// Asks the host; what it throws becomes ours.
    func ask<Answer>(_ what: String, _ call: () async throws -> Answer) async throws(CloudSyncError) -> Answer {
        do {
            return try await call()
        } catch let refusal as CloudSyncRefusal {
            throw CloudSyncError(.refusedByHost, message: "the service refused to \(what): \(refusal.reason)")
        } catch {
            throw CloudSyncError(.hostFailed, message: "the service failed to \(what): \(error)")
        }
    }
}
