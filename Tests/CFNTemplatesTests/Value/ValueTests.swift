// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFNTemplates
import Testing

@Suite struct ValueTests {
    private static let queue = SQS.Queue("Q")

    @Test(
        arguments: [
            ("plain", #""plain""#), ("", #""""#), ("a \"quoted\" ü", #""a \"quoted\" ü""#), (Value("given"), #""given""#),
            ("costs ${5}", #""costs ${5}""#), ("a\("known")b\(Value("too"))c\(3)", #""aknownbtooc3""#),
            (.region, #"{"Ref":"AWS::Region"}"#), (.accountID, #"{"Ref":"AWS::AccountId"}"#), (.partition, #"{"Ref":"AWS::Partition"}"#),
            (.stackName, #"{"Ref":"AWS::StackName"}"#), (.urlSuffix, #"{"Ref":"AWS::URLSuffix"}"#),
            (queue.ref, #"{"Ref":"Q"}"#), (queue.arn, #"{"Fn::GetAtt":["Q","Arn"]}"#),
            ("\(queue.arn)", #"{"Fn::GetAtt":["Q","Arn"]}"#),
            ("\(queue.ref)\("")", #"{"Ref":"Q"}"#),
            ("x-\(queue.ref)", #"{"Fn::Sub":"x-${Q}"}"#),
            ("\(queue.arn)/\(.region)", #"{"Fn::Sub":"${Q.Arn}/${AWS::Region}"}"#),
            ("${a} \("${b}") \(.region)", #"{"Fn::Sub":"${!a} ${!b} ${AWS::Region}"}"#),
            ("<\("x-\(queue.ref)" as Value<String>)>", #"{"Fn::Sub":"<x-${Q}>"}"#),
        ] as [(Value<String>, String)])
    func `a value is rendered in its simplest form`(value: Value<String>, expected: String) throws {
        let template = Template {
            Self.queue
            Output("O", value: value)
        }
        #expect(try text(template).hasSuffix(#""Outputs":{"O":{"Value":\#(expected)}}}"#))
    }

    @Test func `an expression of literals is rendered as JSON`() throws {
        struct Free: Resource {
            static let type = "Custom::Free"
            let logicalID = "Free"
            var attributes = ResourceAttributes()
            var properties: Properties {
                var properties = Properties()
                properties.set(
                    "Detail", ["s": "x", "n": 1, "b": true, "l": [1, ["k": "v"]], "s2": "y", "s": "last", "e": [:]] as Expression)
                properties.set("None", nil as String?)
                properties.set("Empty", unlessEmpty: [String]())
                properties.set("Replaced", 1)
                properties.set("Flag", false)
                properties.set("Replaced", 2)
                return properties
            }
        }
        #expect(
            try CFNTemplatesTests.properties(of: Free())
                == #"{"Detail":{"s":"last","n":1,"b":true,"l":[1,{"k":"v"}],"s2":"y","e":{}},"Replaced":2,"Flag":false}"#)
    }
}
