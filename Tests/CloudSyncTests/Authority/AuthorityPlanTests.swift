// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import CloudSync
import IoTCoreClient
import Testing

@Suite struct AuthorityPlanTests {
    static func plan(_ json: String) throws -> AuthorityPlan {
        AuthorityPlan(present: try JSONReader.decode(CACertificateDescription.self, from: Array(json.utf8)))
    }

    @Test func `a CA that AWS does not know is registered`() {
        #expect(AuthorityPlan(present: nil) == .register)
    }

    @Test func `a CA that is active with auto-registration is left alone`() throws {
        #expect(try Self.plan(#"{"status":"ACTIVE","autoRegistrationStatus":"ENABLE","new":1}"#) == .keep)
    }

    @Test(arguments: [
        #"{"status":"INACTIVE","autoRegistrationStatus":"ENABLE"}"#, #"{"status":"ACTIVE","autoRegistrationStatus":"DISABLE"}"#,
        #"{"status":"ACTIVE"}"#, "{}",
    ])
    func `a CA that is not is activated`(json: String) throws {
        #expect(try Self.plan(json) == .activate)
    }
}
