// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import CurlTransport
import IoTCoreClient
import Logging
import SQSClient
import TestSupport
import Testing
import Transport

/// What becomes of an operation when AWS, or the way to it, fails; over real connections to the emulator.
@Suite struct AWSFaultTests {
    let thing = "fault-\(UInt64.random(in: 0...UInt64.max))"

    @Test(arguments: [("429", 2), ("500", 2), ("503", 2), ("500-html", 2), ("cut", 2), ("cut-after", 1)])
    func `a fault that passes is overcome`(fault: String, times: Int) async throws {
        try await AWSEmulator.fail("CreateThing", with: fault, times: times, naming: self.thing)
        let iot = IoTCoreClient(try AWSEmulator.client(attempts: 3))
        #expect(try await iot.send(CreateThing(thingName: self.thing)).thingName == self.thing)
        #expect(try await AWSEmulator.changes(naming: self.thing).map(\.change) == ["thing-created"])
    }

    @Test(arguments: [
        ("403", 403, "AccessDeniedException"), ("429", 429, "ThrottlingException"), ("500", 500, "InternalFailureException"),
        ("503", 503, "ServiceUnavailableException"), ("500-html", 500, "UnknownError"),
    ])
    func `a fault that stays is an error with status and code`(fault: String, status: Int, code: String) async throws {
        try await AWSEmulator.fail("DescribeThing", with: fault, naming: self.thing)
        let iot = IoTCoreClient(try AWSEmulator.client())
        let error = await #expect(throws: AWSError.self) { try await iot.send(DescribeThing(thingName: self.thing)) }
        #expect(error?.kind == .service)
        #expect(error?.status == status)
        #expect(error?.code.rawValue == code)
        #expect(error?.isRetryable == (status != 403))
    }

    @Test func `an answer of nothing is no answer`() async throws {
        try await AWSEmulator.fail("CreateThing", with: "empty", naming: self.thing)
        let output = try await IoTCoreClient(AWSEmulator.client()).send(CreateThing(thingName: self.thing))
        // JSON members are optional, so that an empty answer holds none of them; who needs one sees that it is missing.
        #expect(output.thingName == nil)
        #expect(try await AWSEmulator.changes(naming: self.thing).isEmpty)
    }

    @Test func `a cut connection is an error of the transport`() async throws {
        // Often enough for libcurl, which sends a GET again itself when a connection that was kept open turns out to be closed.
        try await AWSEmulator.fail("DescribeThing", with: "cut", times: 20, naming: self.thing)
        let iot = IoTCoreClient(try AWSEmulator.client())
        await #expect(throws: AWSError(.transport, code: "connectionClosed", message: "")) {
            try await iot.send(DescribeThing(thingName: self.thing))
        }
    }

    @Test func `what does not exist is an error with the service's code`() async throws {
        let iot = IoTCoreClient(try AWSEmulator.client())
        let error = await #expect(throws: AWSError.self) { try await iot.send(DescribeThing(thingName: self.thing)) }
        #expect(error == AWSError(.service, code: .resourceNotFound, message: ""))
        #expect(error?.status == 404)
        #expect(error?.requestID?.isEmpty == false)
    }

    @Test func `a wrong secret and an unknown key are refused`() async throws {
        let wrong = AWSCredentials(accessKeyID: try TestServers.awsAccessKeyID, secretAccessKey: "wrong")
        let unknown = AWSCredentials(accessKeyID: "AKIAUNKNOWN000000000", secretAccessKey: "wrong")
        for credentials in [wrong, unknown] {
            let configuration = AWSConfiguration(
                region: "eu-west-1", credentials: StaticCredentialsProvider(credentials),
                endpoint: try AWSEndpoint(url: try TestServers.awsEndpoint))
            let client = AWSClient(configuration, transport: .curl, logger: Logger(label: "test"))
            let iot = await #expect(throws: AWSError.self) { try await IoTCoreClient(client).send(DescribeThing(thingName: self.thing)) }
            #expect(iot?.kind == .service && iot?.status == 403 && iot?.isRetryable == false)
            let sqs = await #expect(throws: AWSError.self) { try await SQSClient(client).send(GetQueueURL(queueName: self.thing)) }
            #expect(sqs?.kind == .service && sqs?.isRetryable == false)
            #expect("\(String(describing: iot)) \(String(describing: sqs))".contains("wrong") == false)
        }
    }

    @Test func `names with characters of every kind arrive as they are`() async throws {
        let iot = IoTCoreClient(try AWSEmulator.client())
        let name = "\(self.thing):a_b-c"
        #expect(try await iot.send(CreateThing(thingName: name)).thingName == name)
        #expect(try await iot.send(DescribeThing(thingName: name)).thingName == name)
        let policy = "\(self.thing)+=,.@-"
        let document = #"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]}"#
        #expect(try await iot.send(CreatePolicy(policyName: policy, policyDocument: document)).policyName == policy)
        #expect(try await iot.send(GetPolicy(policyName: policy)).policyDocument == document)
    }
}
