// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The query in the form that is signed: pairs, encoded and sorted by key and then by value.
struct CanonicalQuery {
    private struct Pair {
        let key: [UInt8]
        let value: [UInt8]
    }

    private var pairs: [Pair] = []

    /// Takes a query apart.
    ///
    /// - Parameters:
    ///   - query: the query as it stands on the wire, without `?`; a key without `=` has an empty value.
    ///   - isIncluded: says by the decoded key whether a pair is taken; by default each is.
    init(_ query: ArraySlice<UInt8>, where isIncluded: ((String) -> Bool)? = nil) {
        for part in query.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let key = PercentEncoding.decode(part[..<equals])
            if let isIncluded, !isIncluded(String(decoding: key, as: UTF8.self)) { continue }
            let value = PercentEncoding.decode(part[equals...].dropFirst())
            self.pairs.append(Pair(key: PercentEncoding.encode(key), value: PercentEncoding.encode(value)))
        }
    }

    /// Adds a pair.
    ///
    /// - Parameters:
    ///   - key: the key, not encoded.
    ///   - value: the value, not encoded.
    mutating func add(_ key: String, _ value: String) {
        self.pairs.append(Pair(key: PercentEncoding.encode(key.utf8), value: PercentEncoding.encode(value.utf8)))
    }

    /// The sorted pairs, joined.
    var text: [UInt8] {
        if self.pairs.isEmpty { return [] }
        let sorted = self.pairs.sorted { left, right in
            left.key == right.key ? left.value.lexicographicallyPrecedes(right.value) : left.key.lexicographicallyPrecedes(right.key)
        }
        var text: [UInt8] = []
        for pair in sorted {
            if !text.isEmpty { text.append(UInt8(ascii: "&")) }
            text += pair.key
            text.append(UInt8(ascii: "="))
            text += pair.value
        }
        return text
    }
}
