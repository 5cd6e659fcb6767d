// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct SecretBytesTests {
    private func bytes(_ secret: borrowing SecretBytes) -> [UInt8] { secret.withSpan { span in span.indices.map { span[$0] } } }

    @Test func `bytes are kept until they are cleared`() {
        var secret = SecretBytes(copying: [1, 2, 3].span)
        #expect(self.bytes(secret) == [1, 2, 3])
        secret.withMutableSpan { $0[1] = 9 }
        #expect(self.bytes(secret) == [1, 9, 3])
        secret.clear()
        #expect(self.bytes(secret) == [0, 0, 0])
    }

    @Test func `no bytes are bytes`() {
        let empty: [UInt8] = []
        #expect(self.bytes(SecretBytes(copying: empty.span)).isEmpty)
    }

    @Test func `a failure while the bytes are written is passed on`() {
        #expect(throws: CryptoError(.invalidArgument, message: "")) {
            _ = try SecretBytes(count: 8) { (bytes) throws(CryptoError) in
                bytes[0] = 1
                throw CryptoError(.invalidArgument, message: "")
            }
        }
    }

    private func key(of number: [UInt8]) throws(CryptoError) -> PrivateKey {
        let secret = SecretBytes(copying: number.span)
        return try PrivateKey(p256Scalar: secret)
    }

    @Test func `a key of a number is the one that openssl makes of it`() throws {
        // The generator of P-256 itself is the public key of the number 1 (SEC 2 section 2.4.2).
        let one = try self.key(of: [UInt8](repeating: 0, count: 31) + [1])
        let point = Array(one.publicKey.subjectPublicKeyInfo.suffix(64))
        let digits = Hexadecimal.encode(point.span)
        #expect(
            digits
                == "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
        #expect(try OpenSSLCommand.output(["pkey", "-check", "-noout"], input: Array(one.pem().utf8)).contains("Key is valid"))
    }

    @Test(arguments: [[UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xff, count: 32), [1], []])
    func `a number that is no private key is an error`(number: [UInt8]) {
        #expect(throws: CryptoError(.malformedKey, message: "")) { try self.key(of: number) }
    }
}
