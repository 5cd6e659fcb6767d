// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One message of an event stream, `application/vnd.amazon.eventstream`: header values and a payload.
///
/// Source: Smithy 2.0, "Amazon event stream specification".
public struct EventStreamMessage: Hashable, Sendable {
    /// One header value with its name.
    public struct Header: Hashable, Sendable {
        /// The name, 1 to 255 bytes of UTF-8.
        public var name: String
        /// The value.
        public var value: EventStreamValue

        /// Makes a header value.
        ///
        /// - Parameters:
        ///   - name: the name, 1 to 255 bytes of UTF-8.
        ///   - value: the value.
        public init(name: String, value: EventStreamValue) {
            self.name = name
            self.value = value
        }
    }

    /// The header values in the order of the stream.
    public var headers: [Header]
    /// The payload; empty when there is none.
    public var payload: [UInt8]

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - headers: the header values.
    ///   - payload: the payload.
    public init(headers: [Header] = [], payload: [UInt8] = []) {
        self.headers = headers
        self.payload = payload
    }

    /// The value of the first header with a name.
    ///
    /// - Parameter name: the name, in its exact case.
    /// - Returns: the value; `nil` when there is none.
    public subscript(name: String) -> EventStreamValue? { self.headers.first { $0.name == name }?.value }

    /// What kind of message it is: `event`, `exception` or `error`; the header `:message-type`.
    public var messageType: String? { self[":message-type"]?.string }
    /// Which event it is, a member of the stream's union; the header `:event-type`.
    public var eventType: String? { self[":event-type"]?.string }
    /// Which exception it is, a member of the stream's union; the header `:exception-type`.
    public var exceptionType: String? { self[":exception-type"]?.string }
    /// The media type of the payload; the header `:content-type`.
    public var contentType: String? { self[":content-type"]?.string }
}
