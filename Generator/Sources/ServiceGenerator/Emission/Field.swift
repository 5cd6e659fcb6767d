// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A member of a structure, as a property of Swift.
struct Field {
    var member: Member
    var shape: Shape
    /// The property's name.
    var name: String
    /// Its type, without a question mark.
    var type: String
    var isOptional: Bool

    /// The property's declaration.
    var declaration: String { "public var \(SwiftName.quoted(self.name)): \(self.type)\(self.isOptional ? "?" : "")" }

    /// The parameter of an initialiser.
    var parameter: String { "\(SwiftName.quoted(self.name)): \(self.type)\(self.isOptional ? "? = nil" : "")" }

    /// The fields of a structure.
    ///
    /// - Parameter hasRequired: whether members that the model requires must be given; in what AWS answers nothing is sure to be there.
    static func all(of shape: Shape, in emitter: ServiceEmitter, hasRequired: Bool) throws -> [Field] {
        try shape.members.map { member in
            Field(
                member: member, shape: try emitter.model.shape(member.shape), name: SwiftName.property(member.name),
                type: try emitter.type(of: member),
                isOptional: !hasRequired || !shape.required.contains(member.name) || member.isIdempotencyToken)
        }
    }
}
