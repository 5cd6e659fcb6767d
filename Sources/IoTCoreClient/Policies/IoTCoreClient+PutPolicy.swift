// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// A policy as it stands in AWS after it was put.
public struct PutPolicyResult: Hashable, Sendable {
    /// What was done.
    public var change: IoTChange
    /// The ARN of the policy, where AWS said it.
    public var arn: String?
    /// The default version, where AWS said it.
    public var versionID: String?

    package init(change: IoTChange, arn: String?, versionID: String?) {
        self.change = change
        self.arn = arn
        self.versionID = versionID
    }
}

extension IoTCoreClient {
    /// Makes a policy have a document: made where there is none, given a new default version where it differs.
    ///
    /// Documents are compared as JSON: neither white space nor the order of members counts. At five versions the oldest that is not the
    /// default is deleted. Cancelling the task breaks it off between two calls; running it again goes on from there.
    ///
    /// - Parameters:
    ///   - name: the policy's name.
    ///   - document: the document, which is checked against the limits of AWS first.
    ///   - tags: the tags of a policy that is made; those of one that exists stay.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``.
    @discardableResult
    public func putPolicy(_ name: String, document: PolicyDocument, tags: [Tag]? = nil) async throws(IoTCoreError) -> PutPolicyResult {
        try document.validate()
        return try await self.putPolicy(name, documentText: try document.text(), tags: tags)
    }

    /// Makes a policy have a document that is given as JSON; see ``putPolicy(_:document:tags:)``.
    ///
    /// - Parameters:
    ///   - name: the policy's name.
    ///   - documentText: the document as JSON, which goes to AWS as it is.
    ///   - tags: the tags of a policy that is made.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``.
    @discardableResult
    public func putPolicy(_ name: String, documentText: String, tags: [Tag]? = nil) async throws(IoTCoreError) -> PutPolicyResult {
        try PolicyDocument.validateName(name)
        return try await self.settle("policy \(name)") { () async throws(IoTCoreError) -> PutPolicyResult? in
            guard let present = try await self.find(GetPolicy(policyName: name)) else {
                return try await self.makePolicy(name, documentText: documentText, tags: tags)
            }
            let presentText = try Self.require(present.policyDocument, of: GetPolicy.self)
            guard !JSONComparison.areEqual(presentText, documentText) else {
                return PutPolicyResult(change: .unchanged, arn: present.policyARN, versionID: present.defaultVersionID)
            }
            return try await self.addPolicyVersion(name, documentText: documentText)
        }
    }

    private func makePolicy(_ name: String, documentText: String, tags: [Tag]?) async throws(IoTCoreError) -> PutPolicyResult? {
        let made = try await self.call(
            CreatePolicy(policyName: name, policyDocument: documentText, tags: tags), unless: .resourceAlreadyExists)
        return made.map { PutPolicyResult(change: .created, arn: $0.policyARN, versionID: $0.policyVersionID) }
    }

    /// Adds a default version, where another one has to make room first.
    ///
    /// - Returns: `nil` where the policy was deleted or the room was taken meanwhile.
    private func addPolicyVersion(_ name: String, documentText: String) async throws(IoTCoreError) -> PutPolicyResult? {
        guard let versions = try await self.find(ListPolicyVersions(policyName: name), \.policyVersions) else { return nil }
        if versions.count >= PolicyDocument.maximumVersions, let oldest = PolicyVersion.oldestThatIsNotDefault(of: versions) {
            // Another may have deleted it, or made it the default one: then there may be no room, and the next round sees.
            _ = try await self.call(
                DeletePolicyVersion(policyName: name, policyVersionID: oldest), unless: .resourceNotFound, "DeleteConflictException")
        }
        let made = try await self.callOnce(
            CreatePolicyVersion(policyName: name, policyDocument: documentText, setAsDefault: true), unless: .versionsLimitExceeded,
            .resourceNotFound)
        return made.map { PutPolicyResult(change: .updated, arn: $0.policyARN, versionID: $0.policyVersionID) }
    }
}

extension PolicyVersion {
    /// The version that goes first: AWS counts them up, and dates them.
    static func oldestThatIsNotDefault(of versions: [PolicyVersion]) -> String? {
        versions.filter { $0.isDefaultVersion == false }.min { ($0.number ?? 0) < ($1.number ?? 0) }?.versionID
    }

    private var number: Int? { self.versionID.flatMap { Int($0) } }
}
