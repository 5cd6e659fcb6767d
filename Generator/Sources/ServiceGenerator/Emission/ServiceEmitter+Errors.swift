// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ServiceEmitter {
    /// The file of the modelled errors.
    func errors() throws -> String {
        var source = SourceText()
        let errors = self.model.shapes.values.filter { $0.errorCode != nil }.sorted { $0.name < $1.name }
        try source.block("extension \(self.settings.errorScope)") { source in
            for (index, error) in errors.enumerated() {
                if index > 0 { source.line() }
                try StructureEmitter(self, error).emitError(&source)
            }
        }
        return self.file(source)
    }
}
