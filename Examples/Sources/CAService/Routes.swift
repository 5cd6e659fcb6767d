// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import JSONCoding
import LamassuEvents
import Timeline

/// The HTTP API of the example: each update is wrapped in `events.publishing`, and that is all there is to publishing.
struct Routes: Sendable {
    let directory: Directory
    let events: LamassuEventPublisher
    let timeline: Timeline

    func build() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorsAsStatus())
        let v1 = router.group("v1")

        v1.post("cas") { request, _ in
            let input = try await request.json()
            let (id, name) = (try input.text("id"), try input.text("name"))
            let ca = try await self.events.publishing(.caCreate, subject: .ca(id)) {
                let ca = try await self.directory.createAuthority(id, name: name)
                self.timeline.note("CA service", "operation", "created CA \(id)")
                return ca
            }
            return try Response(.created, json: ca)
        }

        v1.post("cas/import") { request, _ in
            let input = try await request.json()
            let (id, pem) = (try input.text("id"), try input.text("certificate"))
            let ca = try await self.events.publishing(.caImport, subject: .ca(id)) {
                let ca = try await self.directory.importAuthority(id, pem: pem)
                self.timeline.note("CA service", "operation", "imported CA \(id)")
                return ca
            }
            return try Response(.created, json: ca)
        }

        v1.get("cas/:id") { _, context in
            try Response(.ok, json: await self.directory.authority(context.parameters.require("id")))
        }

        v1.post("cas/:id/verification-certificates") { request, context in
            let id = try context.parameters.require("id")
            let signed = try await self.directory.signVerificationCertificate(for: id, request: request.json().text("signing_request"))
            self.timeline.note("CA service", "signed", "the verification certificate of CA \(id)")
            return try Response(.created, json: ["certificate": .string(signed)] as JSONValue)
        }

        v1.put("cas/:id/registration") { request, context in
            let id = try context.parameters.require("id")
            let input = try await request.json()
            let previous = try await self.directory.authority(id)
            let registered = Registration(input)
            guard try registered.changes(previous, of: self.directory.connector) else { return Response(status: .noContent) }
            let ca = try await self.events.publishing(.caMetadataUpdate, subject: .ca(id), previous: previous) {
                let ca = try await self.directory.recordRegistration(of: id, registered.apply)
                self.timeline.note("CA service", "operation", "noted that CA \(id) is \(registered.status.rawValue) in AWS")
                return ca
            }
            return try Response(.ok, json: ca)
        }

        v1.post("devices/:id/enroll") { request, context in
            let id = try context.parameters.require("id")
            let input = try await request.json()
            let (authority, signingRequest) = (try input.text("ca"), try input.text("signing_request"))
            let binding = try await self.events.publishing(.dmsBindDeviceID, subject: .device(id)) {
                let binding = try await self.directory.enrol(id, by: authority, request: signingRequest)
                self.timeline.note("CA service", "operation", "enrolled device \(id)")
                return binding
            }
            return try Response(.created, json: binding)
        }

        v1.get("devices/:id") { _, context in
            try Response(.ok, json: await self.directory.device(context.parameters.require("id")))
        }

        v1.put("devices/:id/registration") { request, context in
            let id = try context.parameters.require("id")
            let input = try await request.json()
            let (serialNumber, arn) = (try input.text("serial_number"), try input.text("arn"))
            let previous = try await self.directory.device(id)
            guard try previous.metadata.block(AWSDeviceBlock.self, of: self.directory.connector)?.isThingRegistered != true else {
                return Response(status: .noContent)
            }
            let device = try await self.events.publishing(.deviceMetadataUpdate, subject: .device(id), previous: previous) {
                let device = try await self.directory.recordBinding(of: id, serialNumber: serialNumber, certificateARN: arn)
                self.timeline.note("CA service", "operation", "noted that device \(id) is a thing in AWS")
                return device
            }
            return try Response(.ok, json: device)
        }

        v1.get("certificates/:serial") { _, context in
            try Response(.ok, json: await self.directory.certificate(context.parameters.require("serial")))
        }

        v1.put("certificates/:serial/status") { request, context in
            let serialNumber = try context.parameters.require("serial")
            let input = try await request.json()
            let status = CertificateStatus(rawValue: try input.text("status"))
            let reason = input["revocation_reason"]?.stringValue.map(RevocationReason.init(rawValue:))
            let previous = try await self.directory.certificate(serialNumber)
            let certificate = try await self.events.publishing(
                .certificateStatusUpdate, subject: .certificate(serialNumber), previous: previous
            ) {
                let certificate = try await self.directory.updateStatus(of: serialNumber, to: status, reason: reason)
                self.timeline.note("CA service", "operation", "certificate \(serialNumber) is now \(status.rawValue)")
                return certificate
            }
            return try Response(.ok, json: certificate)
        }

        v1.put("certificates/:serial/cloud-status") { request, context in
            let serialNumber = try context.parameters.require("serial")
            let input = try await request.json()
            let status = try input.text("status")
            try await self.directory.recordCloudStatus(of: serialNumber, status, because: input.text("caused_by"))
            self.timeline.note("CA service", "notice", "AWS has certificate \(serialNumber) as \(status)")
            return Response(status: .noContent)
        }
        return router
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

/// Turns the errors of the directory into HTTP statuses.
private struct ErrorsAsStatus<Context: RequestContext>: RouterMiddleware {
    @concurrent
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as NotFound {
            throw HTTPError(.notFound, message: "there is no \(error.what)")
        } catch let error as Conflict {
            throw HTTPError(.conflict, message: "\(error.what) does not allow it")
        }
    }
}
