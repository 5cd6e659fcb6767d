// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing
import XMLCoding

@Suite struct ElementTests {
    @Test func `outputs of a stack are read from a DescribeStacks answer`() throws {
        var reader = try XMLReader(Fixture.bytes("cloudformation-describe-stacks.xml"))
        var outputs: [String: String] = [:]
        var description: String?
        #expect(try reader.nextElement() == "DescribeStacksResponse")
        #expect(try reader.nextElement() == "DescribeStacksResult")
        #expect(try reader.nextElement() == "Stacks")
        #expect(try reader.nextElement() == "member")
        while let name = try reader.nextElement() {
            switch name {
            case "Description": description = try reader.readText()
            case "Outputs":
                while try reader.nextElement() != nil {
                    var key = ""
                    while let name = try reader.nextElement() {
                        switch name {
                        case "OutputKey": key = try reader.readText()
                        case "OutputValue": outputs[key] = try reader.readText()
                        default: try reader.skip()
                        }
                    }
                }
            default: try reader.skip()
            }
        }
        try reader.skip()  // Stacks
        try reader.skip()  // DescribeStacksResult
        #expect(try reader.nextElement() == "ResponseMetadata")
        try reader.skip()
        #expect(try reader.nextElement() == nil)
        #expect(try reader.nextElement() == nil)
        #expect(description == "What Lamassu & AWS need <of each other>")
        #expect(
            outputs == [
                "QueueURL": "https://sqs.eu-west-1.amazonaws.com/123456789012/lamassu-cloud-responses",
                "FunctionName": "lamassu-cloud-notify",
            ])
    }

    @Test func `code, message and request id are read from an error answer`() throws {
        var reader = try XMLReader(Fixture.bytes("query-error.xml"))
        var texts: [String: String] = [:]
        #expect(try reader.nextElement() == "ErrorResponse")
        while let name = try reader.nextElement() {
            if name == "Error" {
                while let name = try reader.nextElement() { texts[name] = try reader.readText() }
            } else {
                texts[name] = try reader.readText()
            }
        }
        #expect(
            texts == [
                "Type": "Sender", "Code": "ValidationError", "Message": "Stack with id 'lamassu-cloud' does not exist",
                "RequestId": "6ef58e5b-3a41-11e5-94eb-example",
            ])
    }

    @Test func `a prefix is dropped from elements and kept on attributes`() throws {
        var reader = try XMLReader(Fixture.bytes("s3-access-control-policy.xml"))
        while let name = try reader.nextElement() {
            if name == "Owner" { try reader.skip() }
            if name == "Grantee" { break }
        }
        #expect(reader.attributes.last == XMLAttribute(name: "xsi:type", value: "CanonicalUser"))
    }

    @Test(arguments: Fixture.answers)
    func `a whole answer can be skipped`(name: String) throws {
        var reader = try XMLReader(Fixture.bytes(name))
        _ = try #require(try reader.nextElement())
        try reader.skip()
        #expect(try reader.nextElement() == nil)

        var another = try XMLReader(Fixture.bytes(name))
        try another.skip()
        #expect(try another.nextElement() == nil)
    }

    @Test(arguments: [("error-page.html", .documentTypeRefused), ("gateway-page.html", .mismatchedTag)] as [(String, XMLError.Code)])
    func `a page of HTML gives an error`(name: String, code: XMLError.Code) throws {
        #expect(failure(try Fixture.bytes(name))?.code == code)
    }

    @Test func `text between elements is refused, white space is not`() throws {
        var reader = try XMLReader(Array("<a> \n\t<b/> x <c/></a>".utf8))
        #expect(try reader.nextElement() == "a")
        #expect(try reader.nextElement() == "b")
        #expect(try reader.nextElement() == nil)
        #expect(throws: XMLError(.unexpectedText, at: 10, message: "")) { try reader.nextElement() }
    }

    @Test func `an element in the place of text is refused`() throws {
        var reader = try XMLReader(Array("<a>x<b/></a>".utf8))
        #expect(try reader.nextElement() == "a")
        #expect(throws: XMLError(.unexpectedElement, at: 4, message: "")) { try reader.readText() }
    }

    @Test func `an element without content has an empty text`() throws {
        var reader = try XMLReader(Array("<a><b/><c></c><d><!-- --></d></a>".utf8))
        #expect(try reader.nextElement() == "a")
        for name in ["b", "c", "d"] {
            #expect(try reader.nextElement() == name)
            #expect(try reader.readText() == "")
        }
        #expect(try reader.nextElement() == nil)
    }

    @Test func `text cannot be read where no element is open`() throws {
        var reader = try XMLReader(Array("<a/>".utf8))
        try reader.skip()
        #expect(throws: XMLError(.unexpectedElement, at: 4, message: "")) { try reader.readText() }
    }

    @Test func `an error stays`() throws {
        var reader = try XMLReader(Array("<a>&x;</a>".utf8))
        #expect(try reader.nextElement() == "a")
        for _ in 0..<3 {
            #expect(throws: XMLError(.unknownEntity, at: 3, message: "")) { try reader.nextElement() }
        }
    }
}
