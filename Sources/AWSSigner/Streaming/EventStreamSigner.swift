// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import SystemCrypto

/// Signs the messages of an event stream that a client sends, `application/vnd.amazon.eventstream`.
///
/// ``AWSSigner/sign(_:eventStreamIn:)`` makes one for each request. Each message, as it would stand in an unsigned stream, becomes the payload
/// of an outer message that has the headers from here; a last outer message without payload ends the stream.
///
/// Source: "Amazon event stream specification", Smithy 2.0, section "Message signing".
public struct EventStreamSigner: ~Copyable, Sendable {
    private var signature: StreamSignature

    init(_ signature: StreamSignature) { self.signature = signature }

    /// Signs the next message.
    ///
    /// - Parameters:
    ///   - payload: the message as it would stand in an unsigned stream; empty to end the stream.
    ///   - timestamp: when it is signed; the key follows the day.
    /// - Returns: the encoded headers of the outer message: `:date` and `:chunk-signature`.
    /// - Throws: ``AWSSignerError/Code/invalidContext`` for a time that cannot be written; ``AWSSignerError/Code/cryptographyFailed`` when
    ///   OpenSSL fails.
    public mutating func headers(for payload: Span<UInt8>, at timestamp: AWSTimestamp) throws(AWSSignerError) -> [UInt8] {
        guard timestamp.isRepresentable else {
            throw AWSSignerError(.invalidContext, message: "the time is not in the years 1 to 9999")
        }
        // A timestamp is of type 8, in milliseconds; a byte array of type 6, with its length before it.
        let date = Self.name(":date") + [8] + Self.bigEndian(UInt64(bitPattern: timestamp.secondsSinceEpoch * 1_000))
        let digits = try self.signature.sign(payload, headers: date, at: timestamp)
        guard let signature = Hexadecimal.decode(digits) else {
            throw AWSSignerError(.cryptographyFailed, message: "the signature is no hexadecimal text")
        }
        return date + Self.name(":chunk-signature") + [6, 0, UInt8(truncatingIfNeeded: signature.count)] + signature
    }

    private static func name(_ name: StaticString) -> [UInt8] {
        let bytes = Array("\(name)".utf8)
        return [UInt8(truncatingIfNeeded: bytes.count)] + bytes
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}
