// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Testing

@Suite struct SensitiveTests {
    @Test func `keys that were given show in no description`() {
        var credentials = STS.Credentials()
        credentials.secretAccessKey = "very secret"
        var output = STS.AssumeRole.Output()
        output.credentials = credentials
        for text in ["\(credentials)", String(reflecting: credentials), "\(output)", String(reflecting: output)] {
            #expect(!text.contains("very secret"))
        }
    }
}
