// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

extension CurlEasyHandle {
    /// Sets everything that a TLS configuration says; the peer and its name are always verified.
    ///
    /// libcurl reuses a connection only where these options are the same, the certificate of this side among them. The private
    /// key is not compared, which is sound: a certificate fits one key alone, and the connection has proven it.
    func apply(_ configuration: TLSConfiguration) throws(TransportError) {
        try self.set(CURLOPT_SSL_VERIFYPEER, 1)
        try self.set(CURLOPT_SSL_VERIFYHOST, 2)
        switch configuration.minimumVersion {
        case .tls12: try self.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        case .tls13: try self.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3))
        }
        switch configuration.trustRoots {
        case .system:
            // The bundle takes some 24 ms to load; libcurl keeps it per multi handle, but only where no folder is set besides.
            if CurlLibrary.hasCertificateBundle { try self.set(CURLOPT_CAPATH, nil) }
        case .custom(let source):
            try self.set(CURLOPT_CAPATH, nil)
            try self.set(CURLOPT_CAINFO, nil)
            // A file is read at each connect, as `PEMSource` promises.
            try self.setIfKnown(CURLOPT_CA_CACHE_TIMEOUT, 0)
            try self.apply(source, file: CURLOPT_CAINFO, bytes: CURLOPT_CAINFO_BLOB)
        }
        if let identity = configuration.identity {
            try self.apply(identity.certificateChain, file: CURLOPT_SSLCERT, bytes: CURLOPT_SSLCERT_BLOB)
            try self.apply(identity.privateKey, file: CURLOPT_SSLKEY, bytes: CURLOPT_SSLKEY_BLOB)
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
