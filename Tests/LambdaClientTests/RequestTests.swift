// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import Foundation
import LambdaClient
import Testing

/// Compares each request with the one that botocore makes of the same input.
@Suite struct RequestTests {
    static let operations: [String: any LambdaOperation] = [
        "Invoke": Invoke(functionName: "notify", payload: Array(#"{"a": "ü"}"#.utf8)),
        "Invoke with everything": Invoke(
            functionName: "arn:aws:lambda:eu-west-1:123456789012:function:notify", payload: Array("[]".utf8),
            invocationType: .requestResponse, logType: .tail, qualifier: "live-1"),
        "Invoke an event": Invoke(functionName: "notify", payload: Array("1".utf8), invocationType: .event),
        "Invoke without a payload": Invoke(functionName: "notify", invocationType: .dryRun),
        "GetFunction": GetFunction(functionName: "notify", qualifier: "$LATEST"),
        "GetFunctionConfiguration": GetFunctionConfiguration(functionName: "notify"),
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
