// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import SQSClient
import Testing
import Transport

/// What a consumer makes of SQS's answers to its calls for messages.
@Suite struct MessageConsumerTests {
    static let queueURL = "https://sqs.eu-west-1.amazonaws.com/123456789012/responses"

    static func refusal(_ code: String) -> ScriptedTransport.Step {
        .answer(400, #"{"__type": "com.amazonaws.sqs#\#(code)", "message": "as the script says"}"#)
    }

    /// Consumes until an error ends that.
    static func consume(from client: AWSClient) async throws {
        try await SQSClient(client).withMessages(from: Self.queueURL) { messages in
            for try await message in messages { message.delete() }
        }
    }

    @Test(arguments: ["RequestThrottled", "KmsThrottled", "KMS.ThrottlingException", "OverLimit"])
    func `what SQS refuses for now is asked for again, and what it refuses for good ends the sequence`(code: String) async throws {
        let transport = ScriptedTransport([Self.refusal(code), Self.refusal("QueueDoesNotExist")])
        await #expect(throws: AWSError(.service, code: .queueDoesNotExist, message: "")) {
            try await Self.consume(from: .scripted(transport))
        }
        #expect(transport.requests.count == 2)
    }

    @Test(
        arguments: [
            (attempt: 60, call: nil, wait: 20), (attempt: 20, call: nil, wait: 18), (attempt: 60, call: 10, wait: 8),
            (attempt: 10, call: 30, wait: 8), (attempt: 2, call: nil, wait: 1),
        ] as [(attempt: Int, call: Int?, wait: Int)])
    func `no call waits for messages longer than the client waits for its answer`(attempt: Int, call: Int?, wait: Int) async throws {
        let transport = ScriptedTransport([Self.refusal("QueueDoesNotExist")])
        let client = AWSClient.scripted(
            transport,
            configure: { configuration in
                configuration.attemptTimeout = .seconds(attempt)
                configuration.callTimeout = call.map { .seconds($0) }
            })
        await #expect(throws: AWSError(.service, code: .queueDoesNotExist, message: "")) { try await Self.consume(from: client) }
        #expect(try JSONValue(parsing: transport.requests[0].body)["WaitTimeSeconds"] == .number(JSONNumber(wait)))
    }
}
