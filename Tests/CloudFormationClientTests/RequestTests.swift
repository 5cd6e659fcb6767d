// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import CloudFormationClient
import Foundation
import Testing

/// Compares each request with the one that botocore makes of the same input.
@Suite struct RequestTests {
    static let template = #"{"Description": "ü & x = 100 %", "Resources": {}}"#
    static let role = "arn:aws:iam::123456789012:role/r"

    static let operations: [String: any CloudFormationOperation] = [
        "CreateStack": CreateStack(stackName: "lamassu", templateBody: template),
        "CreateStack with everything": CreateStack(
            stackName: "lamassu", templateBody: template,
            parameters: [StackParameter(key: "A", value: "1 + 1 = 2"), StackParameter(key: "B", value: "")],
            capabilities: [.iam, .namedIAM], tags: [StackTag(key: "k", value: "v")], roleARN: role, clientRequestToken: "t-1"),
        "UpdateStack": UpdateStack(
            stackName: "lamassu", templateBody: template, parameters: [.previousValue(of: "A")], capabilities: [.autoExpand],
            tags: [StackTag(key: "k", value: "v")], roleARN: role, clientRequestToken: "t-2"),
        "UpdateStack with its own template": UpdateStack(stackName: "lamassu", templateBody: nil),
        "DescribeStacks": DescribeStacks(),
        "DescribeStacks of one": DescribeStacks(stackName: "lamassu", nextToken: "n"),
        "DescribeStackEvents": DescribeStackEvents(stackName: "lamassu", nextToken: "n"),
        "DeleteStack": DeleteStack(stackName: "lamassu", roleARN: role, clientRequestToken: "t-3"),
        "DescribeStackResources": DescribeStackResources(stackName: "lamassu", logicalResourceID: "Responses"),
    ]

    static func recorded() throws -> [RecordedRequest] {
        let file = try #require(Bundle.module.url(forResource: "requests", withExtension: "json", subdirectory: "Fixtures"))
        return try RecordedRequest.all(in: Array(Data(contentsOf: file)))
    }

    @Test(arguments: try recorded()) func `a request is the one that botocore makes`(recorded: RecordedRequest) throws {
        let operation = try #require(Self.operations[recorded.name])
        #expect(try RequestShape(of: operation) == recorded.shape())
    }

    @Test func `each input here has a recorded request`() throws {
        #expect(try Set(Self.operations.keys) == Set(Self.recorded().map(\.name)))
    }
}
