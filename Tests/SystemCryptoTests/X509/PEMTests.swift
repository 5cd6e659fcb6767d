// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import TestSupport
import Testing

/// The strict reading of PEM text, seen through certificates.
@Suite struct PEMTests {
    let pem: String

    init() throws { self.pem = try TestAuthority().certificate.pem }

    @Test func `white space around the block and at line ends is ignored`() throws {
        let certificate = try X509Certificate(pem: self.pem)
        let lines = self.pem.split(separator: "\n")
        for text in [
            "\n\n  " + self.pem + "\r\n\t\n", lines.joined(separator: "\r\n"), lines.joined(separator: " \t\n\n"),
            String(self.pem.dropLast()),
        ] {
            #expect(try X509Certificate(pem: text) == certificate)
        }
    }

    @Test func `any line length is read`() throws {
        let lines = self.pem.split(separator: "\n")
        let body = lines.dropFirst().dropLast().joined()
        #expect(try X509Certificate(pem: "\(lines[0])\n\(body)\n\(lines[lines.count - 1])").pem == self.pem)
    }

    @Test func `text that is not one block of the label is an error`() throws {
        let lines = self.pem.split(separator: "\n").map(String.init)
        let body = lines.dropFirst().dropLast().joined(separator: "\n")
        let wrong = [
            "", "garbage", "Certificate:\n" + self.pem, self.pem + "garbage", self.pem + self.pem, lines[0], body,
            self.pem.replacing("BEGIN CERTIFICATE", with: "BEGIN TRUSTED CERTIFICATE"),
            self.pem.replacing("END CERTIFICATE", with: "END X"),
            self.pem.replacing("CERTIFICATE", with: "PRIVATE KEY"), "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\(body)\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n\(body)=\n-----END CERTIFICATE-----\n", "-----BEGIN \n-----END \n",
            "-----BEGIN -----\n-----END -----",
        ]
        for text in wrong {
            #expect(throws: CryptoError(.malformedPEM, message: ""), "\(text.prefix(40))") { try X509Certificate(pem: text) }
        }
    }

    @Test(arguments: ["TQ==", "TWE=", "TWFu", "TR==", "TWF=", "T===", "====", "TQ=", "TQ", "T", "TQ==TQ==", "T=Q=", "TW F"])
    func `base64 that is not canonical is an error, and what is canonical is only no certificate`(text: String) {
        let canonical = ["TQ==", "TWE=", "TWFu"].contains(text)
        #expect(throws: CryptoError(canonical ? .malformedCertificate : .malformedPEM, message: "")) {
            try X509Certificate(pem: "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n")
        }
    }

    @Test func `every truncation is an error`() {
        let bytes = Array(self.pem.utf8)
        for count in 0..<(bytes.count - 1) {
            #expect(throws: CryptoError.self) { try X509Certificate(pem: String(decoding: bytes.prefix(count), as: UTF8.self)) }
        }
    }

    @Test func `changed text gives a certificate or an error and never a trap`() {
        var random = SeededGenerator(seed: 2)
        let bytes = Array(self.pem.utf8)
        for _ in 0..<2_000 {
            let text = String(decoding: random.mutation(of: bytes), as: UTF8.self)
            do throws(CryptoError) { _ = try X509Certificate(pem: text) } catch { #expect(!error.message.isEmpty) }
        }
    }
}
