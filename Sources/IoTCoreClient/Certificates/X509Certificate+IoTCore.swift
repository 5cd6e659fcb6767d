// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import SystemCrypto

extension X509Certificate {
    /// The id that AWS IoT gives the certificate, of a device or of a CA: the SHA-256 of its DER form, in hex.
    public var iotCertificateID: String { self.fingerprint.hexadecimal }
}
