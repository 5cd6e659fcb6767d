// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Template {
    /// Checks all that can be checked without AWS.
    func validate() throws(TemplateError) {
        try self.validateLimits()
        let resourceIDs = try Self.distinct(self.content.resources.map(\.logicalID))
        let parameterIDs = try Self.distinct(self.content.parameters.map(\.logicalID), besides: resourceIDs)
        _ = try Self.distinct(self.content.outputs.map(\.logicalID))

        func validate(_ references: [Reference], of owner: String) throws(TemplateError) {
            for reference in references where !reference.isPseudoParameter && !resourceIDs.contains(reference.logicalID) {
                if case .ref(let logicalID) = reference, parameterIDs.contains(logicalID) { continue }
                throw TemplateError(.unknownReference, message: "\(owner) refers to \(reference.placeholder), which is not in the template")
            }
        }
        for resource in self.content.resources {
            try validate(resource.properties.expression.references, of: resource.logicalID)
            for logicalID in resource.attributes.dependsOn where !resourceIDs.contains(logicalID) {
                throw TemplateError(
                    .unknownReference, message: "\(resource.logicalID) depends on \(logicalID), which is not in the template")
            }
            try resource.validate()
        }
        for output in self.content.outputs {
            try validate(output.value.expression.references, of: "the output \(output.logicalID)")
        }
        try self.validateOrder()
    }

    /// Checks the quotas of CloudFormation that count things; the one on size is checked on the rendered template.
    private func validateLimits() throws(TemplateError) {
        guard !self.content.resources.isEmpty else { throw TemplateError(.noResources, message: "the template has no resource") }
        let counts = [
            (self.content.resources.count, 500, "resources"), (self.content.parameters.count, 200, "parameters"),
            (self.content.outputs.count, 200, "outputs"), (self.description?.utf8.count ?? 0, 1_024, "bytes of description"),
        ]
        for (count, limit, what) in counts where count > limit {
            throw TemplateError(.limitExceeded, message: "the template has \(count) \(what); \(limit) are allowed")
        }
    }

    /// Checks that logical ids are well formed and that no two are the same.
    private static func distinct(_ logicalIDs: [String], besides others: Set<String> = []) throws(TemplateError) -> Set<String> {
        var seen = others
        for logicalID in logicalIDs {
            guard (1...255).contains(logicalID.utf8.count), logicalID.utf8.allSatisfy(Self.isAlphanumeric) else {
                throw TemplateError(.invalidLogicalID, message: "\"\(logicalID)\" is not 1 to 255 letters and digits")
            }
            guard seen.insert(logicalID).inserted else {
                throw TemplateError(.duplicateLogicalID, message: "\(logicalID) is there twice")
            }
        }
        return seen.subtracting(others)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }

    /// Checks that the resources can be made one after the other: takes away, again and again, those that need none of the rest.
    private func validateOrder() throws(TemplateError) {
        let resourceIDs = Set(self.content.resources.map(\.logicalID))
        var pending = self.content.resources.map { resource in
            let references = resource.properties.expression.references.map(\.logicalID)
            return (resource.logicalID, needs: resourceIDs.intersection(references + resource.attributes.dependsOn))
        }
        var made: Set<String> = []
        while !pending.isEmpty {
            let count = pending.count
            for (logicalID, needs) in pending where needs.isSubset(of: made) { made.insert(logicalID) }
            pending.removeAll { made.contains($0.0) }
            guard pending.count < count else {
                throw TemplateError(
                    .circularDependency, message: "\(pending.map(\.0).joined(separator: ", ")) wait for each other, or for one that does")
            }
        }
    }
}
