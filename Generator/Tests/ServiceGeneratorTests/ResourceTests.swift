// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ServiceGenerator
import Testing

@Suite struct ResourceTests {
    @Test(arguments: [
        ("CreateThing", ["Thing"]), ("ListThingGroups", ["Thing", "Group"]), ("AddThingToThingGroup", ["Thing"]),
        ("ListTagsForResource", ["Tag"]), ("ListPolicies", ["Policy"]), ("DescribeDefaultAuthorizer", ["Authorizer"]),
        ("ListPrincipalThingsV2", ["Principal", "Thing"]), ("Invoke", ["Invocation"]), ("InvokeWithResponseStream", ["Invocation"]),
        ("PublishBatch", ["Message"]), ("BatchDescribeTypeConfigurations", ["Type", "Configuration"]),
    ])
    func `an operation acts on the noun in its name`(operation: String, noun: [String]) {
        #expect(Resource(operation: operation).noun == noun)
    }

    @Test func `a folder has the words that its resources share`() {
        let groups = ["CreateThing", "CreateThingGroup", "ListThingTypes"].map { Resource(operation: $0) }
        #expect(Resource.folder(of: groups) == "Things")
        #expect(Resource.folder(of: [Resource(operation: "CreateBillingGroup")]) == "BillingGroups")
    }
}
