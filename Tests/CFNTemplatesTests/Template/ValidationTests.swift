// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFNTemplates
import Testing

@Suite struct ValidationTests {
    private func error(_ template: Template, maximumSize: Int = Template.maximumRequestSize) -> TemplateError? {
        do throws(TemplateError) {
            _ = try template.rendered(maximumSize: maximumSize)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["", "a-b", "a_b", "a b", "Straße", "AWS::Region", String(repeating: "a", count: 256)])
    func `a logical id that is not letters and digits is refused`(logicalID: String) {
        #expect(error(Template { SQS.Queue(logicalID) })?.code == .invalidLogicalID)
        let parameter = Template {
            Parameter<String>(logicalID)
            SQS.Queue("Q")
        }
        #expect(error(parameter)?.code == .invalidLogicalID)
        let output = Template {
            SQS.Queue("Q")
            Output(logicalID, value: "v")
        }
        #expect(error(output)?.code == .invalidLogicalID)
    }

    @Test func `a logical id of 255 letters and digits is taken`() {
        #expect(error(Template { SQS.Queue(String(repeating: "a9Z", count: 85)) }) == nil)
    }

    @Test func `two resources of one logical id are refused`() {
        let template = Template {
            SQS.Queue("Same")
            Logs.LogGroup("Same")
        }
        #expect(error(template)?.code == .duplicateLogicalID)
        #expect(error(template)?.message.contains("Same") == true)
    }

    @Test func `a parameter and a resource of one logical id are refused, a resource and an output are not`() {
        let refused = Template {
            Parameter<String>("Same")
            SQS.Queue("Same")
        }
        #expect(error(refused)?.code == .duplicateLogicalID)
        let taken = Template {
            SQS.Queue("Same")
            Output("Same", value: "v")
        }
        #expect(error(taken) == nil)
        let outputs = Template {
            SQS.Queue("Q")
            Output("Same", value: "v")
            Output("Same", value: "v")
        }
        #expect(error(outputs)?.code == .duplicateLogicalID)
    }

    @Test func `a reference to a resource that the closure does not name is refused`() {
        let forgotten = SQS.Queue("Forgotten")
        let templates = [
            Template { SQS.Queue("Q", queueName: forgotten.ref) },
            Template { SQS.Queue("Q", queueName: "x-\(forgotten.attribute("QueueName"))") },
            Template { SQS.Queue("Q", redrivePolicy: .init(deadLetterQueueARN: forgotten.arn, maximumReceiveCount: 1)) },
            Template { SQS.QueuePolicy("P", queueURLs: [forgotten.ref], policyDocument: []) },
            Template { SQS.Queue("Q").dependsOn(forgotten) },
            Template {
                SQS.Queue("Q")
                Output("O", value: forgotten.ref)
            },
            Template { SQS.Queue("Q", messageRetentionPeriod: Parameter<Int>("Forgotten").ref) },
        ]
        for template in templates {
            #expect(error(template)?.code == .unknownReference)
            #expect(error(template)?.message.contains("Forgotten") == true)
        }
    }

    @Test func `an attribute of a parameter is refused`() {
        let template = Template {
            Parameter<String>("P")
            SQS.Queue("Q", queueName: SQS.Queue("P").arn)
        }
        #expect(error(template)?.code == .unknownReference)
    }

    @Test func `resources may refer to one another in any order`() {
        let first = SQS.Queue("First"), second = SQS.Queue("Second", queueName: first.attribute("QueueName"))
        let template = Template {
            SQS.Queue("Third").dependsOn(second)
            second
            first
        }
        #expect(error(template) == nil)
    }

    @Test func `a circle of references is refused`() {
        let template = Template {
            SQS.Queue("Free")
            SQS.Queue("A", queueName: SQS.Queue("B").ref)
            SQS.Queue("B", queueName: "x\(SQS.Queue("C").arn)")
            SQS.Queue("C").dependsOn(SQS.Queue("A"))
        }
        #expect(error(template)?.code == .circularDependency)
        #expect(error(template)?.message.contains("A, B, C") == true)
        #expect(error(Template { SQS.Queue("A", queueName: SQS.Queue("A").ref) })?.code == .circularDependency)
    }

    @Test func `a template without resources is refused`() {
        #expect(error(Template { Parameter<String>("P") })?.code == .noResources)
    }

    @Test func `quotas of CloudFormation are kept`() {
        func queues(_ count: Int) -> Template { Template { for index in 0..<count { SQS.Queue("Q\(index)") } } }
        #expect(error(queues(500)) == nil)
        #expect(error(queues(501))?.code == .limitExceeded)

        func outputs(_ count: Int) -> Template {
            Template {
                SQS.Queue("Q")
                for index in 0..<count { Output("O\(index)", value: "v") }
            }
        }
        #expect(error(outputs(200)) == nil)
        #expect(error(outputs(201))?.code == .limitExceeded)

        func parameters(_ count: Int) -> Template {
            Template {
                SQS.Queue("Q")
                for index in 0..<count { Parameter<String>("P\(index)") }
            }
        }
        #expect(error(parameters(200)) == nil)
        #expect(error(parameters(201))?.code == .limitExceeded)

        #expect(error(Template(description: String(repeating: "d", count: 1_024)) { SQS.Queue("Q") }) == nil)
        #expect(error(Template(description: String(repeating: "d", count: 1_025)) { SQS.Queue("Q") })?.code == .limitExceeded)
    }

    @Test func `a template is as long as its destination takes and no longer`() throws {
        func template(_ length: Int) -> Template {
            Template { SQS.Queue("Q", queueName: Value(String(repeating: "n", count: length))) }
        }
        let overhead = try template(0).rendered().count
        #expect(try template(51_200 - overhead).rendered().count == 51_200)
        #expect(error(template(51_201 - overhead))?.code == .limitExceeded)
        #expect(error(template(51_201 - overhead), maximumSize: Template.maximumObjectSize) == nil)
        #expect(error(template(1_000_001 - overhead), maximumSize: Template.maximumObjectSize)?.code == .limitExceeded)
    }
}
