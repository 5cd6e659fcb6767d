// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A frame, decoded.
public struct AMQPFrame: Equatable, Sendable {
    /// What a frame carries.
    public enum Payload: Equatable, Sendable {
        /// A method with its arguments.
        case method(AMQPMethod)
        /// The header of the content of the method before it.
        case header(AMQPContentHeader)
        /// A part of the body of the content whose header came before.
        case body([UInt8])
        /// A sign of life; only on channel 0.
        case heartbeat
        /// A protocol header, which is no frame but stands where the first one would: a server refuses a client with its own version.
        case protocolHeader(AMQPProtocolVersion)
    }

    /// The channel; 0 is the connection itself.
    public var channel: UInt16
    /// What the frame carries.
    public var payload: Payload

    /// Makes a frame.
    ///
    /// - Parameters:
    ///   - channel: the channel; 0 is the connection itself.
    ///   - payload: what the frame carries.
    public init(channel: UInt16, payload: Payload) {
        self.channel = channel
        self.payload = payload
    }
}
