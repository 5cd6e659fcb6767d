// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Describes a registered CA certificate.
///
/// API reference: [DescribeCACertificate](https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeCACertificate.html).
public struct DescribeCACertificate: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "DescribeCACertificate" }

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
        /// The CA certificate.
        public var certificateDescription: CACertificateDescription?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/cacertificate/\(self.certificateID)")
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
