// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient

extension AMQPError {
    /// The error that an operation throws; `nil` where it throws none.
    static func catching<Result>(_ operation: () async throws -> Result) async throws -> AMQPError? {
        do {
            _ = try await operation()
            return nil
        } catch let error as AMQPError {
            return error
        }
    }
}
