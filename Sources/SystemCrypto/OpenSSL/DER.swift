// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Reads and writes the DER form of OpenSSL objects.
enum DER {
    /// The longest key, certificate or request that is read, as PEM or as DER.
    ///
    /// AWS IoT takes no more than 64 KiB either.
    static let maximumBytes = 65_536

    /// Parses all of `bytes` with one of OpenSSL's `d2i` functions.
    ///
    /// Bytes left over are an error.
    ///
    /// - Parameters:
    ///   - bytes: the DER form.
    ///   - code: the code of the error that is thrown for bytes that are no such object.
    ///   - what: what the bytes should be, for the message.
    ///   - free: frees the object.
    ///   - decode: calls the `d2i` function, which moves the cursor behind what it has read.
    static func parse(
        _ bytes: Span<UInt8>, orThrow code: CryptoError.Code, _ what: String, free: @escaping @Sendable (OpaquePointer?) -> Void,
        decode: (_ cursor: inout UnsafePointer<UInt8>?, _ count: Int) -> OpaquePointer?
    ) throws(CryptoError) -> OpenSSLObject {
        guard bytes.count <= self.maximumBytes else {
            throw CryptoError(.inputTooLarge, message: "\(what) has \(bytes.count) bytes; at most \(self.maximumBytes) are read")
        }
        OpenSSLErrorQueue.clear()
        var consumed = 0
        let pointer = unsafe bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            let pointer = unsafe decode(&cursor, buffer.count)
            if let start = buffer.baseAddress, let end = unsafe cursor { unsafe consumed = end - UnsafePointer(start) }
            return unsafe pointer
        }
        let object = try unsafe OpenSSLObject(pointer, free: free, orThrow: code, "the bytes are not \(what)")
        guard consumed == bytes.count else {
            throw CryptoError(code, message: "\(bytes.count - consumed) bytes follow \(what)")
        }
        return object
    }

    /// An element of a tag of one byte, with its length in the shortest form.
    ///
    /// - Parameters:
    ///   - tag: the tag.
    ///   - content: what stands in it, below 64 KiB.
    static func element(tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let low = UInt8(truncatingIfNeeded: content.count)
        let high = UInt8(truncatingIfNeeded: content.count >> 8)
        let length: [UInt8] =
            switch content.count {
            case ..<0x80: [low]
            case ..<0x100: [0x81, low]
            default: [0x82, high, low]
            }
        return [tag] + length + content
    }

    /// The bytes that one of OpenSSL's `i2d` functions writes.
    ///
    /// - Parameters:
    ///   - what: what is written, for the message.
    ///   - encode: calls the `i2d` function: without a place it tells the length, with one it writes.
    static func bytes(
        of what: String, encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(CryptoError) -> [UInt8] {
        OpenSSLErrorQueue.clear()
        let count = Int(encode(nil))
        guard count > 0 else { throw .openSSL(.operationFailed, "\(what) could not be encoded") }
        var written = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var cursor = buffer.baseAddress
            written = Int(unsafe encode(&cursor))
            initialized = max(0, min(written, count))
        }
        guard written == count else { throw .openSSL(.operationFailed, "\(what) could not be encoded") }
        return bytes
    }
}
