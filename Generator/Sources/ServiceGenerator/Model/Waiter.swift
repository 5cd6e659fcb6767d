// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How to wait for a state, by `waiters-2.json`.
struct Waiter {
    /// What an answer means.
    struct Acceptor {
        /// What is looked at.
        enum Matcher {
            /// A value of the output.
            case path(Query, expected: String)
            /// All of the values, of which there is at least one.
            case pathAll(Query, expected: String)
            /// One of the values at least.
            case pathAny(Query, expected: String)
            /// An answer without an error.
            case success
            /// Any error.
            case anyError
            /// An error with a code.
            case error(code: String)
        }

        var matcher: Matcher
        /// `success`, `failure` or `retry`.
        var state: String
    }

    var name: String
    var operation: String
    /// Seconds between two calls.
    var delay: Int
    var acceptors: [Acceptor]
}
