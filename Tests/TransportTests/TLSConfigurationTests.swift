// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Transport

@Suite struct TLSConfigurationTests {
    private static let secret = "-----BEGIN PRIVATE KEY-----"

    /// A configuration with a key in memory, and all that holds it.
    private static var configuration: TLSConfiguration {
        let key = PEMSource.bytes(Array(Self.secret.utf8))
        return TLSConfiguration(
            trustRoots: .custom(.file("/etc/ca.pem")),
            identity: .init(certificateChain: .file("/etc/client.pem"), privateKey: key, passphrase: PEMPassphrase("open sesame")))
    }

    @Test func `no description and no dump shows a key`() {
        let configuration = Self.configuration
        var texts = [String(describing: configuration), String(reflecting: configuration)]
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(ByteStreamTarget(host: "host", port: 1, tls: configuration), to: &dumped)
        texts.append(dumped)
        // A byte array shows itself as a list of numbers: the first three of the text.
        for text in texts {
            #expect(!text.contains("PRIVATE KEY"))
            #expect(!text.contains("open sesame"))
            #expect(!text.contains("45, 45, 45"))
            #expect(!text.contains("- 45\n"))
        }
        #expect(String(describing: configuration).contains("PEM in memory"))
        #expect(String(describing: configuration).contains("/etc/client.pem"))
    }

    @Test func `configurations are equal when all that they say is`() {
        let configuration = Self.configuration
        #expect(configuration == Self.configuration)
        var other = configuration
        other.minimumVersion = .tls13
        #expect(other != configuration)
        other = configuration
        other.identity?.privateKey = .bytes([1])
        #expect(other != configuration)
        other = configuration
        other.trustRoots = .system
        #expect(other != configuration)
    }

    @Test func `the defaults verify the peer against the system's roots`() {
        #expect(TLSConfiguration.systemDefault == TLSConfiguration(trustRoots: .system, identity: nil, minimumVersion: .tls12))
        #expect(TLSConfiguration.Version.tls12 < .tls13)
    }
}
