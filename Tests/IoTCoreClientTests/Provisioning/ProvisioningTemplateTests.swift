// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import TestSupport
import Testing

@Suite struct ProvisioningTemplateTests {
    static let template: ProvisioningTemplate = {
        var thing = ProvisioningTemplate.Thing(
            name: .join(separator: "-", .list(["device", .parameter("Serial")])), attributes: ["model": .parameter("Model")],
            typeName: .find("types", .parameter("Model"), in: "Models"),
            groups: ["all", .select(1, from: .split(separator: ",", .parameter("Groups")))])
        thing.attributesOverride = .merge
        var certificate = ProvisioningTemplate.Certificate(.pem(.parameter("Certificate"), ca: .parameter("CA")), status: "ACTIVE")
        certificate.statusOverride = .doNothing
        var template = ProvisioningTemplate(
            parameters: ["Serial": .init(), "Model": .init(default: "m1"), "Groups": .init(), "Certificate": .init(), "CA": .init()],
            thing: thing, certificate: certificate,
            policies: [
                .init(.name("device")),
                .init(.document(.substitute("{\"a\": \"${Serial}${x}\"}", ["x": .parameter("Model")])), logicalName: "second"),
            ])
        template.mappings = ["Models": ["types": ["m1": "sensor"]]]
        template.deviceConfiguration = ["server": "b"]
        return template
    }()

    static let text = """
        {"Parameters":{"CA":{"Type":"String"},"Certificate":{"Type":"String"},"Groups":{"Type":"String"},\
        "Model":{"Type":"String","Default":"m1"},"Serial":{"Type":"String"}},\
        "Mappings":{"Models":{"types":{"m1":"sensor"}}},\
        "Resources":{"thing":{"Type":"AWS::IoT::Thing","Properties":{\
        "ThingName":{"Fn::Join":["-",["device",{"Ref":"Serial"}]]},"AttributePayload":{"model":{"Ref":"Model"}},\
        "ThingTypeName":{"Fn::FindInMap":["Models","types",{"Ref":"Model"}]},\
        "ThingGroups":["all",{"Fn::Select":["1",{"Fn::Split":[",",{"Ref":"Groups"}]}]}]},\
        "OverrideSettings":{"AttributePayload":"MERGE"}},\
        "certificate":{"Type":"AWS::IoT::Certificate","Properties":{"CACertificatePem":{"Ref":"CA"},\
        "CertificatePem":{"Ref":"Certificate"},"Status":"ACTIVE"},"OverrideSettings":{"Status":"DO_NOTHING"}},\
        "policy":{"Type":"AWS::IoT::Policy","Properties":{"PolicyName":"device"}},\
        "second":{"Type":"AWS::IoT::Policy","Properties":{"PolicyDocument":\
        {"Fn::Sub":["{\\"a\\": \\"${Serial}${x}\\"}",{"x":{"Ref":"Model"}}]}}}},\
        "DeviceConfiguration":{"server":"b"}}
        """

    @Test func `a template is written as AWS has it, and read back`() throws {
        #expect(try Self.template.text() == Self.text)
        #expect(try ProvisioningTemplate(parsing: Self.text) == Self.template)
        try Self.template.validate()
    }

    @Test func `what a template has not is not written`() throws {
        let template = ProvisioningTemplate(thing: .init(name: "a"), certificate: .init(.pem("b")))
        let text = """
            {"Parameters":{},"Resources":{"thing":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":"a"}},\
            "certificate":{"Type":"AWS::IoT::Certificate","Properties":{"CertificatePem":"b"}}}}
            """
        #expect(try template.text() == text)
        #expect(try ProvisioningTemplate(parsing: text) == template)
    }

    @Test(arguments: [
        "", "[]", #"{"Rules": {}}"#, #"{"Parameters": {"a": {"Type": "Number"}}}"#, #"{"Parameters": {"a": "String"}}"#,
        #"{"Resources": {"a": {"Type": "AWS::S3::Bucket"}}}"#, #"{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {}}}}"#,
        #"{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Fn::Base64": "a"}}}}}"#,
        #"{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": 1}}}}"#,
        #"{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "a", "Color": "red"}}}}"#,
        #"{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "a", "ThingGroups": "b"}}}}"#,
        #"{"Resources": {"a": {"Type": "AWS::IoT::Certificate", "Properties": {"CertificateId": "a", "CertificatePem": "b"}}}}"#,
        #"{"Resources": {"a": {"Type": "AWS::IoT::Policy", "Properties": {}}}}"#,
        #"{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Fn::Join": ["-"]}}}}}"#,
    ])
    func `what is no template is refused, and nothing of it is dropped`(text: String) {
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try ProvisioningTemplate(parsing: text) }
    }

    @Test func `no truncation of a template is one`() {
        for length in 0..<Self.text.count {
            #expect(throws: IoTCoreError.self) { try ProvisioningTemplate(parsing: String(Self.text.prefix(length))) }
        }
    }

    @Test func `no bytes in a template trap`() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2_000 {
            var bytes = Array(Self.text.utf8)
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator) }
            let template = try? ProvisioningTemplate(parsing: String(decoding: bytes, as: UTF8.self))
            try? template?.validate()
        }
    }

    @Test func `a template that is nested beyond reason is refused before it is walked`() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: IoTCoreError(.invalidInput, message: "")) {
            try ProvisioningTemplate(parsing: #"{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": \#(deep)}}}}"#)
        }
    }

    @Test(arguments: [
        ProvisioningTemplate(), ProvisioningTemplate(thing: .init(name: .parameter("Name"))),
        ProvisioningTemplate(thing: .init(name: .substitute("a${Name}"))),
        ProvisioningTemplate(thing: .init(name: "a"), policies: [.init(.name("p"))]),
        ProvisioningTemplate(certificate: .init(.id("a")), policies: [.init(.name("p")), .init(.name("q"))]),
        ProvisioningTemplate(thing: .init(name: .text(String(repeating: "a", count: ProvisioningTemplate.maximumLength)))),
    ])
    func `a template that AWS would refuse is refused here`(template: ProvisioningTemplate) {
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try template.validate() }
    }

    @Test func `what AWS fills in from the certificate needs no declaration`() throws {
        let template = ProvisioningTemplate(thing: .init(name: .certificateCommonName), certificate: .init(.id(.certificateID)))
        try template.validate()
        #expect(try template.text().contains(#"{"Ref":"AWS::IoT::Certificate::Id"}"#))
    }

    @Test(arguments: ["", "a b", "a.b", String(repeating: "a", count: 37)])
    func `the name of a template has the characters of AWS`(name: String) {
        let definition = ProvisioningTemplateDefinition(name: name, body: Self.template, provisioningRoleARN: "role")
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try definition.validate() }
    }

    @Test func `just-in-time provisioning has no hook`() {
        let definition = ProvisioningTemplateDefinition(
            name: "a", body: Self.template, provisioningRoleARN: "role", type: .jitp, preProvisioningHook: .init(targetARN: "function"))
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try definition.validate() }
    }
}
