// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
public import JSONCoding

/// A payload that is bytes and no JSON, such as the signature of `ca.sign.signature`: the member `data_base64` of the event.
public struct BinaryPayload: Hashable, Sendable, JSONEncodable {
    /// The bytes.
    public var bytes: [UInt8]

    /// Makes a payload.
    ///
    /// - Parameter bytes: the bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Writes the bytes as base64, for where there is nothing but JSON.
    public func encode(into writer: inout JSONWriter) { writer.string(Base64.encode(self.bytes)) }
}

extension EventData {
    /// The data of an event with a payload.
    init(payload: some JSONEncodable) throws(CloudEventError) {
        guard let binary = payload as? BinaryPayload else {
            self = try .encoding(payload)
            return
        }
        self = .binary(binary.bytes)
    }
}
