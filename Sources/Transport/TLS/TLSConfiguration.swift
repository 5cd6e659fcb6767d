// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a connection is secured, as a plain value that every transport understands.
///
/// The defaults verify the peer against the system's trust store and its host name, with TLS 1.2 or newer.
public struct TLSConfiguration: Hashable, Sendable {
    /// Certificates that are trusted to vouch for the peer.
    public enum TrustRoots: Hashable, Sendable {
        /// The trust store of the system.
        case system
        /// These alone.
        case custom(PEMSource)
    }

    /// A version of the TLS protocol.
    public enum Version: Hashable, Sendable, Comparable {
        /// TLS 1.2 (RFC 5246).
        case tls12
        /// TLS 1.3 (RFC 8446).
        case tls13
    }

    /// The certificate and key by which this side shows who it is.
    public struct Identity: Hashable, Sendable {
        /// The leaf certificate, then the intermediates.
        public var certificateChain: PEMSource
        /// The private key of the leaf.
        public var privateKey: PEMSource
        /// What the private key is opened with, where it is encrypted; by default none.
        public var passphrase: PEMPassphrase?

        /// Makes an identity.
        ///
        /// - Parameters:
        ///   - certificateChain: the leaf certificate, then the intermediates.
        ///   - privateKey: the private key of the leaf.
        ///   - passphrase: what the private key is opened with, where it is encrypted.
        public init(certificateChain: PEMSource, privateKey: PEMSource, passphrase: PEMPassphrase? = nil) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
            self.passphrase = passphrase
        }
    }

    /// Which certificates vouch for the peer; by default the system's trust store.
    public var trustRoots: TrustRoots
    /// The client certificate, where the peer asks for one; by default none.
    public var identity: Identity?
    /// The oldest version that is spoken; by default TLS 1.2.
    public var minimumVersion: Version
    /// The ciphers of TLS 1.2 that are offered, best first, by OpenSSL's names, such as `ECDHE-ECDSA-AES256-GCM-SHA384`; by default, when empty,
    /// those of the library.
    public var ciphers: [String]
    /// The cipher suites of TLS 1.3 that are offered, best first, such as `TLS_AES_256_GCM_SHA384`; by default, when empty, those of the library.
    public var cipherSuites: [String]

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - trustRoots: which certificates vouch for the peer.
    ///   - identity: the client certificate and its key.
    ///   - minimumVersion: the oldest version that is spoken.
    ///   - ciphers: the ciphers of TLS 1.2 that are offered.
    ///   - cipherSuites: the cipher suites of TLS 1.3 that are offered.
    public init(
        trustRoots: TrustRoots = .system, identity: Identity? = nil, minimumVersion: Version = .tls12, ciphers: [String] = [],
        cipherSuites: [String] = []
    ) {
        self.trustRoots = trustRoots
        self.identity = identity
        self.minimumVersion = minimumVersion
        self.ciphers = ciphers
        self.cipherSuites = cipherSuites
    }

    /// The system's trust store, no client certificate, TLS 1.2 or newer.
    public static var systemDefault: TLSConfiguration { TLSConfiguration() }
}
