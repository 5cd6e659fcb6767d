// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFNTemplates
import JSONCoding
import Testing

@Suite struct RenderingTests {
    @Test func `a template is rendered in the order of its closure, without white space`() throws {
        let template = Template(description: "Where answers go") {
            let stage = Parameter<String>("Stage", default: "test", allowedValues: ["test", "live"], description: "Where we are")
            let queue = SQS.Queue("Responses", queueName: "answers-\(stage.ref)", messageRetentionPeriod: 1_209_600)
            stage
            queue
            SQS.Queue("Another").dependsOn(queue).onRemoval(.retain, onReplacement: .delete)
            Output("URL", value: queue.ref, description: "Where to read")
            Output("ARN", value: queue.arn)
        }
        #expect(
            try text(template)
                == #"{"AWSTemplateFormatVersion":"2010-09-09","Description":"Where answers go","#
                + #""Parameters":{"Stage":{"Type":"String","Default":"test","AllowedValues":["test","live"],"Description":"Where we are"}},"#
                + #""Resources":{"Responses":{"Type":"AWS::SQS::Queue","#
                + #""Properties":{"QueueName":{"Fn::Sub":"answers-${Stage}"},"MessageRetentionPeriod":1209600}},"#
                + #""Another":{"Type":"AWS::SQS::Queue","DependsOn":["Responses"],"DeletionPolicy":"Retain","UpdateReplacePolicy":"Delete"}},"#
                + #""Outputs":{"URL":{"Description":"Where to read","Value":{"Ref":"Responses"}},"#
                + #""ARN":{"Value":{"Fn::GetAtt":["Responses","Arn"]}}}}"#)
    }

    @Test func `sections that are empty are left out`() throws {
        let template = Template { SQS.Queue("Q") }
        #expect(try text(template) == #"{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"Q":{"Type":"AWS::SQS::Queue"}}}"#)
    }

    @Test(arguments: [true, false])
    func `conditions, loops and other functions add their parts`(isLarge: Bool) throws {
        @TemplateBuilder func shared() -> TemplateContent {
            SQS.Queue("Shared")
            Output("SharedURL", value: SQS.Queue("Shared").ref)
        }
        let template = Template {
            shared()
            if isLarge { SQS.Queue("Large") } else { SQS.Queue("Small") }
            if isLarge { SQS.Queue("Extra") }
            for index in 1...2 { SQS.Queue("Queue\(index)") }
        }
        let names = try json(template)["Resources"]?.objectValue?.map(\.key)
        #expect(names == (isLarge ? ["Shared", "Large", "Extra", "Queue1", "Queue2"] : ["Shared", "Small", "Queue1", "Queue2"]))
    }

    @Test func `a number parameter is a number`() throws {
        let template = Template {
            let age = Parameter<Int>("Age", default: 60, allowedValues: [60, 120])
            age
            SQS.Queue("Q", messageRetentionPeriod: age.ref)
        }
        let rendered = try text(template)
        #expect(rendered.contains(#""Age":{"Type":"Number","Default":60,"AllowedValues":[60,120]}"#))
        #expect(rendered.contains(#""MessageRetentionPeriod":{"Ref":"Age"}"#))
    }

    @Test func `the same template gives the same bytes`() throws {
        let variables = Dictionary(uniqueKeysWithValues: (0..<50).map { ("V\($0)", Value("\($0)")) })
        func render() throws -> [UInt8] {
            try Template {
                Lambda.Function(
                    "F", runtime: .python312, handler: "index.handler", code: .inline("pass"), role: "r", environment: variables)
            }.rendered()
        }
        #expect(try render() == render())
    }
}
