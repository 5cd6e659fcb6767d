// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

extension Waiter {
    init(_ name: String, _ value: JSONValue) throws {
        try value.check("the waiter \(name)", knows: ["description", "delay", "maxAttempts", "operation", "acceptors"])
        self.name = name
        self.operation = try value.text("operation")
        guard let delay = value["delay"]?.numberValue?.integer(as: Int.self) else {
            throw GeneratorError("the waiter \(name) has no delay")
        }
        self.delay = delay
        self.acceptors = try value["acceptors"]?.arrayValue?.map { try Acceptor($0) } ?? []
    }
}

extension Waiter.Acceptor {
    init(_ value: JSONValue) throws {
        try value.check("an acceptor", knows: ["matcher", "argument", "expected", "state"])
        self.state = try value.text("state")
        guard ["success", "failure", "retry"].contains(self.state) else { throw GeneratorError("an acceptor means \(self.state)") }
        switch (try value.text("matcher"), value["expected"]) {
        case ("path", .string(let expected)): self.matcher = .path(try Query(try value.text("argument")), expected: expected)
        case ("pathAll", .string(let expected)): self.matcher = .pathAll(try Query(try value.text("argument")), expected: expected)
        case ("pathAny", .string(let expected)): self.matcher = .pathAny(try Query(try value.text("argument")), expected: expected)
        case ("status", .number(let status)) where status.integer(as: Int.self) == 200: self.matcher = .success
        case ("error", .bool(false)): self.matcher = .success
        case ("error", .bool(true)): self.matcher = .anyError
        case ("error", .string(let code)): self.matcher = .error(code: code)
        case (let matcher, _): throw GeneratorError("an acceptor matches by \(matcher), which is not known")
        }
    }
}
