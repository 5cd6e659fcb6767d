// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import CloudSync
import IoTCoreClient
import Testing

@Suite struct PolicyPlanTests {
    static let document = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:Connect"],"Resource":"*"}]}"#

    static func versions(_ entries: (String, Bool)...) throws -> [PolicyVersion] {
        try entries.map {
            try JSONReader.decode(PolicyVersion.self, from: Array(#"{"versionId":"\#($0.0)","isDefaultVersion":\#($0.1)}"#.utf8))
        }
    }

    @Test func `a policy that does not exist is made`() {
        #expect(PolicyPlan(present: nil, desired: Self.document) == .create)
    }

    @Test(arguments: [
        document,
        #"{ "Statement" : [ {"Resource":"*", "Action":["iot:Connect"], "Effect":"\u0041llow"} ], "Version" : "2012-10-17" }"#,
    ])
    func `a document that says the same is kept, however it is written`(present: String) {
        #expect(PolicyPlan(present: present, desired: Self.document) == .keep)
    }

    @Test(arguments: [#"{"Version":"2012-10-17","Statement":[]}"#, "{not json"]) func `another document becomes a new version`(
        present: String
    ) throws {
        let plan = PolicyPlan(present: present, desired: Self.document, versions: try Self.versions(("1", true), ("2", false)))
        #expect(plan == .addVersion(deletingFirst: nil))
    }

    @Test func `at five versions the oldest that is not the default makes room, counted as numbers`() throws {
        let versions = try Self.versions(("9", false), ("10", false), ("11", false), ("8", true), ("12", false))
        #expect(PolicyPlan(present: "{}", desired: Self.document, versions: versions) == .addVersion(deletingFirst: "9"))
    }

    @Test func `what is no JSON is compared as text`() {
        #expect(PolicyPlan.areEqual("{not json", "{not json"))
        #expect(!PolicyPlan.areEqual("{not json", "{}"))
    }
}
