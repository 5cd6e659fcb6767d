// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Swift source text that is being written, line by line.
struct SourceText {
    private(set) var text = ""
    private var depth = 0

    /// Writes a line at the current depth; an empty one without spaces.
    mutating func line(_ line: String = "") {
        if !line.isEmpty { self.text += String(repeating: "    ", count: self.depth) + line }
        self.text += "\n"
    }

    /// Writes a line that ends in `{`, what stands within, and the closing brace.
    mutating func block(_ opening: String, _ write: (inout SourceText) throws -> Void) rethrows {
        self.line(opening + " {")
        self.depth += 1
        try write(&self)
        self.depth -= 1
        self.line("}")
    }
}
