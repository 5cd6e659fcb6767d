// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Calls AWS with an operation that no client of this package has.

import AWSRuntime
import CurlTransport
import Logging

struct DescribeThingGroup: AWSJSONOperation {
    static var service: AWSService { AWSService(name: "IoT", endpointPrefix: "iot", wireProtocol: .restJSON) }
    static var name: String { "DescribeThingGroup" }
    typealias Output = String?

    var thingGroupName: String

    func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/thing-groups/\(self.thingGroupName)")
    }

    static func decode(_ json: inout JSONReader) throws(JSONError) -> String? {
        try JSONValue(from: &json)["thingGroupArn"]?.stringValue
    }
}

let aws = AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws"))

do throws(AWSError) {
    print(try await aws.send(DescribeThingGroup(thingGroupName: "factory-7")) ?? "a group without an ARN")
} catch {
    switch error.code {
    case .resourceNotFound: print("there is no such group")
    default: print(error.isRetryable ? "try again later: \(error)" : "this has to be put right: \(error)")
    }
}
