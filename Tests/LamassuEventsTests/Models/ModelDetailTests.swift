// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import Testing

@Suite struct ModelDetailTests {
    private static func decode<Model: EventPayload>(_ type: Model.Type = Model.self) throws -> Model {
        try JSONReader.decode(Model.self, from: Sample.payload(ofSchema: Model.schema.name, version: Model.schema.version))
    }

    @Test func `the settings of a DMS say how devices enrol`() throws {
        let settings = try Self.decode(DMS.self).settings
        let enrollment = try #require(settings.enrollment)
        #expect(enrollment.protocolName == .est)
        #expect(enrollment.registrationMode == .justInTime)
        #expect(enrollment.est?.authenticationMode == .externalWebhook)
        #expect(enrollment.est?.clientCertificate?.chainLevelValidation == -1)
        #expect(enrollment.est?.webhook?.configuration?.oidc?.clientSecret?.value == "correct horse")
        #expect(settings.reenrollment?.reenrollmentDelta == "12w")
        #expect(settings.caDistribution?.managedCAs == ["factory-boot-ca"])
        #expect(settings.issuanceProfile?.cryptoEnforcement?.allowedRSAKeySizes == [3072, 4096])
        #expect(settings.serverKeyGeneration?.key?.bits == 2048)
    }

    @Test func `what prints a DMS prints none of its secrets`() throws {
        let dms = try Self.decode(DMS.self)
        var dumped = ""
        dump(dms, to: &dumped)
        for text in ["\(dms)", String(reflecting: dms), dumped] {
            for secret in ["correct horse", "battery staple", "LS0tcHJpdmF0ZSBrZXk="] { #expect(!text.contains(secret)) }
        }
        #expect("\(EventSecret("a"))" == EventRedaction.placeholder)
        #expect("\(EventSecret(""))".isEmpty)
    }

    @Test func `a revocation list shows what matters, with numbers of any length`() throws {
        let list = try Self.decode(RevocationList.self)
        #expect(list.number?.description == "730750818665451459101842416358141509827966271488")
        #expect(list.thisUpdate == "2026-11-21T11:12:07Z")
        #expect(list.nextUpdate == "2026-11-22T11:12:07Z")
        #expect(list.der?.prefix(2) == [0x30, 0x82])
        #expect(list.entries.map(\.serialNumber.description) == ["691963405331962203929563306376563193137632073367", "17"])
        #expect(list.entries.map(\.reasonCode) == [1, 0])
        #expect(list.entries.first?.revocationTime == "2026-11-21T11:05:07Z")
    }

    @Test func `a revocation list without anything in it has nothing to show`() throws {
        let list = try JSONReader.decode(RevocationList.self, from: Array(#"{"RevokedCertificateEntries":null,"Raw":"%"}"#.utf8))
        #expect(list.entries.isEmpty)
        #expect(list.der == nil)
        #expect(list.number == nil)
        #expect(list.thisUpdate == nil)
    }

    @Test(
        arguments: [
            (#"["DigitalSignature","CertSign"]"#, ["DigitalSignature", "CertSign"]), ("null", []), (#""""#, []), ("[]", []),
            (#""ClientAuth""#, ["ClientAuth"]), (#""[\"DigitalSignature\",\"CRLSign\"]""#, ["DigitalSignature", "CRLSign"]),
            (#""[]""#, []),
        ] as [(String, [String])])
    func `key usages are a list, a word, or a list in a text`(json: String, words: [String]) throws {
        let usages = KeyUsages(words)
        #expect(try JSONReader.decode(KeyUsages.self, from: Array(json.utf8)) == usages)
        #expect(try JSONReader.decode(KeyUsages.self, from: JSONWriter.encode(usages)) == usages)
    }

    @Test func `a key, a role and a group are read`() throws {
        let key = try Self.decode(KMSKey.self)
        #expect(key.aliases == ["press"])
        #expect(key.hasPrivateKey)
        let role = try Self.decode(VARole.self)
        #expect(role.latestCRL?.version == "17")
        #expect(role.crlOptions?.regeneratesOnRevocation == true)
        let group = try Self.decode(DeviceGroup.self)
        #expect(group.criteria == [DeviceGroupCriterion(field: "tags", operand: 7, value: "press")])
        #expect(group.parentID == "line-1")
    }
}
