// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Registers a device certificate that a registered CA signed.
///
/// API reference: [RegisterCertificate](https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterCertificate.html).
public struct RegisterCertificate: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "RegisterCertificate" }

    /// The certificate as PEM.
    public var certificatePEM: String
    /// The certificate of the CA that signed it, as PEM; needed where several CAs share a subject.
    public var caCertificatePEM: String?
    /// The status.
    public var status: CertificateStatus?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - certificatePEM: the certificate as PEM.
    ///   - caCertificatePEM: the certificate of the CA that signed it, as PEM; needed where several CAs share a subject.
    ///   - status: the status.
    public init(certificatePEM: String, caCertificatePEM: String? = nil, status: CertificateStatus? = nil) {
        self.certificatePEM = certificatePEM
        self.caCertificatePEM = caCertificatePEM
        self.status = status
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The certificate's ARN.
        public var certificateARN: String?
        /// The certificate's id: the SHA-256 of its DER form, in hex.
        public var certificateID: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/certificate/register")
        request.json("certificatePem", self.certificatePEM)
        request.json("caCertificatePem", self.caCertificatePEM)
        request.json("status", self.status)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "certificateArn": output.certificateARN = try .init(from: &json)
            case "certificateId": output.certificateID = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
