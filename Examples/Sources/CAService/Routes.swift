// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ExampleSupport
import Hummingbird
import JSONCoding
import LamassuEvents

/// The HTTP API of the example: its CAs are behind a service that publishes, its devices in `events.publishing`, operation by operation.
struct Routes: Sendable {
    let directory: Directory
    let events: LamassuEventPublisher
    let service: PublishingService<Directory>

    init(directory: Directory, events: LamassuEventPublisher) {
        self.directory = directory
        self.events = events
        self.service = PublishingService(wrapping: directory, events: events)
    }

    func build() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorsAsStatus())
        router.add(middleware: EventContextMiddleware())
        let v1 = router.group("v1")
        self.addAuthorities(to: v1.group("cas"))
        self.addDevices(to: v1.group("devices"))
        self.addCertificates(to: v1.group("certificates"))
        return router
    }

    private func addAuthorities(to cas: RouterGroup<BasicRequestContext>) {
        cas.post { request, _ in
            let input = try await request.json()
            return try Response(.created, json: await self.service.createCA(input["id"]?.stringValue, with: input.text("name")))
        }

        cas.post("import") { request, _ in
            let input = try await request.json()
            return try Response(.created, json: await self.service.importCA(input["id"]?.stringValue, with: input.text("certificate")))
        }

        cas.get(":id") { _, context in
            try Response(.ok, json: await self.service.ca(context.parameters.require("id")))
        }

        cas.put(":id/status") { request, context in
            let (status, reason) = try await request.certificateStatus()
            return try Response(
                .ok, json: await self.service.updateCAStatus(context.parameters.require("id"), to: status, reason: reason))
        }

        cas.put(":id/profile") { request, context in
            let profile = try await request.json().text("profile_id")
            return try Response(.ok, json: await self.service.updateCAProfile(context.parameters.require("id"), to: profile))
        }

        cas.post(":id/reissue") { _, context in
            try Response(.ok, json: await self.service.reissueCA(context.parameters.require("id")))
        }

        cas.delete(":id") { request, context in
            try await self.service.deleteCA(context.parameters.require("id"), cascade: request.uri.queryParameters["cascade"] == "true")
            return Response(status: .noContent)
        }

        cas.post(":id/verification-certificates") { request, context in
            let signed = try await self.directory.signVerificationCertificate(
                for: context.parameters.require("id"), request: request.json().text("signing_request"))
            return try Response(.created, json: ["certificate": .string(signed)] as JSONValue)
        }

        cas.put(":id/registration") { request, context in
            let id = try context.parameters.require("id")
            let registered = Registration(try await request.json())
            let connector = self.directory.connector
            guard try registered.changes(await self.service.ca(id), of: connector) else { return Response(status: .noContent) }
            let ca = try await self.service.updateCAMetadata(id) { metadata in
                var block = try metadata.block(AWSCABlock.self, of: connector) ?? AWSCABlock()
                registered.apply(&block)
                try metadata.setBlock(block, of: connector)
            }
            return try Response(.ok, json: ca)
        }
    }

    private func addDevices(to devices: RouterGroup<BasicRequestContext>) {
        devices.get(":id") { _, context in
            try Response(.ok, json: await self.directory.device(context.parameters.require("id")))
        }

        devices.post(":id/enroll") { request, context in
            let id = try context.parameters.require("id")
            let input = try await request.json()
            let (authority, signingRequest) = (try input.text("ca"), try input.text("signing_request"))
            let binding = try await self.events.publishing(.dmsBindDeviceID, subject: .device(id)) {
                try await self.directory.enrol(id, by: authority, request: signingRequest)
            }
            return try Response(.created, json: binding)
        }

        devices.put(":id/registration") { request, context in
            let id = try context.parameters.require("id")
            let input = try await request.json()
            let (serialNumber, arn) = (try input.text("serial_number"), try input.text("arn"))
            let previous = try await self.directory.device(id)
            guard try previous.metadata.block(AWSDeviceBlock.self, of: self.directory.connector)?.isThingRegistered != true else {
                return Response(status: .noContent)
            }
            let device = try await self.events.publishing(.deviceMetadataUpdate, subject: .device(id), previous: previous) {
                try await self.directory.recordBinding(of: id, serialNumber: serialNumber, certificateARN: arn)
            }
            return try Response(.ok, json: device)
        }
    }

    private func addCertificates(to certificates: RouterGroup<BasicRequestContext>) {
        certificates.get(":serial") { _, context in
            try Response(.ok, json: await self.directory.certificate(context.parameters.require("serial")))
        }

        certificates.put(":serial/status") { request, context in
            let serialNumber = try context.parameters.require("serial")
            let (status, reason) = try await request.certificateStatus()
            let certificate = try await self.events.publishing(
                .certificateStatusUpdate, subject: .certificate(serialNumber),
                previous: { try await self.directory.certificate(serialNumber) }
            ) {
                try await self.directory.updateStatus(of: serialNumber, to: status, reason: reason)
            }
            return try Response(.ok, json: certificate)
        }

        certificates.put(":serial/cloud-status") { request, context in
            let input = try await request.json()
            try await self.directory.recordCloudStatus(
                of: context.parameters.require("serial"), input.text("status"), because: input.text("caused_by"))
            return Response(status: .noContent)
        }
    }
}

extension Request {
    /// The status that the body asks for, and its reason.
    fileprivate func certificateStatus() async throws -> (CertificateStatus, RevocationReason?) {
        let input = try await self.json()
        return (
            CertificateStatus(rawValue: try input.text("status")),
            input["revocation_reason"]?.stringValue.map(RevocationReason.init(rawValue:))
        )
    }
}

/// What a connector says has become of a CA.
private struct Registration: Sendable {
    let status: AWSRegistrationStatus
    let error: String
    let certificateID: String
    let arn: String

    init(_ input: JSONValue) {
        self.error = input["error"]?.stringValue ?? ""
        self.status = self.error.isEmpty ? .succeeded : .failed
        self.certificateID = input["certificate_id"]?.stringValue ?? ""
        self.arn = input["arn"]?.stringValue ?? ""
    }

    /// Whether it is news; a connector may say the same thing twice.
    func changes(_ authority: CACertificate, of connector: ConnectorID) throws -> Bool {
        let block = try authority.metadata.block(AWSCABlock.self, of: connector)
        return block?.registration.status != self.status || block?.arn != self.arn || block?.registration.error != self.error
    }

    func apply(_ block: inout AWSCABlock) {
        block.registration.status = self.status
        block.registration.error = self.error
        block.certificateID = self.certificateID
        block.arn = self.arn
    }
}
