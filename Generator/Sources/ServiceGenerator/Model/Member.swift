// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A member of a structure.
struct Member {
    /// Where a member stands in a message, if not in its body.
    enum Location: String {
        case uri, querystring, header, statusCode
    }

    /// The name in the model.
    var name: String
    /// The name on the wire.
    var wireName: String
    /// The name of its type.
    var shape: String
    var location: Location?
    /// Whether the client makes a value where the caller gives none.
    var isIdempotencyToken = false
    /// Whether the text is JSON, to be sent as base64.
    var isJSONValue = false
    /// Whether it is the payload of an event by itself.
    var isEventPayload = false
}
