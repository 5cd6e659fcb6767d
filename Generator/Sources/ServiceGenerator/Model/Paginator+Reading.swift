// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

extension Paginator {
    init(_ value: JSONValue) throws {
        try value.check("a paginator", knows: ["input_token", "output_token", "result_key", "limit_key", "non_aggregate_keys"])
        // Of several lists the first one is what the operation is about.
        guard let result = value["result_key"]?.stringValue ?? value["result_key"]?[0]?.stringValue else {
            throw GeneratorError("a paginator has no result")
        }
        self.inputToken = try value.text("input_token")
        self.outputToken = try value.text("output_token")
        self.result = result
    }
}
