// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing
import XMLCoding

@Suite struct GrammarTests {
    @Test(
        arguments: [
            ("<a/>", [.start("a"), .end("a")]),
            ("<a />", [.start("a"), .end("a")]),
            ("<a></a >", [.start("a"), .end("a")]),
            ("\u{FEFF}<a/>", [.start("a"), .end("a")]),
            ("<?xml version=\"1.0\"?><a/>", [.start("a"), .end("a")]),
            ("<?xml version='1.1' encoding = 'utf-8' standalone='yes' ?>\n<a/>\n", [.start("a"), .end("a")]),
            ("<!-- - <b> --><?go <b> ?><a/><?go?><!---->", [.start("a"), .end("a")]),
            ("<?xml-stylesheet href='x'?><a/>", [.start("a"), .end("a")]),
            ("<a>x</a>", [.start("a"), .text("x"), .end("a")]),
            ("<a> <b/> </a>", [.start("a"), .text(" "), .start("b"), .end("b"), .text(" "), .end("a")]),
            ("<a>1<!-- c -->2<?p i?>3<![CDATA[4]]>5</a>", [.start("a"), .text("12345"), .end("a")]),
            ("<a>&lt;&gt;&amp;&quot;&apos;</a>", [.start("a"), .text("<>&\"'"), .end("a")]),
            ("<a>&#65;&#x42;&#x1F512;&#9;&#x00000000041;</a>", [.start("a"), .text("AB\u{1F512}\tA"), .end("a")]),
            ("<a><![CDATA[<b>&amp;]] >]]></a>", [.start("a"), .text("<b>&amp;]] >"), .end("a")]),
            ("<a><![CDATA[]]]]><![CDATA[>]]></a>", [.start("a"), .text("]]>"), .end("a")]),
            ("<a><![CDATA[]]></a>", [.start("a"), .end("a")]),
            ("<a>]] ]></a>", [.start("a"), .text("]] ]>"), .end("a")]),
            ("<a>1\r\n2\r3\n4&#13;<![CDATA[\r\n]]></a>", [.start("a"), .text("1\n2\n3\n4\r\n"), .end("a")]),
            ("<s:a xmlns:s='u'><s:b/></s:a>", [.start("a"), .start("b"), .end("b"), .end("a")]),
            ("<é·-.1_>ü€𝄞</é·-.1_>", [.start("é·-.1_"), .text("ü€𝄞"), .end("é·-.1_")]),
        ] as [(String, [XMLEvent])])
    func `a well-formed document gives its events`(document: String, expected: [XMLEvent]) throws {
        #expect(try events(Array(document.utf8)) == expected)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("<!-- x -->", .unexpectedEnd, 10),
            ("x", .malformed, 0), ("{\"message\":\"no\"}", .malformed, 0), ("<a/>x", .malformed, 4), ("<a/><b/>", .malformed, 4),
            ("<a/>&#32;", .malformed, 4), ("< a/>", .malformed, 1), ("<1/>", .malformed, 1), ("<-a/>", .malformed, 1),
            ("<a:/>", .malformed, 3), ("<:a/>", .malformed, 1), ("<a:b:c/>", .malformed, 4), ("<a / >", .malformed, 4),
            ("<a><b></a></b>", .mismatchedTag, 8), ("<a></b>", .mismatchedTag, 5), ("<x:a></y:a>", .mismatchedTag, 7),
            ("<a></a b='c'>", .malformed, 7), ("</a>", .malformed, 1),
            ("<a b/>", .malformed, 4), ("<a b=c/>", .malformed, 5), ("<a b='c'd='e'/>", .malformed, 8), ("<a b='<'/>", .malformed, 6),
            ("<a b='1' b='2'/>", .duplicateAttribute, 9), ("<a x:b='1' x:b='2'/>", .duplicateAttribute, 11),
            ("<a>]]></a>", .malformed, 3), ("<a>& </a>", .malformed, 4), ("<a>&amp </a>", .malformed, 7), ("<a>&#;</a>", .malformed, 5),
            ("<a>&#x;</a>", .malformed, 6), ("<a>&#xG;</a>", .malformed, 6), ("<a>&#6A;</a>", .malformed, 6),
            ("<a>&#X41;</a>", .malformed, 5),
            ("<a>&nbsp;</a>", .unknownEntity, 3), ("<a b='&file;'/>", .unknownEntity, 6), ("<a>&AMP;</a>", .unknownEntity, 3),
            ("<a>&#0;</a>", .invalidCharacter, 3), ("<a>&#x1F;</a>", .invalidCharacter, 3), ("<a>&#xD800;</a>", .invalidCharacter, 3),
            ("<a>&#xFFFE;</a>", .invalidCharacter, 3), ("<a>&#x110000;</a>", .invalidCharacter, 3),
            ("<a>&#99999999999999999999999999;</a>", .invalidCharacter, 3),
            ("<a>\u{0}</a>", .invalidCharacter, 3), ("<a>\u{B}</a>", .invalidCharacter, 3), ("<a>\u{FFFF}</a>", .invalidCharacter, 3),
            ("<a><!-- -- --></a>", .malformed, 10), ("<a><!-></a>", .malformed, 6), ("<a><!--></a>", .unexpectedEnd, 12),
            ("<a><![cdata[x]]></a>", .malformed, 6), ("<a><!ENTITY x 'y'></a>", .malformed, 5), ("<![CDATA[x]]><a/>", .malformed, 2),
            ("<!DOCTYPE a><a/>", .documentTypeRefused, 9), ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", .documentTypeRefused, 9),
            ("<!doctype html><html></html>", .malformed, 2), ("<a/><!DOCTYPE a>", .malformed, 4),
            (" <?xml version='1.0'?><a/>", .malformed, 1), ("<a><?xml version='1.0'?></a>", .malformed, 3), ("<a/><?XML?>", .malformed, 4),
            ("<?xml?><a/>", .malformed, 5), ("<?xml version='2.0'?><a/>", .malformed, 19), ("<?xml encoding='UTF-8'?><a/>", .malformed, 6),
            ("<?xml version='1.0' encoding='UTF-16'?><a/>", .unsupportedEncoding, 37),
            ("<?xml version='1.0' standalone='maybe'?><a/>", .malformed, 38), ("<?xml version='1.0' x='y'?><a/>", .malformed, 20),
            ("<?a/b?><a/>", .malformed, 3), ("<? a?><a/>", .malformed, 2),
        ] as [(String, XMLError.Code, Int)])
    func `a document that is not well formed or refused gives an error with its place`(document: String, code: XMLError.Code, offset: Int) {
        let error = failure(Array(document.utf8))
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3, 0x28], [0xE2, 0x82], [0xF0, 0x9F, 0x94],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused wherever they stand`(sequence: [UInt8]) {
        let inText = failure(Array("<a>".utf8) + sequence + Array("</a>".utf8))
        #expect(inText?.code == .invalidUTF8)
        #expect(inText?.offset == 3)
        #expect(failure(Array("<a/><!--".utf8) + sequence)?.code == .invalidUTF8)
    }

    @Test func `attributes are readable, decoded and in order`() throws {
        var reader = try XMLReader(Array("<a x='1' xsi:type=\"&lt;&quot;\r\n\tü'\" type = '' xmlns:xsi='u'><b/></a>".utf8))
        #expect(try reader.nextElement() == "a")
        #expect(
            reader.attributes == [
                XMLAttribute(name: "x", value: "1"), XMLAttribute(name: "xsi:type", value: "<\"  ü'"),
                XMLAttribute(name: "type", value: ""),
                XMLAttribute(name: "xmlns:xsi", value: "u"),
            ])
        #expect(try reader.nextElement() == "b")
        #expect(reader.attributes.isEmpty)
    }

    @Test func `an error says what and where, and its text stays short`() throws {
        let name = String(repeating: "n", count: 100_000)
        let error = try #require(failure(Array("<a></\(name)>".utf8)))
        #expect(error.description.hasPrefix("mismatchedTag at byte 5: \"nnn"))
        #expect(error.description.utf8.count < 200)
    }
}
