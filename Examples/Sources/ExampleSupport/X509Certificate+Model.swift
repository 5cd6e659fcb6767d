// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
public import LamassuEvents
public import SystemCrypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Certificate {
    /// The service's description of a certificate.
    public init(_ certificate: X509Certificate, status: CertificateStatus) {
        self.init(
            serialNumber: certificate.serialNumber.hexadecimal, status: status, certificate: Base64.encode(Array(certificate.pem.utf8)))
        self.subjectKeyID = certificate.subjectKeyID
        self.authorityKeyID = certificate.authorityKeyID
        self.subject = LamassuEvents::DistinguishedName(certificate.subject)
        self.issuer = LamassuEvents::DistinguishedName(certificate.issuer)
        self.isCA = certificate.isCA
    }
}

extension LamassuEvents::DistinguishedName {
    fileprivate init(_ name: SystemCrypto::DistinguishedName) {
        self.init(commonName: name.commonName ?? "", organization: name.organization ?? "")
    }
}

extension CertificateValidity {
    /// From a minute ago, because clocks differ, for a number of days.
    public static func days(_ count: Int64) -> CertificateValidity {
        let now = Int64(time(nil))
        return CertificateValidity(notBefore: now - 60, notAfter: now + count * 86_400)
    }
}
