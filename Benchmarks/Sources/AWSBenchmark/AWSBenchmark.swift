// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import CurlTransport
import Glibc
import HTTPTypes
import IoTCoreClient
import Logging
import Transport

/// Measures calls of AWS against a server that does next to nothing, the signing of a request, and the writing and reading of an
/// operation; prints one line of JSON.
///
///     aws-bench publish PORT IN_FLIGHT COUNT
///     aws-bench memory PORT IN_FLIGHT COUNT
///     aws-bench sign COUNT
///     aws-bench encode COUNT
///     aws-bench decode COUNT
@main struct AWSBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        switch (arguments.first, numbers.count) {
        case ("publish", 3): try await self.publish(port: numbers[0], inFlight: numbers[1], count: numbers[2])
        case ("memory", 3): try await self.memory(port: numbers[0], inFlight: numbers[1], count: numbers[2])
        case ("sign", 1): try self.sign(count: numbers[0])
        case ("encode", 1): try self.encode(count: numbers[0])
        case ("decode", 1): try self.decode(count: numbers[0])
        default:
            print("usage: aws-bench publish PORT IN_FLIGHT COUNT | memory PORT IN_FLIGHT COUNT | sign COUNT | encode COUNT | decode COUNT")
            exit(2)
        }
    }

    private static let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

    /// Some 300 bytes of a device shadow.
    private static let payload = Array((#"{"state":{"desired":{"k":""# + String(repeating: "x", count: 270) + #""}}}"#).utf8.prefix(300))

    /// The call that is measured.
    private static let message = IoTData.Publish(topic: "device/1/pki", qos: 1, payload: payload)

    private static func client(port: Int, over transport: CurlHTTPTransport) throws -> AWSClient {
        var logger = Logger(label: "aws-bench")
        logger.logLevel = .error
        let configuration = AWSConfiguration(
            region: "eu-west-1", credentials: StaticCredentialsProvider(self.credentials),
            endpoint: try AWSEndpoint(url: "http://127.0.0.1:\(port)"))
        return AWSClient(configuration, transport: transport, logger: logger)
    }

    private static func run(_ client: AWSClient, inFlight: Int, count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<inFlight {
                let share = count / inFlight + (index < count % inFlight ? 1 : 0)
                group.addTask { for _ in 0..<share { try await client.send(self.message) } }
            }
            try await group.waitForAll()
        }
    }

    private static func publish(port: Int, inFlight: Int, count: Int) async throws {
        let transport = CurlHTTPTransport()
        let client = try self.client(port: port, over: transport)
        try await self.run(client, inFlight: inFlight, count: inFlight * 20)
        let before = Usage.now
        let start = ContinuousClock.now
        try await self.run(client, inFlight: inFlight, count: count)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let cpu = (Usage.now.processorSeconds - before.processorSeconds) / Double(count) * 1e6
        print(
            #"{"scenario": "lamassu-cloud", "in_flight": \#(inFlight), "calls_per_s": \#(Int(Double(count) / seconds)), "cpu_us": \#(cpu)}"#
        )
    }

    /// Memory after a tenth of the calls, when all that is kept is there, and after all of them.
    private static func memory(port: Int, inFlight: Int, count: Int) async throws {
        let transport = CurlHTTPTransport()
        let client = try self.client(port: port, over: transport)
        try await self.run(client, inFlight: inFlight, count: count / 10)
        let early = Usage.now.residentMemory
        try await self.run(client, inFlight: inFlight, count: count - count / 10)
        let late = Usage.now.residentMemory
        print(#"{"scenario": "memory", "calls": \#(count), "early_kib": \#(early), "late_kib": \#(late)}"#)
    }

    /// Signs a request with five header fields and a body of 300 bytes over and over, with the derived key at hand.
    private static func sign(count: Int) throws {
        let signer = AWSSigner()
        let context = SigningContext(credentials: self.credentials, region: "eu-west-1", service: "iotdata", timestamp: .now)
        var request = HTTPRequest(
            method: .post, scheme: "https", authority: "data-ats.iot.eu-west-1.amazonaws.com", path: "/topics/device%2F1%2Fpki?qos=1")
        request.headerFields[.contentType] = "application/json"
        request.headerFields[.contentLength] = "300"
        request.headerFields[.accept] = "application/json"
        if let name = HTTPField.Name("X-Amz-Client-Token") { request.headerFields[name] = "0123456789abcdef" }
        try self.measure("sign", count: count) {
            var copy = request
            try signer.sign(&copy, payload: .bytes(self.payload), in: context)
        }
    }

    /// Writes the head and the body of a typical request, with five members and a map in them, ready to be signed.
    private static func encode(count: Int) throws {
        let endpoint = try AWSEndpoint(url: "https://iot.eu-west-1.amazonaws.com")
        let operation = CreateThing(
            thingName: "pump-4711", thingTypeName: "pump",
            attributePayload: AttributePayload(attributes: self.attributes, merge: true), billingGroupName: "plant-7")
        try self.measure("encode", count: count) {
            var request = AWSRequestBuilder(CreateThing.self)
            operation.encode(into: &request)
            _ = try request.finish(for: endpoint)
        }
    }

    /// Reads a typical answer, with eight members and a map in them.
    private static func decode(count: Int) throws {
        let body = """
            {"attributes":{"device":"4711","plant":"Bilbao","serial":"00:1a:2b:3c"},"billingGroupName":"plant-7","defaultClientId":"pump-4711",\
            "thingArn":"arn:aws:iot:eu-west-1:123456789012:thing/pump-4711","thingId":"d2f9bcd8-4a1c-4c43-8f43-0d2a0a4b6f0a",\
            "thingName":"pump-4711","thingTypeName":"pump","version":3}
            """
        let response = AWSResponse(head: HTTPResponse(status: .ok), body: Array(body.utf8))
        try self.measure("decode", count: count) { _ = try DescribeThing.decode(response) }
    }

    private static let attributes = ["device": "4711", "plant": "Bilbao", "serial": "00:1a:2b:3c"]

    /// Does something so often, and a thousand times before, and prints what processor's time it took each time.
    private static func measure(_ scenario: String, count: Int, _ body: () throws -> Void) throws {
        for _ in 0..<1_000 { try body() }
        let before = Usage.now
        for _ in 0..<count { try body() }
        print(#"{"scenario": "\#(scenario)", "cpu_us": \#((Usage.now.processorSeconds - before.processorSeconds) / Double(count) * 1e6)}"#)
    }
}
