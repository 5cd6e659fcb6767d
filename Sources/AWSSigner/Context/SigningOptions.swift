// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// In what the signatures of some services differ.
public struct SigningOptions: Hashable, Sendable {
    /// Whether dot segments and empty segments are removed from the signed path; true by default, false for S3.
    public var normalizesPath: Bool
    /// Whether the path, which is percent-encoded on the wire, is encoded once more in the signature; true by default, false for S3.
    public var encodesPathTwice: Bool
    /// Whether the digest of the body is added as the header `X-Amz-Content-SHA256`; false by default, true for S3.
    public var addsContentDigestHeader: Bool
    /// Whether a session token is part of what is signed; true by default.
    ///
    /// AWS IoT's WebSocket endpoint wants it added behind the signature.
    public var signsSessionToken: Bool

    /// Makes options.
    ///
    /// - Parameters:
    ///   - normalizesPath: whether dot segments and empty segments are removed from the signed path.
    ///   - encodesPathTwice: whether the path is encoded once more in the signature.
    ///   - addsContentDigestHeader: whether the digest of the body is added as a header.
    ///   - signsSessionToken: whether a session token is part of what is signed.
    public init(
        normalizesPath: Bool = true, encodesPathTwice: Bool = true, addsContentDigestHeader: Bool = false, signsSessionToken: Bool = true
    ) {
        self.normalizesPath = normalizesPath
        self.encodesPathTwice = encodesPathTwice
        self.addsContentDigestHeader = addsContentDigestHeader
        self.signsSessionToken = signsSessionToken
    }

    /// What a service wants.
    ///
    /// - Parameter service: the name under which the service signs.
    /// - Returns: ``s3`` for S3 and what shares its protocol, ``iotWebSocket`` for AWS IoT's WebSocket endpoint, otherwise ``standard``.
    public static func forService(_ service: String) -> SigningOptions {
        switch service {
        case "s3", "s3express", "s3-object-lambda", "s3-outposts": .s3
        case "iotdevicegateway": .iotWebSocket
        default: .standard
        }
    }

    /// What all services want that are not named in ``forService(_:)``.
    public static let standard = SigningOptions()
    /// What S3 wants.
    public static let s3 = SigningOptions(normalizesPath: false, encodesPathTwice: false, addsContentDigestHeader: true)
    /// What AWS IoT wants for MQTT over WebSocket, service name `iotdevicegateway`.
    public static let iotWebSocket = SigningOptions(signsSessionToken: false)
}
