// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// The call that is measured: what AWS IoT's data plane takes to publish a message.
struct Publish: AWSOperation {
    static var service: AWSService {
        AWSService(name: "IoT Data Plane", endpointPrefix: "data-ats.iot", signingName: "iotdata", wireProtocol: .restJSON)
    }
    static var name: String { "Publish" }

    let topic: String
    let payload: [UInt8]

    func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/topics/\(self.topic)")
        request.query("qos", 1)
        request.body(self.payload)
    }

    static func decode(_ response: AWSResponse) throws(AWSError) {}

    /// Some 300 bytes of a device shadow.
    static let sample = Publish(
        topic: "device/1/pki",
        payload: Array((#"{"state":{"desired":{"k":""# + String(repeating: "x", count: 270) + #""}}}"#).utf8.prefix(300)))
}
