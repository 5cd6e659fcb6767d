// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import Testing

@Suite struct ModelTests {
    static let connector = ConnectorID(rawValue: "aws-plant-1")

    static func decode<Model: JSONDecodable>(_ type: Model.Type = Model.self, _ sample: String) throws -> Model {
        try JSONReader.decode(Model.self, from: JSONWriter.encode(Sample.payload(sample)))
    }

    static func expectRoundTrip<Model: JSONDecodable & JSONEncodable>(of type: Model.Type, _ sample: String) throws {
        let payload = try Sample.payload(sample)
        let model = try JSONReader.decode(Model.self, from: JSONWriter.encode(payload))
        #expect(try JSONValue(parsing: JSONWriter.encode(model)) == payload)
    }

    @Test func `each payload comes back as it was read, unknown members included`() throws {
        try Self.expectRoundTrip(of: CACertificate.self, "03-ca.create")
        try Self.expectRoundTrip(of: UpdateModel<CACertificate>.self, "04-ca.metadata.update")
        try Self.expectRoundTrip(of: UpdateModel<Certificate>.self, "06-certificate.status.update")
        try Self.expectRoundTrip(of: UpdateModel<Certificate>.self, "07-certificate.metadata.update")
        try Self.expectRoundTrip(of: DMS.self, "08-dms.create")
        try Self.expectRoundTrip(of: UpdateModel<DMS>.self, "09-dms.update")
        try Self.expectRoundTrip(of: BindIdentityToDeviceOutput.self, "10-dms.bind-device-id")
        try Self.expectRoundTrip(of: UpdateModel<Device>.self, "11-device.metadata.update")
    }

    @Test func `a CA asks for its registration in AWS`() throws {
        let ca = try Self.decode(CACertificate.self, "03-ca.create")
        #expect(ca.id == "9d1f3c52-7a0e-4f63-8a53-2f1b6f0c4e11")
        #expect(ca.level == 0)
        #expect(ca.certificate.status == .active)
        #expect(ca.certificate.isCA)
        #expect(ca.certificate.subject.commonName == "Fabrica Norte Device CA")
        #expect(ca.certificate.keyMetadata?.bits == 256)
        #expect(try #require(ca.certificate.pem).hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        let block = try #require(try ca.metadata.block(AWSCABlock.self, of: Self.connector))
        #expect(block.registration.status == .requested)
        #expect(block.registration.isPrimaryAccount)
        #expect(block.arn.isEmpty)
        #expect(try ca.metadata.block(AWSCABlock.self, of: ConnectorID(rawValue: "another")) == nil)
    }

    @Test func `a block of metadata is replaced in its place`() throws {
        var ca = try Self.decode(CACertificate.self, "03-ca.create")
        ca.metadata["first"] = "kept"
        var block = try #require(try ca.metadata.block(AWSCABlock.self, of: Self.connector))
        block.registration.status = .succeeded
        block.arn = "arn:aws:iot:eu-west-1:000000000000:cacert/c0ffee"
        block.additional = [.init(key: "from_tomorrow", value: [1, 2])]
        try ca.metadata.setBlock(block, of: Self.connector)
        #expect(ca.metadata.members.map(\.key) == [Self.connector.metadataKey, "first"])
        let again = try JSONReader.decode(CACertificate.self, from: JSONWriter.encode(ca))
        #expect(try again.metadata.block(of: Self.connector) == block)
    }

    @Test func `a revocation tells what was before and why`() throws {
        let update = try Self.decode(UpdateModel<Certificate>.self, "06-certificate.status.update")
        #expect(update.previous.status == .active)
        #expect(update.updated.status == .revoked)
        #expect(update.updated.revocationReason == .keyCompromise)
        #expect(update.updated.issuerMetadata?.id == "9d1f3c52-7a0e-4f63-8a53-2f1b6f0c4e11")
        let block = try update.updated.metadata.block(AWSCertificateBlock.self, of: Self.connector)
        #expect(block?.arn.hasPrefix("arn:aws:iot:") == true)
    }

    @Test func `a bound device comes with its certificate and its DMS`() throws {
        let bound = try Self.decode(BindIdentityToDeviceOutput.self, "10-dms.bind-device-id")
        let device = try #require(bound.device)
        #expect(device.identity?.activeSerialNumber == bound.certificate?.serialNumber)
        #expect(device.status == .active)
        #expect(device.events.values.map(\.type) == ["CREATED"])
        let block = try #require(try bound.dms?.metadata.block(AWSDMSBlock.self, of: Self.connector))
        #expect(block.registrationMode == .automatic)
        #expect(block.groups == ["LINE-1"])
        #expect(block.policies.map(\.name) == ["plant-press"])
        #expect(block.shadow == AWSShadowConfiguration(isEnabled: true, shadowName: "lamassu-identity"))
        #expect(block.provisioning?.isTemplateEnabled == false)
    }

    @Test func `a device is told what to do`() throws {
        let update = try Self.decode(UpdateModel<Device>.self, "11-device.metadata.update")
        let block = try #require(try update.updated.metadata.block(AWSDeviceBlock.self, of: Self.connector))
        #expect(block.isThingRegistered)
        #expect(block.actions == [.updateTrustAnchorList, .updateCertificate])
    }

    @Test func `null stands for an empty list, an empty object and a missing part`() throws {
        let device = try JSONReader.decode(
            Device.self, from: Array(#"{"id":"d","tags":null,"metadata":null,"slots":null,"events":null,"identity":null}"#.utf8))
        #expect(device == Device(id: "d"))
        let bound = try JSONReader.decode(
            BindIdentityToDeviceOutput.self, from: Array(#"{"certificate":null,"dms":null,"device":null}"#.utf8))
        #expect(bound == BindIdentityToDeviceOutput(certificate: nil, dms: nil, device: nil))
        let written = try JSONWriter.encode(bound)
        #expect(written == Array(#"{"certificate":null,"dms":null,"device":null}"#.utf8))
    }

    @Test(arguments: [#"{}"#, #"{"id":"a"}"#, #"{"id":"a","certificate":{}}"#, #"{"id":"a","certificate":null}"#, #"[]"#, #""text""#])
    func `a CA without its certificate is an error that says so`(text: String) {
        #expect(throws: JSONError.self) { try JSONReader.decode(CACertificate.self, from: Array(text.utf8)) }
    }

    @Test func `the error names what is missing`() {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.decode(Certificate.self, from: Array(#"{"status":"ACTIVE"}"#.utf8))
        }
        #expect(error?.code == .missingMember)
        #expect(error?.message == "a certificate lacks certificate, serial_number")
    }

    @Test func `revocation reasons are compared without case`() {
        #expect(RevocationReason(rawValue: "keycompromise") == .keyCompromise)
        #expect(Set([RevocationReason(rawValue: "KEYCOMPROMISE"), .keyCompromise]).count == 1)
        #expect(RevocationReason(rawValue: "Superseded") != .keyCompromise)
    }

    @Test func `a certificate that is not base64 has no PEM`() {
        #expect(Certificate(serialNumber: "1", status: .active, certificate: "%%%").pem == nil)
        #expect(Certificate(serialNumber: "1", status: .active, certificate: "/w==").pem == nil)
    }

    @Test func `no prefix of a payload is a payload`() throws {
        let bytes = try JSONWriter.encode(Sample.payload("11-device.metadata.update"))
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONReader.decode(UpdateModel<Device>.self, from: bytes[..<length]) }
        }
    }

    @Test func `payloads with bytes changed at random are read or refused`() throws {
        let bytes = try JSONWriter.encode(Sample.payload("10-dms.bind-device-id"))
        var generator = SplitMix(seed: 7)
        var refused = 0
        for _ in 0..<500 {
            var changed = bytes
            for _ in 0..<3 {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if (try? JSONReader.decode(BindIdentityToDeviceOutput.self, from: changed)) == nil { refused += 1 }
        }
        #expect(refused > 0)
    }
}
