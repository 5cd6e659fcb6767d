// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

extension CurlEasyHandle {
    /// Which options of libcurl a TLS configuration goes into.
    private struct TLSOptions {
        let verifiesPeer, verifiesHost, version, roots, rootsBytes, rootsFolder: CURLoption
        let certificate, certificateBytes, key, keyBytes, passphrase, ciphers, cipherSuites: CURLoption

        static let peer = TLSOptions(
            verifiesPeer: CURLOPT_SSL_VERIFYPEER, verifiesHost: CURLOPT_SSL_VERIFYHOST, version: CURLOPT_SSLVERSION, roots: CURLOPT_CAINFO,
            rootsBytes: CURLOPT_CAINFO_BLOB, rootsFolder: CURLOPT_CAPATH, certificate: CURLOPT_SSLCERT,
            certificateBytes: CURLOPT_SSLCERT_BLOB, key: CURLOPT_SSLKEY, keyBytes: CURLOPT_SSLKEY_BLOB, passphrase: CURLOPT_KEYPASSWD,
            ciphers: CURLOPT_SSL_CIPHER_LIST, cipherSuites: CURLOPT_TLS13_CIPHERS)
        static let proxy = TLSOptions(
            verifiesPeer: CURLOPT_PROXY_SSL_VERIFYPEER, verifiesHost: CURLOPT_PROXY_SSL_VERIFYHOST, version: CURLOPT_PROXY_SSLVERSION,
            roots: CURLOPT_PROXY_CAINFO, rootsBytes: CURLOPT_PROXY_CAINFO_BLOB, rootsFolder: CURLOPT_PROXY_CAPATH,
            certificate: CURLOPT_PROXY_SSLCERT, certificateBytes: CURLOPT_PROXY_SSLCERT_BLOB, key: CURLOPT_PROXY_SSLKEY,
            keyBytes: CURLOPT_PROXY_SSLKEY_BLOB, passphrase: CURLOPT_PROXY_KEYPASSWD, ciphers: CURLOPT_PROXY_SSL_CIPHER_LIST,
            cipherSuites: CURLOPT_PROXY_TLS13_CIPHERS)
    }

    /// Sets everything that a TLS configuration says; the peer and its name are always verified.
    ///
    /// libcurl reuses a connection only where these options are the same, the certificate of this side among them. The private
    /// key is not compared, which is sound: a certificate fits one key alone, and the connection has proven it.
    func apply(_ configuration: TLSConfiguration) throws(TransportError) { try self.apply(configuration, to: .peer) }

    /// Sets how the connection to a proxy is secured.
    func applyToProxy(_ configuration: TLSConfiguration) throws(TransportError) { try self.apply(configuration, to: .proxy) }

    private func apply(_ configuration: TLSConfiguration, to options: TLSOptions) throws(TransportError) {
        try self.set(options.verifiesPeer, 1)
        try self.set(options.verifiesHost, 2)
        switch configuration.minimumVersion {
        case .tls12: try self.set(options.version, Int(CURL_SSLVERSION_TLSv1_2))
        case .tls13: try self.set(options.version, Int(CURL_SSLVERSION_TLSv1_3))
        }
        if !configuration.ciphers.isEmpty { try self.set(options.ciphers, configuration.ciphers.joined(separator: ":")) }
        if !configuration.cipherSuites.isEmpty { try self.set(options.cipherSuites, configuration.cipherSuites.joined(separator: ":")) }
        switch configuration.trustRoots {
        case .system:
            // The bundle takes some 24 ms to load; libcurl keeps it per multi handle, but only where no folder is set besides.
            if CurlLibrary.hasCertificateBundle { try self.set(options.rootsFolder, nil) }
        case .custom(let source):
            try self.set(options.rootsFolder, nil)
            try self.set(options.roots, nil)
            // A file is read at each connect, as `PEMSource` promises.
            try self.setIfKnown(CURLOPT_CA_CACHE_TIMEOUT, 0)
            // A resumed session would go on with the peer that it began with, also after its authority was taken out of the file.
            if case .file = source.storage { try self.set(CURLOPT_SSL_SESSIONID_CACHE, 0) }
            try self.apply(source, file: options.roots, bytes: options.rootsBytes)
        }
        if let identity = configuration.identity {
            try self.apply(identity.certificateChain, file: options.certificate, bytes: options.certificateBytes)
            try self.apply(identity.privateKey, file: options.key, bytes: options.keyBytes)
            // Never none, without which OpenSSL would ask for the passphrase on the terminal.
            try self.set(options.passphrase, identity.passphrase?.text ?? "")
            // A resumed session would go on under the certificate it began with, also after the file was replaced.
            try self.set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        }
    }

    private func apply(_ source: PEMSource, file: CURLoption, bytes: CURLoption) throws(TransportError) {
        switch source.storage {
        case .file(let path): try self.set(file, path)
        case .bytes(let pem):
            guard !pem.isEmpty else { throw TransportError(.tlsConfigurationInvalid, message: "the PEM text in memory is empty") }
            try self.set(bytes, blob: pem)
        }
    }
}
