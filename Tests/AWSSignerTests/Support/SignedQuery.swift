// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// A path with its query taken apart, for comparing where the order of the parameters does not matter.
struct SignedQuery: Hashable {
    let path: String
    let parameters: [String]

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.path = String(parts[0])
        self.parameters = (parts.count > 1 ? String(parts[1]) : "").split(separator: "&")
            .map { $0.contains("=") ? String($0) : "\($0)=" }.sorted()
    }
}
