// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Registers the certificate of a CA, so that device certificates which it signed can be registered.
///
/// API reference: [RegisterCACertificate](https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterCACertificate.html).
public struct RegisterCACertificate: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "RegisterCACertificate" }

    /// The CA's certificate as PEM.
    public var caCertificate: String
    /// A certificate for the registration code that the CA signed, as PEM; not used with SNI only.
    public var verificationCertificate: String?
    /// Whether the CA is active from the start.
    public var setAsActive: Bool?
    /// Whether its devices register themselves when they first connect.
    public var allowAutoRegistration: Bool?
    /// Names and values for the owner's use.
    public var tags: [Tag]?
    /// How AWS tells which account the CA's devices belong to.
    public var certificateMode: CertificateMode?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - caCertificate: the CA's certificate as PEM.
    ///   - verificationCertificate: a certificate for the registration code that the CA signed, as PEM; not used with SNI only.
    ///   - setAsActive: whether the CA is active from the start.
    ///   - allowAutoRegistration: whether its devices register themselves when they first connect.
    ///   - tags: names and values for the owner's use.
    ///   - certificateMode: how AWS tells which account the CA's devices belong to.
    public init(
        caCertificate: String,
        verificationCertificate: String? = nil,
        setAsActive: Bool? = nil,
        allowAutoRegistration: Bool? = nil,
        tags: [Tag]? = nil,
        certificateMode: CertificateMode? = nil
    ) {
        self.caCertificate = caCertificate
        self.verificationCertificate = verificationCertificate
        self.setAsActive = setAsActive
        self.allowAutoRegistration = allowAutoRegistration
        self.tags = tags
        self.certificateMode = certificateMode
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
        request.http(.post, "/cacertificate")
        request.json("caCertificate", self.caCertificate)
        request.json("verificationCertificate", self.verificationCertificate)
        request.query("setAsActive", self.setAsActive)
        request.query("allowAutoRegistration", self.allowAutoRegistration)
        request.json("tags", self.tags)
        request.json("certificateMode", self.certificateMode)
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
