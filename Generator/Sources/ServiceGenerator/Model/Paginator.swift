// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How an operation pages, by `paginators-1.json`.
struct Paginator {
    /// The input's member that takes the token of a page.
    var inputToken: String
    /// The output's member that gives the token of the next page.
    var outputToken: String
    /// The output's member that lists the entries.
    var result: String
}
