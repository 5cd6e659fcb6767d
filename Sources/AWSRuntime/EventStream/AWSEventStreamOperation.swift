// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// An operation whose answer is a stream of events; ``AWSOperation/Output`` holds what comes before them, in header fields.
public protocol AWSEventStreamOperation: AWSOperation {
    /// One event of the stream.
    associatedtype Event: Sendable

    /// Reads one event.
    ///
    /// Exceptions and errors of the stream are not given: they end it, as ``AWSError``.
    ///
    /// - Parameter message: a message of type `event`; its ``EventStreamMessage/eventType`` says which one. One that is not known is to become
    ///   an event that says so, since services add new ones.
    /// - Returns: the event.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    static func decode(_ message: EventStreamMessage) throws(AWSError) -> Event
}
