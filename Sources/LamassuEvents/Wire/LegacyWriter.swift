// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import JSONCoding

/// What the writers of the older generations share.
enum LegacyWriter {
    /// Reads the payload of an event of the current generation.
    static func read<Payload: JSONDecodable>(_ type: Payload.Type, from event: CloudEvent) throws(LamassuEventsError) -> Payload {
        do throws(CloudEventError) {
            return try event.decodeData(as: Payload.self)
        } catch {
            throw LamassuEventsError(
                .encodingFailed, message: "the payload of \(event.type) has no form in an older generation: \(error.message)")
        }
    }

    /// An event with the id and the time of another; older generations had neither subject nor extensions.
    static func event(
        like event: CloudEvent, source: String, type: String, payload: some JSONEncodable
    ) throws(LamassuEventsError) -> CloudEvent {
        do throws(CloudEventError) {
            return try CloudEvent(id: event.id, source: source, type: type, time: event.time, json: payload)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "\(event.type) cannot be written as \(type): \(error)")
        }
    }

    /// What an older generation calls a CA: its common name, or its identifier where it has none.
    static func name(of ca: CACertificate) -> String {
        ca.certificate.subject.commonName.isEmpty ? ca.id : ca.certificate.subject.commonName
    }

    /// What an older generation calls the CA of a certificate.
    static func nameOfCA(of certificate: Certificate) -> String {
        certificate.issuer.commonName.isEmpty ? certificate.issuerMetadata?.id ?? "" : certificate.issuer.commonName
    }
}
