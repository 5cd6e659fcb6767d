// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why the database did not do what it was asked to.
public struct PostgreSQLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the server calls it (SQLSTATE, appendix A of its manual), such as `40P01`; `nil` where there is no connection.
    public var sqlState: String?
    /// What happened, without the values of any row.
    public var message: String

    /// The message, with the server's name for it.
    public var description: String { self.sqlState.map { "\(self.message) (SQLSTATE \($0))" } ?? self.message }
}
