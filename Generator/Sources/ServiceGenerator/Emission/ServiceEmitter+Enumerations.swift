// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ServiceEmitter {
    /// Writes an open enumeration.
    func emitEnumeration(_ shape: Shape, _ source: inout SourceText) throws {
        for line in self.documentation(shape.name, as: "a text with known values") { source.line(line) }
        source.block("public struct \(self.typeName(shape.name)): AWSEnumeration") { source in
            source.line("public let rawValue: String")
            source.line("public init(rawValue: String) { self.rawValue = rawValue }")
            source.line()
            var names: Set<String> = []
            for value in shape.values {
                let prefix = self.settings.valuePrefixes[shape.name] ?? ""
                var name = SwiftName.property(value.hasPrefix(prefix) ? String(value.dropFirst(prefix.count)) : value)
                // Two spellings of one name: the later ones are told apart by a mark.
                while !names.insert(name).inserted { name += "_" }
                source.line("public static var \(SwiftName.quoted(name)): Self { Self(rawValue: \"\(value)\") }")
            }
        }
    }
}
