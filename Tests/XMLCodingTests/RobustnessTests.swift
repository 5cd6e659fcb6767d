// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import XMLCoding

@Suite struct RobustnessTests {
    /// Reads to the end or the error, and checks what must hold for any bytes.
    private func walk(_ bytes: [UInt8], _ sourceLocation: SourceLocation = #_sourceLocation) {
        var depth = 0
        var last = 0
        var reachedEnd = false
        do throws(XMLError) {
            var reader = try XMLReader(bytes)
            while let event = try reader.nextEvent() {
                switch event {
                case .start: depth += 1
                case .end: depth -= 1
                case .text(let text): #expect(!text.isEmpty, sourceLocation: sourceLocation)
                }
                #expect(depth >= 0 && reader.offset >= last && reader.offset <= bytes.count, sourceLocation: sourceLocation)
                last = reader.offset
            }
            reachedEnd = true
        } catch {
            #expect((0...bytes.count).contains(error.offset), sourceLocation: sourceLocation)
        }
        #expect(!reachedEnd || (depth == 0 && last > 0), sourceLocation: sourceLocation)
    }

    @Test(arguments: Fixture.answers)
    func `every truncation of an answer is an unexpected end`(name: String) throws {
        let bytes = try Fixture.bytes(name)
        let end = try #require(bytes.lastIndex(of: UInt8(ascii: ">")))
        for length in 0..<end {
            let code = failure(Array(bytes[..<length]))?.code
            let cutsCharacter = bytes[length] & 0xC0 == 0x80
            #expect(code == (cutsCharacter ? .invalidUTF8 : .unexpectedEnd), "\(length) bytes")
        }
        #expect(failure(Array(bytes[...end])) == nil)
    }

    @Test func `every truncation of a document with all kinds of markup is an unexpected end`() {
        let document =
            "<?xml version='1.0' encoding=\"UTF-8\" standalone='no'?><!-- c --><?p i?>"
            + "<r:a x='&lt;&#65;' r:y = \"&#x42;\"><b/>t&amp;<!-- c --><![CDATA[]]]]><?p i?></r:a >"
        let bytes = Array(document.utf8)
        #expect(failure(bytes) == nil)
        for length in 0..<bytes.count { #expect(failure(Array(bytes[..<length]))?.code == .unexpectedEnd, "\(length) bytes") }
    }

    @Test(arguments: Fixture.answers + ["error-page.html", "gateway-page.html"])
    func `a mutated answer gives events or an error, never a trap`(name: String) throws {
        let original = try Fixture.bytes(name)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert("<>&;/!?-[]\"'= #x".utf8.randomElement(using: &generator) ?? 0, at: index)
                default: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &generator))
                }
            }
            self.walk(bytes)
        }
    }

    @Test func `random pieces of markup give events or an error, never a trap`() {
        let pieces = [
            "<", ">", "/>", "</", "<a>", "</a>", "<a", " b='", "' ", "\"", "=", "&", "&#", "&#x", ";", "lt;", "<!--", "--", "-->",
            "<![CDATA[",
            "]]>", "<?", "?>", "xml", " version='1.0'", "<!DOCTYPE", ":", "x", "1", " ", "\r", "\n", "é", "\u{1F512}", "\u{FEFF}", "\u{0}",
        ]
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            var bytes = Array((Bool.random(using: &generator) ? "<a>" : "").utf8)
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                bytes.append(contentsOf: (pieces.randomElement(using: &generator) ?? "").utf8)
            }
            self.walk(bytes)
        }
    }

    @Test func `random bytes give an error, never a trap`() {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<20_000 {
            self.walk((0..<Int.random(in: 0...64, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    @Test func `a random tree is read as it was written`() throws {
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<500 {
            var document = "<r>"
            var expected: [XMLEvent] = [.start("r")]
            var open = ["r"]
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    let name = ["a", "b-1", "Übung", "_"].randomElement(using: &generator) ?? "a"
                    open.append(name)
                    document += "<p:\(name) at='&#\(UInt8.random(in: 32...126, using: &generator));'>"
                    expected.append(.start(name))
                case 1 where open.count > 1:
                    let name = open.removeLast()
                    document += "</p:\(name)>"
                    expected.append(.end(name))
                default:
                    let (written, meant) =
                        [("x&lt;y", "x<y"), ("<![CDATA[&]]>", "&"), ("<!---->\r\n&#x20AC;", "\n€")]
                        .randomElement(using: &generator) ?? ("", "")
                    document += written
                    if case .text(let text) = expected.last {
                        expected[expected.count - 1] = .text(text + meant)
                    } else {
                        expected.append(.text(meant))
                    }
                }
            }
            while let name = open.popLast() {
                document += open.isEmpty ? "</\(name)>" : "</p:\(name)>"
                expected.append(.end(name))
            }
            #expect(try events(Array(document.utf8)) == expected)
        }
    }
}
