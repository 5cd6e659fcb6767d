// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import SystemCrypto
import Testing

@Suite struct AsymmetricKeyDerivationTests {
    @Test func `a key is the one that other implementations derive`() throws {
        // The values of tests/key_derivation_tests.c of https://github.com/awslabs/aws-c-auth, which IAM derives too.
        let credentials = AWSCredentials(accessKeyID: "AKISORANDOMAASORANDOM", secretAccessKey: "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom")
        let expected = try PublicKey(
            p256: "15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb",
            "0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0")
        #expect(try AsymmetricKeyDerivation.key(of: credentials).publicKey == expected)
    }

    @Test(arguments: [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000001"
        ),
        (
            "00000000000000000000000000000000000000000000000000000000000000ff",
            "0000000000000000000000000000000000000000000000000000000000000100"
        ),
        (
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f",
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
        ),
        ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", nil),
        ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cad000000000", nil),
        ("ffffffff00000001000000000000000000000000000000000000000000000000", nil),
        ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", nil),
        (
            "fffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "ffffffff00000000000000000000000000000000000000000000000000000000"
        ),
        ("00", nil), ("", nil),
    ])
    func `a candidate in range becomes the next number`(candidate: String, expected: String?) throws {
        var bytes = try #require(Hexadecimal.decode(candidate))
        var span = bytes.mutableSpan
        let isInRange = AsymmetricKeyDerivation.incrementIfInRange(&span)
        #expect(isInRange == (expected != nil))
        let number = Hexadecimal.encode(bytes.span)
        if let expected { #expect(number == expected) }
    }
}
