// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import TestSupport
import Testing

/// The grammar of RFC 8259, by tables of texts that are JSON and texts that are not.
struct JSONGrammarTests {
    /// What skipping the whole text throws; nil when it is JSON.
    private func failure(_ bytes: [UInt8], maximumDepth: Int = 1_000) -> JSONError? {
        do throws(JSONError) {
            var reader = JSONReader(bytes, maximumDepth: maximumDepth)
            try reader.skip()
            try reader.finish()
            return nil
        } catch {
            return error
        }
    }

    /// What building a tree of the whole text throws; nil when that works.
    private func treeFailure(_ bytes: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONValue(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-0", "12", "-1", "1.5", "0.5", "-0.0", "1e5", "1E5", "1e+5", "1e-05", "0e0", "1.25E+10",
        "123456789012345678901234567890", "1e400", "\"\"", "\"a\"", " \t\r\n1 \t\r\n", "[]", "{}", "[ ]", "{ }", "[1]", "[1,2]",
        "[ 1 , [ ] , { } ]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"a\":1,\"a\":2}", "{\"\":0}", "[[[[]]]]",
        "[{\"a\":[{\"b\":{}}]}]", #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\u00E9""#, #""\ud83d\ude00""#, #""\uFFFF""#,
        "\"é😀\u{10FFFF}\u{7F}\u{80}\u{2028}\u{FEFF}\"", "{\"\\u0061\":1}", "[null,true,false,\"\",0]",
    ])
    func `a text by the grammar is taken`(_ text: String) {
        #expect(self.failure(Array(text.utf8)) == nil)
        #expect(self.treeFailure(Array(text.utf8)) == nil)
    }

    static let malformed: [(String, JSONError.Code)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("n", .unexpectedEnd), ("nul", .unexpectedEnd), ("tru", .unexpectedEnd),
        ("nulL", .unexpectedByte), ("TRUE", .unexpectedByte), ("True", .unexpectedByte), ("nullx", .unexpectedByte),
        ("true false", .unexpectedByte), ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte), ("-Infinity", .invalidNumber),
        ("undefined", .unexpectedByte), ("'a'", .unexpectedByte), ("a", .unexpectedByte), ("\u{FEFF}1", .unexpectedByte),
        ("01", .invalidNumber), ("-01", .invalidNumber), ("00", .invalidNumber), ("-", .unexpectedEnd), ("+1", .unexpectedByte),
        ("--1", .invalidNumber), ("1.", .unexpectedEnd), ("1.e5", .invalidNumber), (".5", .unexpectedByte), ("1e", .unexpectedEnd),
        ("1e+", .unexpectedEnd), ("1ee5", .invalidNumber), ("1.2.3", .unexpectedByte), ("0x1", .unexpectedByte), ("1_000", .unexpectedByte),
        ("1,", .unexpectedByte), ("1e5.5", .unexpectedByte), ("[1.,2]", .invalidNumber), ("１", .unexpectedByte),
        ("\"", .unexpectedEnd), ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\\"", .unexpectedEnd), ("\"\\u", .unexpectedEnd),
        ("\"\\u12", .unexpectedEnd), ("\"\\u12\"", .invalidEscape), ("\"\\u12G4\"", .invalidEscape), ("\"\\U0041\"", .invalidEscape),
        ("\"\\x41\"", .invalidEscape), ("\"\\a\"", .invalidEscape), ("\"\\'\"", .invalidEscape), ("\"\\0\"", .invalidEscape),
        ("\"\\é\"", .invalidEscape), ("\"\n\"", .unexpectedByte), ("\"\t\"", .unexpectedByte), ("\"\u{0}\"", .unexpectedByte),
        ("\"\u{1F}\"", .unexpectedByte), ("\"a\"b", .unexpectedByte), ("\"a\"\"b\"", .unexpectedByte),
        ("[", .unexpectedEnd), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("[,", .unexpectedByte), ("[,1]", .unexpectedByte),
        ("[1,]", .unexpectedByte), ("[1,,2]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("[1:2]", .unexpectedByte),
        ("[1}", .unexpectedByte), ("[}", .unexpectedByte), ("]", .unexpectedByte), ("[]]", .unexpectedByte), ("[][]", .unexpectedByte),
        ("{", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd),
        ("{\"a\":1,", .unexpectedEnd), ("{,}", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte), ("{\"a\":1,,\"b\":2}", .unexpectedByte),
        ("{\"a\" 1}", .unexpectedByte), ("{\"a\"}", .unexpectedByte), ("{\"a\":}", .unexpectedByte), ("{:1}", .unexpectedByte),
        ("{1:1}", .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte), ("{null:1}", .unexpectedByte),
        ("{\"a\":1 \"b\":2}", .unexpectedByte), ("{\"a\":1]", .unexpectedByte), ("{]", .unexpectedByte), ("}", .unexpectedByte),
        ("{}}", .unexpectedByte), ("{\"a\"::1}", .unexpectedByte), ("{\"a\":1:2}", .unexpectedByte),
        ("// comment\n1", .unexpectedByte), ("/* */1", .unexpectedByte), ("1 // comment", .unexpectedByte),
        ("1 # comment", .unexpectedByte),
        ("\u{B}1", .unexpectedByte), ("\u{C}1", .unexpectedByte), ("\u{A0}1", .unexpectedByte), ("\u{2028}1", .unexpectedByte),
        ("1\u{0}", .unexpectedByte), ("\u{0}", .unexpectedByte), ("\u{1E}1\n", .unexpectedByte),
    ]

    @Test(arguments: malformed)
    func `a text against the grammar is refused with its code`(_ text: String, _ code: JSONError.Code) {
        #expect(self.failure(Array(text.utf8))?.code == code)
        #expect(self.treeFailure(Array(text.utf8))?.code == code)
    }

    static let brokenUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC2, 0xC2], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
        [0xE1, 0x80], [0xE1, 0x80, 0x20], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF1, 0x80, 0x80], [0xF1, 0x80, 0x80, 0xC0], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    @Test(arguments: brokenUTF8)
    func `a string that is not UTF-8 is refused, as a value, as a key and where it is skipped`(_ bytes: [UInt8]) {
        let string = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        #expect(self.failure(string)?.code == .invalidUTF8)
        #expect(self.treeFailure(string)?.code == .invalidUTF8)
        let object = Array("{".utf8) + string + Array(":1}".utf8)
        #expect(self.failure(object)?.code == .invalidUTF8)
        #expect(self.treeFailure(object)?.code == .invalidUTF8)
        #expect(self.failure(bytes)?.code == .unexpectedByte, "outside a string no such byte may stand at all")
    }

    @Test func `every scalar value passes as itself and as an escape`() throws {
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 37) {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            let text = String(Character(scalar))
            let escaped = text.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
            let read = try JSONReader.decode([String].self, from: Array("[\"\(text)\",\"\(escaped)\"]".utf8))
            #expect(read.map { Array($0.utf8) } == [Array(text.utf8), Array(text.utf8)])
        }
    }

    @Test(arguments: [#"\ud800"#, #"\udfff"#, #"\ud800x"#, #"\ud800\ud800"#, #"\udc00\ud800"#, #"\ud800\n"#, #"\ud800\u0041"#, #"a\uDBFF"#])
    func `half of a surrogate pair is skipped, but never read`(_ escape: String) {
        #expect(self.failure(Array("\"\(escape)\"".utf8)) == nil)
        #expect(self.failure(Array("{\"\(escape)\":1}".utf8)) == nil)
        #expect(self.treeFailure(Array("\"\(escape)\"".utf8))?.code == .unpairedSurrogate)
        #expect(self.treeFailure(Array("{\"\(escape)\":1}".utf8))?.code == .unpairedSurrogate)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `nesting is followed to the maximum depth and refused beyond`(_ opening: String) {
        let levels = opening.utf8.filter { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }.count
        let closing = opening == "[" ? "]" : opening == "[{\"a\":" ? "}]" : "}"
        for depth in [63, 64, 65, 127, 128, 129, 500] {
            let text = String(repeating: opening, count: depth) + "0" + String(repeating: closing, count: depth)
            #expect(self.failure(Array(text.utf8), maximumDepth: depth * levels) == nil)
            #expect(self.failure(Array(text.utf8), maximumDepth: depth * levels - 1)?.code == .tooDeep)
        }
        let hostile = Array(String(repeating: opening, count: 200_000).utf8)
        #expect(self.failure(hostile)?.code == .tooDeep)
        #expect(self.treeFailure(hostile)?.code == .tooDeep)
    }

    @Test func `an error tells the byte where the text goes wrong`() {
        let cases: [(String, Int)] = [("[1,2,x]", 5), ("{\"a\":01}", 6), ("\"ab\\q\"", 4), ("  nulx", 5), ("[1", 2), ("1 2", 2)]
        for (text, offset) in cases { #expect(self.failure(Array(text.utf8))?.offset == offset, "\(text)") }
    }

    static let samples = [
        #"{"id":"a\u00e9\ud83d\ude00é😀","n":[-1.5e+10,0,true,false,null,{}],"o":{"k":[[]],"":""}}"#,
        #"  [ { "a" : "\"\\\/\b\f\n\r\t" } , "x" ]"#,
    ]

    @Test(arguments: samples)
    func `every prefix of a text ends too early`(_ text: String) {
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            let prefix = Array(bytes[..<length])
            let expected: Set<JSONError.Code> = [.unexpectedEnd, .invalidUTF8]
            #expect(self.failure(prefix).map { expected.contains($0.code) } == true, "\(length) bytes")
            #expect(self.treeFailure(prefix).map { expected.contains($0.code) } == true, "\(length) bytes")
        }
    }

    @Test func `random bytes and damaged texts never trap, and tree and scanner agree on them`() {
        var random = SeededGenerator(seed: 8259)
        let alphabet = Array("{}[]\",:\\u0d8-+.eE19tfnul \né".utf8) + [0x80, 0xC2, 0xED, 0xF4, 0xFF]
        var accepted = 0
        for round in 0..<40_000 {
            var bytes: [UInt8]
            if round.isMultiple(of: 2) {
                bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            } else {
                bytes = Array(Self.samples[round / 2 % Self.samples.count].utf8)
                for _ in 0...Int.random(in: 0...2, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = Bool.random(using: &random) ? .random(in: .min ... .max, using: &random) : bytes[bytes.count - 1 - place]
                }
            }
            let scanned = self.failure(bytes)
            let parsed = self.treeFailure(bytes)
            if scanned == nil { accepted += 1 }
            #expect(scanned == parsed || parsed?.code == .unpairedSurrogate, "\(bytes)")
        }
        #expect(accepted > 100, "the walk has to meet texts that are JSON, too")
    }
}
