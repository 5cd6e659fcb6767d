// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The documents of the folder `Fixtures`.
enum Fixture {
    static let answers = [
        "cloudformation-create-stack.xml", "cloudformation-describe-stacks.xml", "query-error.xml", "s3-access-control-policy.xml",
        "sts-assume-role.xml", "sts-get-caller-identity.xml",
    ]

    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures"))
        return [UInt8](try Data(contentsOf: url))
    }
}
