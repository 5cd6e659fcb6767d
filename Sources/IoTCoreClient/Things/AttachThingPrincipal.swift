// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Attaches a certificate to a thing; attaching it again is no error.
///
/// API reference: [AttachThingPrincipal](https://docs.aws.amazon.com/iot/latest/apireference/API_AttachThingPrincipal.html).
public struct AttachThingPrincipal: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "AttachThingPrincipal" }

    /// The thing's name.
    public var thingName: String
    /// The ARN of the certificate.
    public var principal: String

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - thingName: the thing's name.
    ///   - principal: the ARN of the certificate.
    public init(thingName: String, principal: String) {
        self.thingName = thingName
        self.principal = principal
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.put, "/things/\(self.thingName)/principals")
        request.header("x-amzn-principal", self.principal)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
