// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import SystemCrypto
import Testing

@Suite struct CertificateIDTests {
    /// Made with `openssl req -x509`; its id with `openssl x509 -outform DER | sha256sum`.
    static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIBdzCCAR2gAwIBAgIUOy3mw5/wELlB8PYZ5nN4FbKSZP8wCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGZGV2aWNlMB4XDTI2MTEyMzAzMTI0NloXDTM2MTEyMDAzMTI0
        NlowETEPMA0GA1UEAwwGZGV2aWNlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
        gAU/7YHWtZFeK0wt+5O2KcYpqRrzQgqc9Aod1TBcGTRu3U0RQl1tDUOyZZ5+n/8q
        5yW+47NVTL5iqzqILRbDQaNTMFEwHQYDVR0OBBYEFKsbYKILNkDwM9oV1iy8BrHB
        Br2uMB8GA1UdIwQYMBaAFKsbYKILNkDwM9oV1iy8BrHBBr2uMA8GA1UdEwEB/wQF
        MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgfqsnE2FbpLEaFIYG5jmFpq2lBXWmJuw4
        84M3hzk8mpoCIQDCQ/ZSylDME/e6Q1mJLqBVe/3Aq9zstuPWVO+NMNTggg==
        -----END CERTIFICATE-----
        """

    @Test func `the id is the digest of the certificate, whatever the white space of its text`() throws {
        let id = "cbadc077b2071799c2b006f93c1a3f7d1e8add8c53849555f241748c36bebb42"
        #expect(try X509Certificate(pem: Self.pem).iotCertificateID == id)
        #expect(try X509Certificate(pem: Self.pem.replacing("\n", with: "\r\n") + "\n").iotCertificateID == id)
    }
}
