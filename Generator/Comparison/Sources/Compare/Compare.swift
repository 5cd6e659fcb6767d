// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Foundation
import Logging
import Transport

/// Compares what the clients write and read with what botocore does: `Compare CASES`, a file that cases.py makes.
@main enum Compare {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: Compare CASES\n".utf8))
            exit(64)
        }
        let file = try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: CommandLine.arguments[1]))))
        let cases = file["cases"]?.arrayValue ?? []
        // All operations of the models, so that none is left out unnoticed.
        var missing = Set((file["operations"]?.arrayValue ?? []).compactMap { $0.stringValue })
        let count = missing.count
        let recorder = Recorder()
        var configuration = try AWSConfiguration(
            environment: ["AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"])
        configuration.retry.maximumAttempts = 1
        let client = AWSClient(configuration, transport: recorder, logger: Logger(label: "compare") { _ in SwiftLogNoOpLogHandler() })
        var failures = 0
        for item in cases {
            let operation = "\(item["service"]?.stringValue ?? "") \(item["operation"]?.stringValue ?? "")"
            if item["error"] == nil { missing.remove(operation) }
            if let difference = await self.difference(item, client, recorder) {
                failures += 1
                print("\(operation) (\(item["name"]?.stringValue ?? "")): \(difference)")
            }
        }
        for operation in missing.sorted() { print("\(operation): no case is of this operation") }
        print("\(cases.count) cases of \(count - missing.count) of \(count) operations, \(failures) of them differ")
        exit(failures == 0 && missing.isEmpty && count > 0 ? 0 : 1)
    }

    /// Runs one case.
    private static func difference(_ item: JSONValue, _ client: AWSClient, _ recorder: Recorder) async -> String? {
        guard let operation = self.operation(item) else { return "there is no such operation" }
        recorder.answer(with: self.response(item["response"] ?? .null))
        do throws(AWSError) {
            let (output, events) = try await self.send(operation, client)
            guard let request = recorder.request else { return "nothing was sent" }
            if let difference = requestDifference(request, item["request"] ?? .null) { return difference }
            guard item["error"] == nil else { return "the error was not noticed" }
            return decodedDifference(output, item["output"], at: "output") ?? eventsDifference(events, item["events"]?.arrayValue)
        } catch {
            guard let expected = item["error"], let shape = item["errorShape"]?.stringValue else { return "\(error)" }
            return self.errorDifference(error, expected, shape, item)
        }
    }

    /// Sends an operation; returns its output, and the events behind it where it has a stream of them.
    private static func send<Operation: AWSOperation>(
        _ operation: Operation, _ client: AWSClient
    ) async throws(AWSError) -> (output: any Sendable, events: [any Sendable]?) {
        guard let operation = operation as? any AWSEventStreamOperation else { return (try await client.send(operation), nil) }
        return try await self.events(of: operation, client)
    }

    private static func events<Operation: AWSEventStreamOperation>(
        of operation: Operation, _ client: AWSClient
    ) async throws(AWSError) -> (output: any Sendable, events: [any Sendable]?) {
        do {
            return try await client.withEvents(of: operation) { output, stream in
                var events: [any Sendable] = []
                for try await event in stream { events.append(event) }
                return (output, events)
            }
        } catch let error as AWSError {
            throw error
        } catch {
            throw AWSError(.malformedResponse, code: "Unexpected", message: "\(error)")
        }
    }

    private static func errorDifference(_ error: AWSError, _ expected: JSONValue, _ shape: String, _ item: JSONValue) -> String? {
        do {
            let decoded: Any?
            switch item["service"]?.stringValue {
            case "iot": decoded = try error_iot(shape, error)
            case "iot-data": decoded = try error_iot_data(shape, error)
            case "iot-jobs-data": decoded = try error_iot_jobs_data(shape, error)
            case "lambda": decoded = try error_lambda(shape, error)
            case "cloudformation": decoded = try error_cloudformation(shape, error)
            case "sqs": decoded = try error_sqs(shape, error)
            case "sns": decoded = try error_sns(shape, error)
            default: decoded = try error_sts(shape, error)
            }
            guard let decoded else { return "\(shape) was read as another error: \(error)" }
            return decodedDifference(decoded, expected, at: shape)
        } catch {
            return "\(error)"
        }
    }

    private static func operation(_ item: JSONValue) -> (any AWSOperation)? {
        let name = item["operation"]?.stringValue ?? ""
        let input = item["input"] ?? .null
        return switch item["service"]?.stringValue {
        case "iot": operation_iot(name, input)
        case "iot-data": operation_iot_data(name, input)
        case "iot-jobs-data": operation_iot_jobs_data(name, input)
        case "lambda": operation_lambda(name, input)
        case "cloudformation": operation_cloudformation(name, input)
        case "sqs": operation_sqs(name, input)
        case "sns": operation_sns(name, input)
        case "sts": operation_sts(name, input)
        default: nil
        }
    }

    private static func response(_ value: JSONValue) -> HTTPTransportResponse {
        var head = HTTPResponse(status: HTTPResponse.Status(code: value["status"]?.numberValue?.integer(as: Int.self) ?? 200))
        for field in value["headers"]?.objectValue ?? [] {
            if let name = HTTPField.Name(field.key) { head.headerFields[name] = field.value.stringValue }
        }
        return HTTPTransportResponse(head: head, body: value["body"]?.stringValue.flatMap { Base64.decode($0) } ?? [])
    }
}
