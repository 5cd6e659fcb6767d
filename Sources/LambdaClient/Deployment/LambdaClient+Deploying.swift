// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension LambdaClient {
    /// Makes a function, or brings the one that is there to what it is to be; where all is so already, nothing is called but to look.
    ///
    /// Code is compared by its checksum. Whatever fails on the way, deploying again goes on where this one has stopped; two deployments of
    /// the same at a time do not disturb each other. Returns when the function can be invoked with the new code and settings. With an alias,
    /// a version is published, which Lambda makes only if code or settings have changed since the last one, and the alias moved to it.
    /// Cancelling the task ends it between or in calls.
    ///
    /// - Parameters:
    ///   - wish: the function as it is to be.
    ///   - timeout: how long Lambda may take for each change; by default 5 minutes.
    /// - Returns: the function, and what was done.
    /// - Throws: ``LambdaError``; of code ``LambdaError/Code/deploymentFailed`` when Lambda cannot make the function usable, or somebody else
    ///   changes it all the time.
    public func deploy(_ wish: FunctionDeployment, timeout: Duration = .seconds(300)) async throws(LambdaError) -> DeployedFunction {
        var changes: DeployedFunction.Changes = []
        // Four steps are needed at most; others that change the function at the same time may make more necessary.
        for _ in 0..<16 {
            let found = try await self.configuration(of: wish.name)
            switch FunctionPlan.step(for: wish, found: found, wasUpdated: !changes.isDisjoint(with: [.code, .configuration])) {
            case .create:
                let made: Void? = try await self.change { () async throws(AWSError) in try await self.create(wish, timeout: timeout) }
                if made != nil { changes.insert(.created) }
            case .updateCode:
                if try await self.change(wish.codeUpdate) != nil { changes.insert(.code) }
            case .updateConfiguration:
                if try await self.change(wish.configurationUpdate) != nil { changes.insert(.configuration) }
            case .wait: try await self.settle(wish.name, timeout: timeout)
            case .fail(let reason):
                throw LambdaError(.deploymentFailed, message: "Lambda could not make \(wish.name) what it is to be: \(reason)")
            case .done:
                var deployed = DeployedFunction(configuration: found ?? FunctionConfiguration(), changes: changes)
                guard let alias = wish.alias else { return deployed }
                guard let version = try await self.publish(wish, timeout: timeout) else { continue }
                deployed.version = version
                if try await self.move(alias, of: wish.name, to: version) { deployed.changes.insert(.alias) }
                return deployed
            }
        }
        throw LambdaError(.deploymentFailed, message: "\(wish.name) was changed by somebody else after each change of this deployment")
    }

    /// Makes an alias show a version of a function and no other, whether there is such an alias or not.
    ///
    /// An alias that sends a part of the calls to a second version (its routing configuration) sends all of them to this one afterwards.
    ///
    /// - Parameters:
    ///   - alias: the alias's name.
    ///   - functionName: the function's name.
    ///   - version: the version's number.
    /// - Returns: whether that was not so already.
    /// - Throws: ``LambdaError`` when a call failed.
    @discardableResult
    public func move(_ alias: String, of functionName: String, to version: String) async throws(LambdaError) -> Bool {
        for _ in 0..<4 {
            let found: AliasConfiguration?
            do {
                found = try await self.client.send(GetAlias(functionName: functionName, name: alias))
            } catch {
                guard error.code == .resourceNotFound else { throw LambdaError(error) }
                found = nil
            }
            guard let found else {
                let made = try await self.change(CreateAlias(functionName: functionName, name: alias, functionVersion: version))
                if made != nil { return true }
                continue
            }
            let isSplit = found.routingConfig?.additionalVersionWeights?.isEmpty == false
            guard found.functionVersion != version || isSplit else { return false }
            let moved = try await self.change(
                UpdateAlias(
                    functionName: functionName, name: alias, functionVersion: version,
                    routingConfig: isSplit ? AliasRoutingConfiguration(additionalVersionWeights: [:]) : nil, revisionID: found.revisionID))
            if moved != nil { return true }
        }
        throw LambdaError(.deploymentFailed, message: "the alias \(alias) of \(functionName) is moved by somebody else all the time")
    }

    // MARK: Steps

    /// The function that is there, if one is.
    private func configuration(of name: String) async throws(LambdaError) -> FunctionConfiguration? {
        do {
            return try await self.client.send(GetFunctionConfiguration(functionName: name))
        } catch {
            guard error.code == .resourceNotFound else { throw LambdaError(error) }
            return nil
        }
    }

    private func create(_ wish: FunctionDeployment, timeout: Duration) async throws(AWSError) {
        // A role that was made a moment ago cannot be assumed yet (IAM user guide, "Troubleshoot IAM": changes are not always visible).
        let waiter = AWSWaiter<CreateFunction>(minimumDelay: .seconds(1), maximumDelay: .seconds(5)) { answer in
            guard case .failure(let error) = answer else { return .success }
            let isEarly = error.code == "InvalidParameterValueException" && error.message.contains("cannot be assumed")
            return isEarly ? .retry : .failure
        }
        try await self.client.wait(for: wish.creation, until: waiter, timeout: min(timeout, .seconds(60)))
    }

    /// Makes a change.
    ///
    /// - Returns: what it comes to; `nil` where somebody else changes the same, so that another look is needed.
    private func change<Output>(_ body: () async throws(AWSError) -> Output) async throws(LambdaError) -> Output? {
        do {
            return try await body()
        } catch {
            guard error.code == "ResourceConflictException" || error.code == "PreconditionFailedException" else { throw LambdaError(error) }
            return nil
        }
    }

    private func change<Operation: LambdaOperation>(_ operation: Operation) async throws(LambdaError) -> Operation.Output? {
        try await self.change { () async throws(AWSError) in try await self.client.send(operation) }
    }

    /// Waits until Lambda is through with what it does to a function.
    ///
    /// - Returns: how it is then, which may be failed.
    @discardableResult
    private func settle(
        _ name: String, qualifier: String? = nil, timeout: Duration
    ) async throws(LambdaError) -> FunctionConfiguration? {
        let waiter = AWSWaiter<GetFunctionConfiguration>(minimumDelay: .seconds(1), maximumDelay: .seconds(5)) { answer in
            switch answer {
            case .success(let found): found.state == .pending || found.lastUpdateStatus == .inProgress ? .retry : .success
            case .failure: .failure
            }
        }
        do {
            let operation = GetFunctionConfiguration(functionName: name, qualifier: qualifier)
            return try await self.client.wait(for: operation, until: waiter, timeout: timeout)
        } catch {
            guard error.kind == .timedOut else { throw LambdaError(error) }
            throw LambdaError(.deploymentFailed, message: "\(name) was not usable within \(timeout)", cause: error)
        }
    }

    /// Publishes a version.
    ///
    /// - Returns: its number, when it can be invoked; `nil` where somebody else changes the function.
    private func publish(_ wish: FunctionDeployment, timeout: Duration) async throws(LambdaError) -> String? {
        let publishing = PublishVersion(functionName: wish.name, codeSHA256: wish.package.sha256)
        let found = try await self.change { () async throws(AWSError) -> FunctionConfiguration? in
            do throws(AWSError) {
                return try await self.client.send(publishing)
            } catch {
                // The checksum makes Lambda refuse where somebody else has put other code in place (PublishVersion, "CodeSha256").
                guard error.code == "InvalidParameterValueException" && error.message.contains("CodeSHA256") else { throw error }
                return nil
            }
        }
        guard let published = found.flatMap({ $0 }) else { return nil }
        guard let version = published.version else {
            throw LambdaError(.deploymentFailed, message: "Lambda has published no version of \(wish.name)")
        }
        let settled = try await self.settle(wish.name, qualifier: version, timeout: timeout)
        guard settled?.state != .failed else {
            let reason = settled?.stateReason ?? "it has failed to become active"
            throw LambdaError(.deploymentFailed, message: "version \(version) of \(wish.name) cannot be invoked: \(reason)")
        }
        return version
    }
}
