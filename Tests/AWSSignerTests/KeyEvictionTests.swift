// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if DEBUG
import AWSSigner
import HTTPTypes
import Synchronization
import SystemCrypto
import Testing

@Suite struct KeyEvictionTests {
    /// What was left of the secrets that were overwritten, by how long they were.
    private final class Remains: Sendable {
        private let memory = Mutex<[Int: [UInt8]]>([:])

        func note(_ bytes: Span<UInt8>) { self.memory.withLock { $0[bytes.count] = bytes.indices.map { bytes[$0] } } }

        subscript(count: Int) -> [UInt8]? { self.memory.withLock { $0[count] } }
    }

    private static func sign(with signer: AWSSigner, secret: String) throws {
        let context = SigningContext(
            credentials: AWSCredentials(accessKeyID: "AKID", secretAccessKey: secret), region: "eu-west-1", service: "iot",
            timestamp: AWSTimestamp(secondsSinceEpoch: 1_700_000_000))
        var request = HTTPRequest(method: .get, scheme: "https", authority: "iot.eu-west-1.amazonaws.com", path: "/")
        try signer.sign(&request, payload: .bytes([]), in: context)
    }

    @Test func `a secret whose key makes room for another is overwritten, and not before`() throws {
        let signer = AWSSigner(keyCapacity: 2)
        // Lengths that no other secret of the signer has.
        let secrets = [101, 151, 201].map { String(repeating: "s", count: $0) }
        let remains = Remains()
        try SecretBytesObserver.$current.withValue({ remains.note($0) }) {
            for secret in secrets.prefix(2) { try Self.sign(with: signer, secret: secret) }
            #expect(remains[101] == nil)
            try Self.sign(with: signer, secret: secrets[2])
        }
        #expect(remains[101] == [UInt8](repeating: 0, count: 101))
        #expect(remains[151] == nil)
    }
}
#endif
