// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import JSONCoding

extension EventRedaction {
    /// Takes out of an event what does not belong in it: secrets of its payload, claims of its extension `authclaims`.
    ///
    /// The payload is looked through where the type begins with `dms.` or `device.`, whatever made it, and keeps its bytes where nothing is
    /// taken out.
    ///
    /// - Parameter event: the event.
    /// - Returns: the event without it.
    /// - Throws: ``LamassuEventsError/Code/encodingFailed`` where the payload is not the JSON it says it is, or is nested more than 100 deep.
    public func redacted(_ event: CloudEvent) throws(LamassuEventsError) -> CloudEvent {
        var event = event
        if let claims = event[.authClaims], self.keptClaims != nil {
            event[.authClaims] = self.redacted(claims: claims.text).map { .string($0) }
        }
        if case .json(let bytes) = event.data { event.data = .json(try self.redacted(payload: bytes, of: event.type)) }
        return event
    }

    /// Takes the secrets out of the payload of an event, or out of a part of it.
    ///
    /// - Returns: the payload without them; the same bytes where there are none, or where no payload of that type has any.
    /// - Throws: ``LamassuEventsError/Code/encodingFailed`` where they are not JSON, or are nested more than 100 deep.
    package func redacted(payload bytes: ArraySlice<UInt8>, of type: String) throws(LamassuEventsError) -> ArraySlice<UInt8> {
        guard self.concerns(type) else { return bytes }
        do throws(JSONError) {
            var payload = try Self.parse(bytes)
            return PayloadRedactor(self).redact(&payload) ? try payload.encoded()[...] : bytes
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "the payload of \(type) cannot be looked through for secrets: \(error)")
        }
    }

    /// Takes the secrets out of a payload.
    ///
    /// - Parameter payload: a model, or whatever else is written as JSON.
    /// - Returns: the payload without them.
    /// - Throws: `JSONError` where a kept member of the payload cannot be written, or it is nested more than 100 deep.
    public func redacted<Payload: JSONDecodable & JSONEncodable>(_ payload: Payload) throws(JSONError) -> Payload {
        var value = try Self.parse(JSONWriter.encode(payload)[...])
        guard PayloadRedactor(self).redact(&value) else { return payload }
        return try JSONReader.decode(Payload.self, from: value.encoded())
    }

    /// The depth bounds the stack of the search.
    private static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes, maximumDepth: 100)
        let value = try JSONValue(from: &reader)
        try reader.finish()
        return value
    }

    private func concerns(_ type: String) -> Bool {
        (self.redactsWebhookSecrets && type.hasPrefix("dms."))
            || (self.redactsSlotSecrets && (type.hasPrefix("dms.") || type.hasPrefix("device.")))
    }

    /// The claims that stay, as JSON; `nil` where none does, or where the text is no JSON object.
    func redacted(claims text: String) -> String? {
        guard let names = self.keptClaims else { return text }
        guard let claims = try? JSONValue(parsing: Array(text.utf8)), let members = claims.objectValue else { return nil }
        let kept = members.filter { names.contains($0.key) }
        guard !kept.isEmpty, let bytes = try? JSONValue.object(kept).encoded() else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
