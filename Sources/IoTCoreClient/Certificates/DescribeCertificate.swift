// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Describes a device certificate.
///
/// API reference: [DescribeCertificate](https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeCertificate.html).
public struct DescribeCertificate: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "DescribeCertificate" }

    /// The certificate's id: the SHA-256 of its DER form, in hex.
    public var certificateID: String

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - certificateID: the certificate's id: the SHA-256 of its DER form, in hex.
    public init(certificateID: String) {
        self.certificateID = certificateID
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The certificate.
        public var certificateDescription: CertificateDescription?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/certificates/\(self.certificateID)")
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "certificateDescription": output.certificateDescription = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
