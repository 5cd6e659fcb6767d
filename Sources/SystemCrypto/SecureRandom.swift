// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// Random bytes that nobody can foretell.
public enum SecureRandom {
    /// Makes random bytes with OpenSSL's generator, which the operating system seeds.
    ///
    /// - Parameter count: how many, from 0 to 1 MiB.
    /// - Returns: the bytes.
    /// - Throws: ``CryptoError/Code/invalidArgument`` for another count; ``CryptoError/Code/operationFailed`` when the generator has no
    ///   entropy.
    public static func bytes(count: Int) throws(CryptoError) -> [UInt8] {
        guard (0...1_048_576).contains(count) else {
            throw CryptoError(.invalidArgument, message: "\(count) random bytes were asked for; 0 to 1048576 can be made at once")
        }
        OpenSSLErrorQueue.clear()
        var status: Int32 = 1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let start = buffer.baseAddress, count > 0 else { return }
            status = unsafe RAND_bytes(start, Int32(count))
            initialized = status == 1 ? count : 0
        }
        guard status == 1 else { throw .openSSL(.operationFailed, "the random generator failed") }
        return bytes
    }
}
