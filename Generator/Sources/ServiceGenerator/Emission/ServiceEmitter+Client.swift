// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ServiceEmitter {
    /// The file of what the client has besides `send`: pages, entries and waits; nil where the service has no client for itself.
    func clientCalls() -> String? {
        guard self.settings.namespace == nil else { return nil }
        let operation = self.settings.clientProtocol ?? self.settings.operationProtocol
        var source = SourceText()
        source.block("extension \(self.settings.errorScope)") { source in
            source.line("/// The pages of a list; see `AWSClient.pages(of:)`.")
            source.line("///")
            source.line("/// - Parameter operation: the call for the first page.")
            source.line("/// - Returns: a sequence that asks for each page when it is iterated to.")
            let paginated = "<Operation: \(operation) & AWSPaginatedOperation>(of operation: Operation)"
            source.block("public func pages\(paginated) -> AWSPageSequence<Operation>") { $0.line("self.client.pages(of: operation)") }
            source.line()
            source.line("/// The entries of a list, through all of its pages; see `AWSClient.items(of:)`.")
            source.line("///")
            source.line("/// - Parameter operation: the call for the first page.")
            source.line("/// - Returns: a sequence that asks for a page when the entries of the one before were taken.")
            source.block("public func items\(paginated) -> AWSItemSequence<Operation>") { $0.line("self.client.items(of: operation)") }
            source.line()
            source.line(
                "/// Calls an operation until its answer means the state that is waited for; see `AWSClient.wait(for:until:timeout:)`.")
            source.line("///")
            source.line("/// - Parameters:")
            source.line("///   - operation: what to call.")
            source.line("///   - waiter: which answers mean the state, and how often to ask.")
            source.line("///   - timeout: how long the wait may take; by default 5 minutes.")
            source.line("/// - Returns: the output that meant the state; `nil` where an error meant it.")
            source.line("/// - Throws: the error of a call, or one that says that the state will not come or that the time is over.")
            source.line("@discardableResult")
            source.block(
                "public func wait<Operation: \(operation)>(for operation: Operation, until waiter: AWSWaiter<Operation>, timeout: Duration = .seconds(300)) async throws(AWSError) -> Operation.Output?"
            ) { $0.line("try await self.client.wait(for: operation, until: waiter, timeout: timeout)") }
        }
        return self.file(source)
    }
}
