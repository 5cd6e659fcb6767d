// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// An event's data, in one of the three forms that an event format tells apart.
///
/// JSON stays the bytes it was, and is read on demand with ``CloudEvent/decodeData(as:)``; so what passes through unread keeps every digit
/// and escape, and costs no tree.
public enum EventData: Hashable, Sendable {
    /// One JSON value as text in UTF-8; after decoding a slice of the event's own buffer, which it keeps alive.
    ///
    /// Bytes that are not exactly one JSON value are refused when the event is encoded.
    case json(ArraySlice<UInt8>)
    /// Text, for a content type that is not JSON.
    case text(String)
    /// Bytes, for any content type.
    case binary([UInt8])

    /// Data of a value's JSON text.
    ///
    /// - Parameter value: the value; it is encoded now.
    /// - Returns: ``json(_:)``.
    /// - Throws: ``CloudEventError/Code/invalidData`` where the value has no JSON form.
    public static func encoding(_ value: some JSONEncodable) throws(CloudEventError) -> EventData {
        do throws(JSONError) {
            return .json(try JSONWriter.encode(value)[...])
        } catch {
            throw CloudEventError(.invalidData, message: "the value has no JSON form: \(error.message)")
        }
    }
}
