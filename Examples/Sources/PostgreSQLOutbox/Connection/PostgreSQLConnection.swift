// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A connection to a database, which is made when it is needed, and made anew when it was lost.
///
/// Its calls block a thread of their own. One caller at a time has the connection, from the beginning of a transaction to its end.
public actor PostgreSQLConnection {
    private let executor = PostgreSQLExecutor()
    private let address: String
    private var handle: PostgreSQLHandle?
    /// The names of the statements that the server knows.
    private var prepared: [String: String] = [:]
    private var isInTransaction = false

    /// The thread of its own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    /// Makes a connection, which is not open yet.
    ///
    /// - Parameter address: a connection string of libpq, as URI or as keywords.
    public init(_ address: String) { self.address = address }

    /// Runs a statement, in the transaction that is open or in one of its own.
    ///
    /// - Parameters:
    ///   - sql: the statement; it is prepared when it runs for the first time.
    ///   - parameters: its parameters as text; `nil` for NULL.
    /// - Returns: the rows, their values as text.
    @discardableResult
    public func run(_ sql: String, _ parameters: [String?] = []) throws(PostgreSQLError) -> [[String?]] {
        try self.open()
        do throws(PostgreSQLError) {
            let name: String
            if let known = self.prepared[sql] { name = known } else { name = try self.prepare(sql) }
            return try self.handle?.run(name, parameters) ?? []
        } catch {
            self.dropIfLost()
            throw error
        }
    }

    /// Runs statements in one transaction, which is undone where one fails.
    ///
    /// - Parameter body: the statements.
    /// - Returns: what they return, once the transaction is committed.
    /// - Throws: what the closure threw, or ``PostgreSQLError``. Where the connection is lost while the transaction is committed, nobody knows
    ///   whether it was.
    public func transaction<Value: Sendable>(_ body: @Sendable (isolated PostgreSQLConnection) throws -> Value) throws -> Value {
        do throws(PostgreSQLError) {
            try self.run("BEGIN")
        } catch {
            // The server may have closed a connection that was idle; nothing has happened on it, so that a new one will do.
            guard self.handle == nil else { throw error }
            try self.run("BEGIN")
        }
        self.isInTransaction = true
        defer { self.isInTransaction = false }
        do {
            let value = try body(self)
            try self.run("COMMIT")
            return value
        } catch {
            // Without a connection there is nothing to undo.
            _ = try? self.handle?.run(script: "ROLLBACK")
            throw error
        }
    }

    /// Runs a script of several statements without parameters.
    func run(script: String) throws(PostgreSQLError) {
        try self.open()
        try self.handle?.run(script: script)
    }

    private func open() throws(PostgreSQLError) {
        guard self.handle == nil else { return }
        guard !self.isInTransaction else { throw PostgreSQLError(message: "the connection was lost within a transaction") }
        self.handle = try PostgreSQLHandle(self.address)
    }

    private func prepare(_ sql: String) throws(PostgreSQLError) -> String {
        let name = "statement-\(self.prepared.count)"
        try self.handle?.prepare(name, sql)
        self.prepared[sql] = name
        return name
    }

    private func dropIfLost() {
        guard self.handle?.isUp != true else { return }
        self.handle = nil
        self.prepared = [:]
    }
}
