// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which types stand in inputs, in outputs and in both.
struct ShapeUsage {
    /// Structures and enumerations that an input holds.
    private(set) var inInputs: Set<String> = []
    /// Structures and enumerations that an output, an error or an event holds.
    private(set) var inOutputs: Set<String> = []
    /// Outputs that are types of their own, because more than one operation answers with them, or other types hold them.
    private(set) var sharedOutputs: Set<String> = []
    /// Structures and enumerations to be compared, with what they hold.
    private(set) var compared: Set<String> = []
    /// The types that each operation reaches, by its name.
    private(set) var byOperation: [String: Set<String>] = [:]

    init(_ model: ServiceModel, comparable: Set<String>) throws {
        let inputs = Set(model.operations.compactMap(\.input))
        let outputs = model.operations.compactMap(\.output)
        let held = Set(model.shapes.values.flatMap(Self.references))
        self.sharedOutputs = Set(outputs.filter { output in held.contains(output) || outputs.count { $0 == output } > 1 })
        if let shared = inputs.first(where: { held.contains($0) }) { throw GeneratorError("the input \(shared) is held by another type") }

        for operation in model.operations {
            var reached: Set<String> = []
            if let input = operation.input { try Self.reach(input, in: model, &self.inInputs, isRoot: true) }
            if let output = operation.output {
                try Self.reach(output, in: model, &self.inOutputs, isRoot: !self.sharedOutputs.contains(output))
            }
            for root in [operation.input, operation.output].compactMap({ $0 }) {
                try Self.reach(root, in: model, &reached, isRoot: !self.sharedOutputs.contains(root))
            }
            self.byOperation[operation.name] = reached
        }
        for error in model.shapes.values where error.errorCode != nil {
            try Self.reach(error.name, in: model, &self.inOutputs, isRoot: true)
        }
        for name in comparable { try Self.reach(name, in: model, &self.compared, isRoot: false) }
    }

    /// All types that are written.
    var all: Set<String> { self.inInputs.union(self.inOutputs) }

    private static func references(_ shape: Shape) -> [String] {
        switch shape.kind {
        case .list(let element): [element]
        case .map(let value): [value]
        case .structure: shape.members.map(\.shape)
        default: []
        }
    }

    private static func reach(_ name: String, in model: ServiceModel, _ found: inout Set<String>, isRoot: Bool) throws {
        let shape = try model.shape(name)
        if !isRoot, (shape.kind == .structure && !shape.isEventStream && shape.errorCode == nil) || shape.isEnumeration {
            guard found.insert(name).inserted else { return }
        }
        if shape.isEventStream {
            for member in shape.members { try self.reach(member.shape, in: model, &found, isRoot: false) }
        } else {
            for reference in self.references(shape) { try self.reach(reference, in: model, &found, isRoot: false) }
        }
    }
}
