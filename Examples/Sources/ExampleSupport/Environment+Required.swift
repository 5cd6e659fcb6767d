// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Hummingbird

extension Environment {
    /// A variable that has no default.
    public func required(_ name: String) throws -> String {
        guard let value = self.get(name) else { throw MissingVariable(name: name) }
        return value
    }

    /// The address of an HTTP API on this machine, by the variable that has its port.
    public func address(port name: String) throws -> ApplicationConfiguration {
        guard let port = Int(try self.required(name)) else { throw MissingVariable(name: name) }
        return ApplicationConfiguration(address: .hostname("127.0.0.1", port: port))
    }
}

private struct MissingVariable: Error, CustomStringConvertible {
    let name: String
    var description: String { "set \(self.name)" }
}
