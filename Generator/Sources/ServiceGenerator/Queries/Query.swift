// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The part of JMESPath (https://jmespath.org/specification.html) that paginators and waiters use: names, and projections of lists.
///
/// `Stacks[].StackStatus` is the status of each stack, `Configuration.State` one state.
package struct Query: Equatable {
    /// One step from a value to the next.
    package struct Step: Equatable {
        /// The member's name.
        package var name: String
        /// Whether the steps behind it are made from each of its elements.
        package var isProjected: Bool

        package init(name: String, isProjected: Bool) {
            self.name = name
            self.isProjected = isProjected
        }
    }

    package var steps: [Step]

    /// Reads an expression; one beyond this part of the language is refused.
    package init(_ text: String) throws {
        self.steps = try text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            let isProjected = part.hasSuffix("[]")
            let name = isProjected ? part.dropLast(2) : part
            guard let first = name.first, first.isLetter || first == "_", name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
            else {
                throw GeneratorError("the expression '\(text)' is beyond what is known of JMESPath")
            }
            return Step(name: String(name), isProjected: isProjected)
        }
        guard self.steps.count(where: \.isProjected) <= 1, self.steps.last?.isProjected == false else {
            throw GeneratorError("the expression '\(text)' is beyond what is known of JMESPath")
        }
    }
}
