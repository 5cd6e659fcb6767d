// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// Where a consumer of a stream begins.
public struct AMQPStreamOffset: Hashable, Sendable {
    private enum Kind: Hashable {
        case named(String)
        case offset(UInt64)
        case timestamp(UInt64)
        case interval(Duration)
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// With the first message that the stream still has.
    public static let first = AMQPStreamOffset(.named("first"))
    /// With the last chunk of messages that was written.
    public static let last = AMQPStreamOffset(.named("last"))
    /// With the next message that is published.
    public static let next = AMQPStreamOffset(.named("next"))

    /// With the message of an offset, or the first one that the stream still has.
    ///
    /// - Parameter offset: the offset, as ``AMQPDelivery/streamOffset`` tells it; add 1 to go on behind that message.
    /// - Returns: the beginning.
    public static func offset(_ offset: UInt64) -> AMQPStreamOffset { AMQPStreamOffset(.offset(offset)) }

    /// With the chunk of messages that was written at a point in time, or the next one.
    ///
    /// - Parameter seconds: the time, in seconds since 1970.
    /// - Returns: the beginning.
    public static func timestamp(_ seconds: UInt64) -> AMQPStreamOffset { AMQPStreamOffset(.timestamp(seconds)) }

    /// With what was written so long ago, or after.
    ///
    /// - Parameter age: the time until now, in whole seconds above zero.
    /// - Returns: the beginning.
    public static func interval(_ age: Duration) -> AMQPStreamOffset { AMQPStreamOffset(.interval(age)) }

    func value() throws(AMQPError) -> AMQPValue {
        switch self.kind {
        case .named(let name): return .string(name)
        case .offset(let offset): return .int64(Int64(clamping: offset))
        case .timestamp(let seconds): return .timestamp(seconds)
        case .interval(let age):
            guard let seconds = age.wholeSecondsAboveZero else {
                throw .argument("x-stream-offset", "an interval of \(age) is not possible, whole seconds above zero are")
            }
            return .string("\(seconds)s")
        }
    }
}
