// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

extension CloudFormationClient {
    /// Makes a stack, or updates it where it exists, and waits until it is there.
    ///
    /// A stack that is as it should be is left as it is. Where CloudFormation is at work on the stack already, that is waited for first.
    /// Cancelling the task ends the wait, not CloudFormation's work.
    ///
    /// - Parameter deployment: the stack as it should be.
    /// - Returns: the stack, with its outputs.
    /// - Throws: ``StackDeploymentError``, which names the resource that failed and why.
    public func deploy(_ deployment: StackDeployment) async throws(StackDeploymentError) -> Stack {
        let clock = ContinuousClock()
        let start = clock.now
        return try await self.deploy(deployment, elapsed: { start.duration(to: clock.now) }, sleep: { try await Task.sleep(for: $0) })
    }

    /// Deploys with clocks of one's own.
    package func deploy(
        _ deployment: StackDeployment, elapsed: @Sendable () -> Duration, sleep: @Sendable (Duration) async throws -> Void
    ) async throws(StackDeploymentError) -> Stack {
        let token = "deploy-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        var machine = StackDeploymentStateMachine(deployment)
        // Behind the deletion of a stack its name means nothing, or another stack; its id goes on to mean it.
        var stack = deployment.stackName
        var action = StackDeploymentStateMachine.Action.describe(after: .zero)
        while true {
            switch action {
            case .describe(let delay):
                if delay > .zero {
                    do { try await sleep(delay) } catch { throw Self.failure(.cancelled(deployment)) }
                }
                do throws(AWSError) {
                    let found = try await self.described(stack)
                    action = machine.described(found, elapsed: elapsed())
                } catch {
                    guard error.isRetryable else { throw Self.failure(error) }
                    action = machine.describeFailed(elapsed: elapsed())
                }
            case .create:
                do throws(AWSError) {
                    stack = try await self.send(CreateStack(deployment, token: token)).stackID ?? stack
                    action = machine.submitted()
                } catch {
                    guard error.code == .stackAlreadyExists else { throw Self.failure(error) }
                    action = machine.existedAlready(elapsed: elapsed())
                }
            case .update:
                do throws(AWSError) {
                    stack = try await self.send(UpdateStack(deployment, token: token)).stackID ?? stack
                    action = machine.submitted()
                } catch {
                    guard error.saysThatNothingChanges else { throw Self.failure(error) }
                    action = machine.foundUnchanged()
                }
            case .readEvents:
                action = machine.eventsRead(await self.events(of: stack, token: token))
            case .succeed(let stack): return stack
            case .fail(let error): throw error
            }
        }
    }

    private func described(_ stack: String) async throws(AWSError) -> Stack? {
        do throws(AWSError) {
            return try await self.send(DescribeStacks(stackName: stack)).stacks?.first
        } catch {
            guard error.saysThatStackDoesNotExist else { throw error }
            return nil
        }
    }

    /// The events that this deployment led to, at most ten pages; none when they cannot be read, since the failure itself is known.
    private func events(of stack: String, token: String) async -> [StackEvent] {
        var events: [StackEvent] = []
        var page: DescribeStackEvents? = DescribeStackEvents(stackName: stack)
        for _ in 0..<10 {
            guard let operation = page, let output = try? await self.send(operation) else { break }
            events += output.stackEvents ?? []
            page = operation.nextPage(after: output)
        }
        let own = events.filter { $0.clientRequestToken == token }
        return own.isEmpty ? events : own
    }

    private static func failure(_ error: AWSError) -> StackDeploymentError {
        StackDeploymentError(.requestFailed, message: error.description, cause: error)
    }
}

extension AWSError {
    fileprivate static func cancelled(_ deployment: StackDeployment) -> AWSError {
        AWSError(.cancelled, code: "Cancelled", message: "the task was cancelled while it waited for \(deployment.stackName)")
    }
}

extension CreateStack {
    fileprivate init(_ deployment: StackDeployment, token: String) {
        self.init(
            stackName: deployment.stackName, templateBody: deployment.templateBody, parameters: deployment.parameters,
            capabilities: deployment.capabilities, tags: deployment.tags, clientRequestToken: token)
    }
}

extension UpdateStack {
    fileprivate init(_ deployment: StackDeployment, token: String) {
        self.init(
            stackName: deployment.stackName, templateBody: deployment.templateBody, parameters: deployment.parameters,
            capabilities: deployment.capabilities, tags: deployment.tags, clientRequestToken: token)
    }
}
