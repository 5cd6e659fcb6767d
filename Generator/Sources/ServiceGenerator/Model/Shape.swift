// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A type of a service model.
struct Shape {
    /// What kind of type it is.
    enum Kind: Equatable {
        case structure, string, integer, float, boolean, timestamp, blob
        case list(element: String)
        case map(value: String)
    }

    /// The name in the model.
    var name: String
    var kind: Kind
    /// The members of a structure, in the order of the model.
    var members: [Member] = []
    /// The members that an input must have.
    var required: Set<String> = []
    /// The values of a string that has known ones.
    var values: [String] = []
    /// The member that is the body by itself.
    var payload: String?
    /// The names of key and value in an entry of a map.
    var entryNames = ["key", "value"]
    /// The code of an error; nil in all other types.
    var errorCode: String?
    /// Whether what it holds must not be logged.
    var isSensitive = false
    var isEventStream = false

    var isEnumeration: Bool { !self.values.isEmpty }

    func member(_ name: String) -> Member? { self.members.first { $0.name == name } }
}
