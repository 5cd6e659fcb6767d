// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The path in the form that is signed.
enum CanonicalPath {
    /// Appends the form to a text.
    ///
    /// - Parameters:
    ///   - path: the path as it stands on the wire, without the query.
    ///   - text: gets ASCII text that starts with `/`.
    ///   - options: whether to normalise and to encode it.
    static func append(_ path: ArraySlice<UInt8>, to text: inout [UInt8], options: SigningOptions) {
        let normalized = options.normalizesPath && !self.isNormal(path) ? self.normalize(path)[...] : path
        if normalized.isEmpty {
            text.append(self.slash)
        } else if options.encodesPathTwice {
            PercentEncoding.append(normalized, to: &text, keepsSlash: true)
        } else {
            text += normalized
        }
    }

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// Whether no segment is empty or starts with a dot, as in nearly every path.
    private static func isNormal(_ path: ArraySlice<UInt8>) -> Bool {
        var previous: UInt8?
        for byte in path {
            if previous == self.slash, byte == self.slash || byte == self.dot { return false }
            previous = byte
        }
        return path.first == self.slash
    }

    /// The path without dot segments (RFC 3986 section 5.2.4) and without empty segments.
    ///
    /// It ends with `/` when the path does and a segment is left.
    private static func normalize(_ path: ArraySlice<UInt8>) -> [UInt8] {
        var segments: [[UInt8]] = []
        for segment in path.split(separator: self.slash) {
            switch Array(segment) {
            case [self.dot]: break
            case [self.dot, self.dot]: _ = segments.popLast()
            case let segment: segments.append(segment)
            }
        }
        let joined = segments.flatMap { [self.slash] + $0 }
        let endsWithSlash = path.last == self.slash
        return joined.isEmpty || endsWithSlash ? joined + [self.slash] : joined
    }
}
