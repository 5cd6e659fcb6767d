// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import CloudSync
import HTTPTypes
import JSONCoding
import Timeline
import Transport

/// The CA service as the connector sees it: an HTTP API.
struct CAServiceHost: CloudSyncHost {
    let authority: String
    let transport: any HTTPTransport
    let timeline: Timeline

    func signVerificationCertificate(_ request: VerificationCertificateRequest) async throws -> String {
        let answer = try await self.send(
            .post, "/v1/cas/\(request.authorityID)/verification-certificates", ["signing_request": .string(request.signingRequest)])
        guard let pem = answer?["certificate"]?.stringValue else { throw UnexpectedAnswer(what: "no certificate") }
        return pem
    }

    func record(_ outcome: CloudSyncOutcome) async throws {
        switch outcome {
        case .authorityRegistered(let registration):
            _ = try await self.send(
                .put, "/v1/cas/\(registration.authorityID)/registration",
                ["certificate_id": .string(registration.certificateID), "arn": .string(registration.certificateARN)])
        case .authorityRefused(let id, let reason):
            _ = try await self.send(.put, "/v1/cas/\(id)/registration", ["error": .string(reason)])
        case .deviceBound(let binding):
            _ = try await self.send(
                .put, "/v1/devices/\(binding.deviceID)/registration",
                ["serial_number": .string(binding.serialNumber), "arn": .string(binding.certificateARN)])
        }
    }

    func receive(_ event: CloudEvent) async throws {
        self.timeline.note("AWS", "response", "\(event.type) \(event.id)")
        let change = try event.decodeData(as: JSONValue.self)
        guard let serialNumber = change["serial_number"]?.stringValue, let status = change["status"], let cause = change["caused_by"] else {
            return
        }
        do {
            _ = try await self.send(.put, "/v1/certificates/\(serialNumber)/cloud-status", ["status": status, "caused_by": cause])
        } catch is CloudSyncRefusal {
            // A certificate that the service does not have, such as one of the sample events: nothing to note.
        }
    }

    /// Sends a request; what the service refuses for good is a refusal.
    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue) async throws -> JSONValue? {
        var head = HTTPRequest(method: method, scheme: "http", authority: self.authority, path: path)
        head.headerFields[.contentType] = "application/json"
        let response = try await self.transport.send(
            HTTPTransportRequest(head: head, body: JSONWriter.encode(body), timeout: .seconds(10)))
        switch response.head.status.kind {
        case .successful: return response.body.isEmpty ? nil : try JSONValue(parsing: response.body)
        case .clientError:
            throw CloudSyncRefusal(reason: "\(response.head.status): \(String(decoding: response.body.prefix(200), as: UTF8.self))")
        default: throw UnexpectedAnswer(what: "\(response.head.status)")
        }
    }
}

/// The service answered otherwise than its API says.
struct UnexpectedAnswer: Error { let what: String }
