// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPTable {
    /// Decodes the fields of a table whose length was read.
    init(decoding bytes: Span<UInt8>, depth: Int) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.init()
        while !cursor.isAtEnd(of: bytes) {
            let name = try cursor.readRepairedShortString(from: bytes)
            self.fields.append(Field(name: name, value: try AMQPValue(from: &cursor, in: bytes, depth: depth)))
        }
    }

    /// Appends the table: its length, then its fields.
    func encode(into output: inout [UInt8], depth: Int) throws(AMQPWireError) {
        guard depth <= Self.maximumDepth else { throw .nestingTooDeep }
        let start = output.count
        output.appendUInt32(0)
        for field in self.fields {
            try output.appendShortString(field.name)
            try field.value.encode(into: &output, depth: depth)
        }
        try output.patchLength(at: start)
    }
}

extension AMQPWireError {
    static var nestingTooDeep: AMQPWireError {
        AMQPWireError(.nestingTooDeep, message: "tables and arrays are nested deeper than \(AMQPTable.maximumDepth)")
    }
}
