// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import CurlTransport
import Glibc
import HTTPTypes
import Logging
import Transport

/// Measures calls of AWS against a server that does next to nothing, and the signing of a request; prints one line of JSON.
///
///     aws-bench publish PORT IN_FLIGHT COUNT
///     aws-bench memory PORT IN_FLIGHT COUNT
///     aws-bench sign COUNT
@main struct AWSBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        switch (arguments.first, numbers.count) {
        case ("publish", 3): try await self.publish(port: numbers[0], inFlight: numbers[1], count: numbers[2])
        case ("memory", 3): try await self.memory(port: numbers[0], inFlight: numbers[1], count: numbers[2])
        case ("sign", 1): try self.sign(count: numbers[0])
        default:
            print("usage: aws-bench publish PORT IN_FLIGHT COUNT | memory PORT IN_FLIGHT COUNT | sign COUNT")
            exit(2)
        }
    }

    private static let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

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
                group.addTask { for _ in 0..<share { try await client.send(Publish.sample) } }
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
        let body = Publish.sample.payload
        for _ in 0..<1_000 {
            var copy = request
            try signer.sign(&copy, payload: .bytes(body), in: context)
        }
        let before = Usage.now
        for _ in 0..<count {
            var copy = request
            try signer.sign(&copy, payload: .bytes(body), in: context)
        }
        print(#"{"scenario": "sign", "cpu_us": \#((Usage.now.processorSeconds - before.processorSeconds) / Double(count) * 1e6)}"#)
    }
}
