// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The files of the folder `Fixtures`.
enum Fixture {
    static func bytes(of name: String) throws -> [UInt8] {
        let url = Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures")
        return try Array(Data(contentsOf: #require(url)))
    }
}
