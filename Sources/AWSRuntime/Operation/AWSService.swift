// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A service of AWS: where it is, how its requests are written, and under which name they are signed.
public struct AWSService: Hashable, Sendable {
    /// How a service writes its requests and answers.
    public enum WireProtocol: Hashable, Sendable {
        /// Path, query and header fields carry parameters, the body is JSON (AWS `restJson1`).
        case restJSON
        /// The body is JSON, the header field `X-Amz-Target` names the operation (AWS `awsJson1_0`).
        case json10(targetPrefix: String)
        /// The same, under another media type (AWS `awsJson1_1`).
        case json11(targetPrefix: String)
        /// The request is a form, the answer XML (AWS `awsQuery`).
        case query(version: String)
    }

    /// The service's id, as error messages name it, such as `IoT`.
    public var name: String
    /// The first label of its host name, such as `iot`.
    public var endpointPrefix: String
    /// The name in the credential scope of a signature, such as `iot`.
    public var signingName: String
    /// How its requests are written.
    public var wireProtocol: WireProtocol

    /// Describes a service.
    ///
    /// - Parameters:
    ///   - name: the service's id.
    ///   - endpointPrefix: the first label of its host name.
    ///   - signingName: the name in the credential scope of a signature; by default the endpoint prefix.
    ///   - wireProtocol: how its requests are written.
    public init(name: String, endpointPrefix: String, signingName: String? = nil, wireProtocol: WireProtocol) {
        self.name = name
        self.endpointPrefix = endpointPrefix
        self.signingName = signingName ?? endpointPrefix
        self.wireProtocol = wireProtocol
    }
}
