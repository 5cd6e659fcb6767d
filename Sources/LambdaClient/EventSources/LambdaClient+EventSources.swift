// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension LambdaClient {
    /// Makes Lambda give the messages of a source to a function, or brings the mapping that is there to what it is to be.
    ///
    /// A mapping is known by its source and its function. Where it is as it is to be, nothing is called but to look; putting the same again,
    /// or at the same time, makes no second one. What is `nil` is left as it is. Topics, queues of a broker, access to a source and where
    /// reading starts are set when a mapping is made, and not compared.
    ///
    /// - Parameters:
    ///   - wish: the mapping as it is to be; it needs an event source ARN.
    ///   - timeout: how long Lambda may take for a change that is under way; by default 5 minutes.
    /// - Returns: the mapping as Lambda has it, which may still be about to be enabled.
    /// - Throws: ``LambdaError`` when a call failed; of code ``LambdaError/Code/eventSourceMissing`` for a mapping without an event source ARN,
    ///   such as that of a Kafka cluster of one's own, and ``LambdaError/Code/deploymentFailed`` when somebody else changes it all the time.
    @discardableResult
    public func put(
        _ wish: CreateEventSourceMapping, timeout: Duration = .seconds(300)
    ) async throws(LambdaError) -> EventSourceMappingConfiguration {
        // A list that names no source is of all mappings of the function.
        guard let source = wish.eventSourceARN else {
            throw LambdaError(
                .eventSourceMissing,
                message:
                    "a mapping to \(wish.functionName) without an event source ARN is not known from others: send CreateEventSourceMapping")
        }
        var isInUse = false
        for _ in 0..<8 {
            let found = try await self.mapping(of: source, to: wish.functionName)
            // What is in use may be listed as it will be.
            let step = isInUse && found != nil ? .wait : EventSourceMappingPlan.step(for: wish, found: found)
            isInUse = false
            do {
                switch step {
                case .create: return try await self.client.send(wish)
                case .wait:
                    try await self.client.wait(
                        for: GetEventSourceMapping(uuid: found?.uuid ?? ""), until: Self.settledMapping, timeout: timeout)
                case .update(let operation): return try await self.client.send(operation)
                case .done: return found ?? EventSourceMappingConfiguration()
                }
            } catch {
                // Made, changed or deleted by somebody else in between: look again.
                isInUse = error.code == "ResourceInUseException"
                let isRace = isInUse || error.code == "ResourceConflictException" || (error.code == .resourceNotFound && found != nil)
                guard isRace else { throw LambdaError(error) }
            }
        }
        throw LambdaError(
            .deploymentFailed,
            message: "the mapping of \(source) to \(wish.functionName) is changed all the time")
    }

    private func mapping(of source: String, to functionName: String) async throws(LambdaError) -> EventSourceMappingConfiguration? {
        let list = ListEventSourceMappings(eventSourceARN: source, functionName: functionName)
        do {
            var mappings = self.client.items(of: list).makeAsyncIterator()
            return try await mappings.next(isolation: #isolation)
        } catch {
            throw LambdaError(error)
        }
    }

    private static var settledMapping: AWSWaiter<GetEventSourceMapping> {
        AWSWaiter(minimumDelay: .seconds(1), maximumDelay: .seconds(10)) { answer in
            switch answer {
            case .success(let found): ["Enabled", "Disabled"].contains(found.state) ? .success : .retry
            case .failure: .failure
            }
        }
    }
}
