// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The payload that was decoded last, with what it means: the next one of its kind mostly says the same but for one field.
struct RepeatedPayload<Value: Sendable>: Sendable {
    /// What is longer is not kept.
    private static var maximumSize: Int { 1_024 }

    private var bytes: [UInt8] = []
    private var value: Value?

    init() {}

    /// What a payload means but for a field of its own; `nil` where it says anything else than the last one.
    @inline(__always)
    func value(for payload: Span<UInt8>, except field: Range<Int>) -> Value? {
        guard payload.count == self.bytes.count, field.upperBound <= payload.count,
            payload.extracting(..<field.lowerBound).says(self.bytes.span.extracting(..<field.lowerBound)),
            payload.extracting(field.upperBound...).says(self.bytes.span.extracting(field.upperBound...))
        else { return nil }
        return self.value
    }

    /// Keeps a payload, and what it means.
    mutating func keep(_ payload: Span<UInt8>, _ value: Value) {
        self.bytes.removeAll(keepingCapacity: true)
        self.value = nil
        guard payload.count <= Self.maximumSize else { return }
        self.bytes.append(copying: payload)
        self.value = value
    }
}

extension Span<UInt8> {
    /// Whether these are the same bytes; eight at a time, where there are as many.
    @inline(__always)
    fileprivate func says(_ other: Span<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        let (left, right) = unsafe (self.bytes, other.bytes)
        var offset = 0
        while offset + 8 <= left.byteCount {
            // Eight bytes from the offset on lie within both.
            let word = unsafe left.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let otherWord = unsafe right.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word == otherWord else { return false }
            offset += 8
        }
        while offset < self.count {
            guard self[offset] == other[offset] else { return false }
            offset += 1
        }
        return true
    }
}
