// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a value takes from elsewhere when the stack is made.
enum Reference: Hashable, Sendable {
    /// `Ref` to a resource, a parameter or a pseudo parameter.
    case ref(String)
    /// `Fn::GetAtt` of a resource.
    case attribute(of: String, name: String)

    /// The logical id it refers to.
    var logicalID: String {
        switch self {
        case .ref(let logicalID), .attribute(let logicalID, _): logicalID
        }
    }

    /// What stands between `${` and `}` in `Fn::Sub`.
    var placeholder: String {
        switch self {
        case .ref(let logicalID): logicalID
        case .attribute(let logicalID, let name): "\(logicalID).\(name)"
        }
    }
}
