// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Decides the steps of a deployment: look, make or update, look until it is done, and find out what failed.
///
/// Time is what has passed since the deployment began.
package struct StackDeploymentStateMachine: ~Copyable {
    private enum State {
        /// The stack was not looked at, or others are at work on it. Exits: submitting, finished.
        case looking
        /// CreateStack or UpdateStack is under way. Exits: looking, waiting, unchanged, finished.
        case submitting
        /// CloudFormation is at work for us. Exits: explaining, finished.
        case waiting
        /// There was nothing to update, whatever became of earlier updates. Exit: finished.
        case unchanged
        /// It failed, and its events are being read. Exit: finished.
        case explaining(Stack)
        /// It ended.
        case finished
    }

    /// What to do next.
    package enum Action: Hashable, Sendable {
        /// Wait this long, then look at the stack.
        case describe(after: Duration)
        /// Start to make the stack.
        case create
        /// Start to update the stack.
        case update
        /// Read the stack's events.
        case readEvents
        /// The stack is as it should be.
        case succeed(Stack)
        /// It will not be.
        case fail(StackDeploymentError)
    }

    private let stackName: String
    private let timeout: Duration
    private let pollInterval: Duration
    private var state = State.looking
    private var lastStatus: StackStatus?

    /// Makes a machine for one deployment.
    package init(_ deployment: StackDeployment) {
        self.stackName = deployment.stackName
        self.timeout = deployment.timeout
        self.pollInterval = deployment.pollInterval
    }

    /// The stack was looked at.
    ///
    /// - Parameters:
    ///   - stack: the stack, `nil` when there is none.
    ///   - elapsed: the time since the deployment began.
    package mutating func described(_ stack: Stack?, elapsed: Duration) -> Action {
        self.lastStatus = stack?.status
        switch self.state {
        case .looking: return self.found(stack, elapsed: elapsed)
        case .waiting: return self.progressed(stack, elapsed: elapsed)
        case .unchanged:
            guard let stack else { return self.fail(.failed, "\(self.stackName) was deleted while it was deployed") }
            return self.succeed(stack)
        case .submitting, .explaining, .finished: return self.fail(.failed, "the deployment's steps came out of order")
        }
    }

    /// The stack could not be looked at, for a reason that may pass.
    package mutating func describeFailed(elapsed: Duration) -> Action { self.lookAgain(elapsed: elapsed) }

    /// CloudFormation has begun.
    package mutating func submitted() -> Action {
        self.state = .waiting
        return .describe(after: .zero)
    }

    /// A stack of the name exists after all: somebody made it meanwhile, or an answer was lost on its way.
    package mutating func existedAlready(elapsed: Duration) -> Action {
        self.state = .looking
        return self.lookAgain(elapsed: elapsed)
    }

    /// The stack is as it should be already.
    package mutating func foundUnchanged() -> Action {
        self.state = .unchanged
        return .describe(after: .zero)
    }

    /// The events were read, the newest first; empty when they could not be.
    package mutating func eventsRead(_ events: [StackEvent]) -> Action {
        guard case .explaining(let stack) = self.state else { return self.fail(.failed, "the deployment's steps came out of order") }
        // The first failure is the cause; what was under way beside it is cancelled, and fails too.
        let failures = events.reversed().filter { event in
            event.resourceStatus?.rawValue.hasSuffix("_FAILED") == true && event.logicalResourceID != stack.stackName
                && event.resourceStatusReason?.hasSuffix("cancelled") != true
        }
        let cause = failures.first.map { event in
            "\(event.logicalResourceID ?? "a resource") (\(event.resourceType ?? "unknown type")): \(event.resourceStatusReason ?? "no reason given")"
        }
        return self.fail(.failed, "\(self.stackName) failed: \(cause ?? stack.stackStatusReason ?? "CloudFormation gave no reason")")
    }

    private mutating func found(_ stack: Stack?, elapsed: Duration) -> Action {
        guard let stack, stack.status != .deleteComplete else { return self.submit(.create) }
        if stack.status.isInProgress { return self.lookAgain(elapsed: elapsed) }
        let dead: [StackStatus] = [
            .createFailed, .rollbackComplete, .rollbackFailed, .reviewInProgress, .deleteFailed,
        ]
        guard !dead.contains(stack.status) else {
            return self.fail(.notUpdatable, "\(self.stackName) was never made, or not deleted to the end: delete it, then deploy again")
        }
        return self.submit(.update)
    }

    private mutating func progressed(_ stack: Stack?, elapsed: Duration) -> Action {
        guard let stack else { return self.fail(.failed, "\(self.stackName) was deleted while it was deployed") }
        if stack.status.isInProgress { return self.lookAgain(elapsed: elapsed) }
        guard !stack.status.isSuccess else { return self.succeed(stack) }
        self.state = .explaining(stack)
        return .readEvents
    }

    private mutating func succeed(_ stack: Stack) -> Action {
        self.state = .finished
        return .succeed(stack)
    }

    private mutating func submit(_ action: Action) -> Action {
        self.state = .submitting
        return action
    }

    private mutating func lookAgain(elapsed: Duration) -> Action {
        guard elapsed + self.pollInterval < self.timeout else {
            return self.fail(.timedOut, "\(self.stackName) was not ready within \(self.timeout); CloudFormation may still be at work")
        }
        return .describe(after: self.pollInterval)
    }

    private mutating func fail(_ code: StackDeploymentError.Code, _ message: String) -> Action {
        self.state = .finished
        return .fail(StackDeploymentError(code, message: message, status: self.lastStatus))
    }
}
