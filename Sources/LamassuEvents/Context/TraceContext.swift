// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A place in a distributed trace: a span, and what vendors keep with it (W3C Trace Context, Level 2).
public struct TraceContext: Hashable, Sendable, CustomStringConvertible {
    /// The trace: 32 lower-case hexadecimal digits, not all of them zero.
    public let traceID: String
    /// The span: 16 lower-case hexadecimal digits, not all of them zero.
    public let spanID: String
    /// Whether the trace is recorded, and whether its identifier is random; no other bits.
    public let flags: UInt8
    /// The header `tracestate`.
    public let traceState: String?

    /// Reads the headers of a request.
    ///
    /// - Parameters:
    ///   - traceParent: the header `traceparent`, of version 00 or of a later one, of which only what 00 has is read.
    ///   - traceState: the header `tracestate`, with commas between those that came apart; left out where it is malformed, and cut to
    ///     512 bytes as "tracestate Limits" says.
    /// - Returns: the place, or `nil` where `traceparent` is malformed.
    public init?(traceParent: String, traceState: String? = nil) {
        let bytes = Array(traceParent.utf8.prefix(Self.length + 1))
        let version = bytes.prefix(2)
        guard bytes.count >= Self.length, Self.areDigits(version), version != [UInt8(ascii: "f"), UInt8(ascii: "f")],
            bytes.count == Self.length || (version != [UInt8(ascii: "0"), UInt8(ascii: "0")] && bytes[Self.length] == Self.dash),
            bytes[2] == Self.dash, let traceID = Self.identifier(bytes[3..<35]),
            bytes[35] == Self.dash, let spanID = Self.identifier(bytes[36..<52]),
            bytes[52] == Self.dash, Self.areDigits(bytes[53..<55]),
            let flags = UInt8(String(decoding: bytes[53..<55], as: UTF8.self), radix: 16)
        else { return nil }
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags & Self.knownFlags
        self.traceState = traceState.flatMap(TraceState.shortened)
    }

    /// The header `traceparent`, in version 00.
    public var traceParent: String { "00-\(self.traceID)-\(self.spanID)-0\(self.flags)" }

    /// The header `traceparent`.
    public var description: String { self.traceParent }

    /// How long `traceparent` is in version 00.
    private static let length = 55
    /// `sampled` and `random-trace-id`: others are to be zero ("trace-flags").
    private static let knownFlags: UInt8 = 0b11
    private static let dash = UInt8(ascii: "-")

    private static func identifier(_ bytes: ArraySlice<UInt8>) -> String? {
        guard self.areDigits(bytes), bytes.contains(where: { $0 != UInt8(ascii: "0") }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func areDigits(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
            default: false
            }
        }
    }
}
