// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient

extension EventSync {
    /// Makes a policy have a document: made where there is none, given a new default version where it differs.
    ///
    /// At five versions the oldest that is not the default is deleted, so that the latest history stays.
    func putPolicy(_ name: String, document: String) async throws(CloudSyncError) {
        var present = try await self.describe(GetPolicy(policyName: name), \.policyDocument)
        if present == nil {
            if try await self.create(CreatePolicy(policyName: name, policyDocument: document)) != nil {
                return self.applied(.policyCreated, on: name)
            }
            present = try await self.describe(GetPolicy(policyName: name), \.policyDocument)
        }
        if PolicyPlan(present: present, desired: document) == .keep { return }

        let versions = try await self.call(ListPolicyVersions(policyName: name)).policyVersions ?? []
        if case .addVersion(let oldest?) = PolicyPlan(present: present, desired: document, versions: versions) {
            _ = try await self.find(DeletePolicyVersion(policyName: name, policyVersionID: oldest))
        }
        let made = try await self.call(CreatePolicyVersion(policyName: name, policyDocument: document, setAsDefault: true))
        self.applied(.policyVersionCreated, on: name, made.policyVersionID.map { "version \($0)" } ?? "")
    }
}
