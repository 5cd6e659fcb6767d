// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

extension OperationModel {
    init(_ name: String, _ value: JSONValue) throws {
        try value.check(
            "the operation \(name)",
            knows: [
                "name", "http", "input", "output", "errors", "documentation", "idempotent", "readonly", "deprecated", "deprecatedMessage",
                "authtype", "auth",
            ])
        let http = try value.object("http")
        try http.check("the request of \(name)", knows: ["method", "requestUri", "responseCode"])
        try value["output"]?.check("the output of \(name)", knows: ["shape", "resultWrapper", "documentation"])
        if let wrapper = value["output"]?["resultWrapper"]?.stringValue, wrapper != "\(name)Result" {
            throw GeneratorError("the output of \(name) is in \(wrapper), not in \(name)Result")
        }
        self.name = name
        self.method = try http.text("method")
        self.uri = try http.text("requestUri")
        self.input = value["input"]?["shape"]?.stringValue
        self.output = value["output"]?["shape"]?.stringValue
        self.isSigned = value["authtype"]?.stringValue != "none"
    }
}
