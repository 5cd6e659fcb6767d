// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import TestSupport
import Testing

struct JSONNumberTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
        ("1.0", nil), ("1e2", nil), ("123456789012345678901234567890", nil),
    ])
    func `an integer is one only when it is written as one and fits`(_ text: String, _ value: Int?) throws {
        let number = try #require(JSONNumber(text))
        #expect(number.integer(as: Int.self) == value)
    }

    @Test(arguments: [
        ("0", 0), ("-0.0", -0.0), ("0.1", 0.1), ("1e308", 1e308), ("1.7976931348623157e308", .greatestFiniteMagnitude),
        ("5e-324", .leastNonzeroMagnitude),
        ("2e-324", 0), ("9007199254740993", 9_007_199_254_740_992), ("1e400", nil), ("-1e400", nil),
    ])
    func `a Double is the nearest one, and never infinite`(_ text: String, _ value: Double?) throws {
        let number = try #require(JSONNumber(text))
        #expect(number.double?.bitPattern == value?.bitPattern)
    }

    @Test(arguments: ["", " 1", "1 ", "01", "+1", "1.", ".1", "0x1", "NaN", "inf", "1,2", "1e", "-"])
    func `text that is not a JSON number makes none`(_ text: String) {
        #expect(JSONNumber(text) == nil)
    }

    @Test func `random doubles and integers come back as they were`() throws {
        var random = SeededGenerator(seed: 754)
        for _ in 0..<5_000 {
            let double = Double(bitPattern: .random(in: .min ... .max, using: &random))
            if double.isFinite {
                let number = try #require(JSONNumber(double))
                #expect(JSONNumber(number.description) == number)
                #expect(number.double == double)
            } else {
                #expect(JSONNumber(double) == nil)
            }
            let integer = Int.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random)
            #expect(JSONNumber(integer).integer() == integer)
        }
    }

    @Test func `digits are kept`() throws {
        for text in ["1.0", "1.50", "1E+2", "-0", "0.10000000000000000000000000000000000000001"] {
            #expect(try JSONWriter.encode(JSONReader.decode(JSONNumber.self, from: Array(text.utf8))) == Array(text.utf8))
        }
        #expect(JSONNumber("1.0") != JSONNumber("1"))
    }
}
