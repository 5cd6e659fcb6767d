// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

extension LambdaClient {
    /// Invokes a function and waits for what it returns.
    ///
    /// ```swift
    /// let answer = try await lambda.invoke("notify", with: ["certificate_id": "4f2a"], returning: [String: Int].self)
    /// ```
    ///
    /// An attempt without an answer is repeated as the client's retry policy says, so a function has to bear being invoked twice with the
    /// same input. Cancelling the task ends the wait; the function runs on.
    ///
    /// - Parameters:
    ///   - functionName: the function's name, or its ARN.
    ///   - qualifier: a version or an alias; by default the latest code.
    ///   - input: what the function is given, as JSON.
    ///   - type: what it returns; `JSONValue` for anything, an optional where it may be nothing.
    /// - Returns: what the function returned.
    /// - Throws: ``LambdaError``; of code ``LambdaError/Code/functionFailed`` with the end of the log when the function failed.
    public func invoke<Input: JSONEncodable, Output: JSONDecodable>(
        _ functionName: String, qualifier: String? = nil, with input: Input, returning type: Output.Type = Output.self
    ) async throws(LambdaError) -> Output {
        let output = try await self.call(
            Invoke(
                functionName: functionName, invocationType: .requestResponse, logType: .tail, payload: Self.payload(input),
                qualifier: qualifier))
        let payload = output.payload ?? []
        if let kind = output.functionError {
            let failure = FunctionFailure(payload: payload, logTail: output.logTail, executedVersion: output.executedVersion)
            throw LambdaError(failureOf: functionName, kind, failure)
        }
        do {
            return try JSONReader.decode(type, from: payload.isEmpty ? Array("null".utf8) : payload)
        } catch {
            throw LambdaError(
                .outputNotDecodable, message: "\(functionName) has returned no \(type): \(error.code) at byte \(error.offset)")
        }
    }

    /// Invokes a function and reads what it returns while it is still at it.
    ///
    /// ```swift
    /// try await lambda.withResponseStream(of: "report", with: ["year": 2026]) { pieces in
    ///     for try await piece in pieces { print("\(piece.count) bytes") }
    /// }
    /// ```
    ///
    /// An attempt without an answer is repeated as the client's retry policy says, so a function has to bear being invoked twice with the
    /// same input; once the closure was called, it is not. Between two pieces may lie at most `AWSConfiguration.attemptTimeout`, and all may
    /// take `callTimeout`, or 15 minutes where there is none. When the closure returns or throws, the exchange is over; so it is when the task
    /// is cancelled. The function runs on.
    ///
    /// - Parameters:
    ///   - functionName: the function's name, or its ARN.
    ///   - qualifier: a version or an alias; by default the latest code.
    ///   - input: what the function is given, as JSON.
    ///   - body: reads what the function returns.
    /// - Returns: what the closure returned.
    /// - Throws: ``LambdaError`` when there is no answer; else what the closure threw. The pieces themselves end with a ``LambdaError``, of code
    ///   ``LambdaError/Code/functionFailed`` when the function failed.
    public func withResponseStream<Input: JSONEncodable, Value>(
        of functionName: String, qualifier: String? = nil, with input: Input, _ body: (FunctionResponseStream) async throws -> Value
    ) async throws -> Value {
        let operation = InvokeWithResponseStream(
            functionName: functionName, logType: .tail, qualifier: qualifier, payload: try Self.payload(input))
        var isAnswered = false
        do {
            return try await self.client.withEvents(of: operation) { output, events in
                isAnswered = true
                return try await body(FunctionResponseStream(events, of: functionName, output))
            }
        } catch {
            // What the closure threw is its own, also where it is an error of another call.
            guard !isAnswered, let error = error as? AWSError else { throw error }
            throw LambdaError(error)
        }
    }

    /// Gives a function an event, which it handles later: Lambda keeps it in a queue, and tries three times by default.
    ///
    /// - Parameters:
    ///   - functionName: the function's name, or its ARN.
    ///   - qualifier: a version or an alias; by default the latest code.
    ///   - event: what the function is given, as JSON.
    /// - Throws: ``LambdaError`` when Lambda has not taken the event.
    public func sendEvent<Input: JSONEncodable>(
        to functionName: String, qualifier: String? = nil, _ event: Input
    ) async throws(LambdaError) {
        _ = try await self.call(
            Invoke(functionName: functionName, invocationType: .event, payload: Self.payload(event), qualifier: qualifier))
    }

    /// Checks that a function is there and may be invoked with an input, without doing so.
    ///
    /// - Parameters:
    ///   - functionName: the function's name, or its ARN.
    ///   - qualifier: a version or an alias; by default the latest code.
    ///   - input: what the function would be given, as JSON.
    /// - Throws: ``LambdaError`` when it could not be invoked.
    public func checkInvocation<Input: JSONEncodable>(
        of functionName: String, qualifier: String? = nil, with input: Input
    ) async throws(LambdaError) {
        _ = try await self.call(
            Invoke(functionName: functionName, invocationType: .dryRun, payload: Self.payload(input), qualifier: qualifier))
    }

    static func payload<Input: JSONEncodable>(_ input: Input) throws(LambdaError) -> [UInt8] {
        do {
            return try JSONWriter.encode(input)
        } catch {
            throw LambdaError(.inputNotEncodable, message: "the input of type \(Input.self) has no JSON form: \(error.code)")
        }
    }

    /// Sends an operation, with the client's errors as this module's.
    func call<Operation: LambdaOperation>(_ operation: Operation) async throws(LambdaError) -> Operation.Output {
        do {
            return try await self.client.send(operation)
        } catch {
            throw LambdaError(error)
        }
    }
}
