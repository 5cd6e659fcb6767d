// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import TestSupport
import Testing

struct JSONValueTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func `a tree keeps order, repeated names and digits`() throws {
        let text = #"{"b":[1.0,null,true,{"x":{}},[]],"a":"é","b":2}"#
        let value = try self.parse(text)
        #expect(String(decoding: try value.encoded(), as: UTF8.self) == text)
        #expect(value["b"]?.numberValue?.integer() == 2, "of members with the same name the last one counts")
        #expect(value["a"]?.stringValue == "é")
        #expect(value["c"] == nil)
        #expect(value.objectValue?.first?.value[2]?.boolValue == true)
        #expect(value.objectValue?.first?.value[1]?.isNull == true)
        #expect(value.objectValue?.first?.value[5] == nil)
        #expect(value.objectValue?.first?.value[-1] == nil)
    }

    @Test func `literals make values`() throws {
        let name = "pump"
        let value: JSONValue = ["a": [1, true, nil, "x \(name)"], "b": [:]]
        #expect(String(decoding: try value.encoded(), as: UTF8.self) == #"{"a":[1,true,null,"x pump"],"b":{}}"#)
    }

    @Test(arguments: [
        (#"{"a":1,"b":{"c":[1],"d":2}}"#, #"{"b":{"d":2,"c":[1]},"a":1}"#, true),
        (#"{"a":1,"a":2}"#, #"{"a":2,"a":1}"#, false), (#"{"a":1,"a":2,"b":3}"#, #"{"b":3,"a":1,"a":2}"#, true),
        (#"{"a":1}"#, #"{"a":1,"b":2}"#, false), (#"{"a":1}"#, #"{"b":1}"#, false), ("[1,2]", "[2,1]", false), ("[1,2]", "[1]", false),
        ("1", "1.0", false), ("null", "false", false), ("[]", "{}", false), (#""1""#, "1", false), ("[[],[[]]]", "[[],[[]]]", true),
    ])
    func `values are equal when they mean the same`(_ left: String, _ right: String, _ equal: Bool) throws {
        let (left, right) = (try self.parse(left), try self.parse(right))
        #expect((left == right) == equal)
        #expect((right == left) == equal)
        #expect(left == left && right == right)
        if equal { #expect(left.hashValue == right.hashValue) }
    }

    private static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .number(JSONNumber(Int.random(in: .min ... .max, using: &random)))
        case 3: return .string(Self.randomText(using: &random))
        case 4: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in Self.random(depth: depth - 1, using: &random) })
        default:
            return .object(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    .init(key: Self.randomText(using: &random), value: Self.random(depth: depth - 1, using: &random))
                })
        }
    }

    private static func randomText(using random: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\u{0}", "\n", "\u{1F}", "\u{7F}", "é", "\u{FFFF}", "😀", "\u{301}"]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...5, using: &random) { text.append(scalars.randomElement(using: &random) ?? "a") }
        return String(text)
    }

    @Test func `random trees come back from their text, and shuffled members change nothing`() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let value = Self.random(depth: 4, using: &random)
            let text = try value.encoded()
            let again = try JSONValue(parsing: text)
            #expect(again == value)
            #expect(try again.encoded() == text)
            guard case .object(let members) = value, Set(members.map(\.key)).count == members.count else { continue }
            let shuffled = JSONValue.object(members.shuffled(using: &random))
            #expect(shuffled == value)
            #expect(shuffled.hashValue == value.hashValue)
        }
    }

    /// Runs on a thread with the small stack that the threads of a server may have.
    @Test func `a tree as deep as is allowed is parsed, compared, hashed, written and freed on a stack of 512 KiB`() async throws {
        let text = Array((String(repeating: #"[{"a":"#, count: 500) + "0" + String(repeating: "}]", count: 500)).utf8)
        let outcome: Result<Bool, any Error> = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    returning: Result {
                        var value: JSONValue? = try JSONValue(parsing: text)
                        let other = try JSONValue(parsing: text)
                        let same = try value == other && value.hashValue == Optional(other).hashValue && value?.encoded() == text
                        value = nil
                        return same
                    })
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
        #expect(try outcome.get())
    }

    /// The sizes are such that a path with quadratic cost would keep the run from ending.
    @Test func `large hostile shapes come through whole`() throws {
        let count = 100_000
        let many = "{" + (0..<count).map { #""k\#($0)":0"# }.joined(separator: ",") + "}"
        let reversed = "{" + (0..<count).reversed().map { #""k\#($0)":0"# }.joined(separator: ",") + "}"
        let (left, right) = (try self.parse(many), try self.parse(reversed))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        let repeated = try self.parse("{" + Array(repeating: #""k":0"#, count: count).joined(separator: ",") + "}")
        #expect(repeated == repeated)
        #expect(try self.parse("\"" + String(repeating: #"\u0041\n"#, count: count) + "\"").stringValue?.utf8.count == 2 * count)
        #expect(try self.parse(String(repeating: "7", count: 1_000_000)).numberValue?.double == nil)
        #expect(try self.parse("0." + String(repeating: "7", count: 1_000_000)).numberValue?.double == 7 / 9)
        #expect(try self.parse("[" + Array(repeating: "[[]]", count: count).joined(separator: ",") + "]").arrayValue?.count == count)
    }
}
