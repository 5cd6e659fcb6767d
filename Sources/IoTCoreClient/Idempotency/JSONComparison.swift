// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// Compares documents that AWS keeps as text.
enum JSONComparison {
    /// Whether two documents say the same, member order and white space aside; what is no JSON is compared as text.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        guard let leftValue = try? JSONValue(parsing: Array(left.utf8)), let rightValue = try? JSONValue(parsing: Array(right.utf8)) else {
            return left == right
        }
        return leftValue == rightValue
    }
}
