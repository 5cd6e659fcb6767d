// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// A provisioning template as it stands in AWS after it was put.
public struct PutProvisioningTemplateResult: Hashable, Sendable {
    /// What was done.
    public var change: IoTChange
    /// The ARN of the template, where AWS said it.
    public var arn: String?
    /// The default version, where AWS said it.
    public var versionID: Int?

    package init(change: IoTChange, arn: String?, versionID: Int?) {
        self.change = change
        self.arn = arn
        self.versionID = versionID
    }
}

extension IoTCoreClient {
    /// Makes a provisioning template be as defined: made where there is none, given a new default version where its body differs, updated
    /// where something else does.
    ///
    /// Bodies are compared as JSON. At five versions the oldest that is not the default is deleted. Cancelling the task breaks it off
    /// between two calls; running it again goes on from there.
    ///
    /// - Parameter definition: the template, which is checked against the limits of AWS first.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/notChangeable`` where the template exists with another type.
    @discardableResult
    public func putProvisioningTemplate(
        _ definition: ProvisioningTemplateDefinition
    ) async throws(IoTCoreError) -> PutProvisioningTemplateResult {
        try definition.validate()
        let body = try definition.body.text()
        var isChanged = false
        let name = definition.name
        return try await self.settle("provisioning template \(name)") { () async throws(IoTCoreError) -> PutProvisioningTemplateResult? in
            guard let present = try await self.find(DescribeProvisioningTemplate(templateName: name)) else {
                return try await self.makeProvisioningTemplate(definition, body: body)
            }
            guard (present.type ?? .fleetProvisioning) == (definition.type ?? .fleetProvisioning) else {
                throw IoTCoreError(
                    .notChangeable,
                    message: "the provisioning template \(name) is of the type \(present.type ?? .fleetProvisioning), which cannot change")
            }
            let presentBody = try Self.require(present.templateBody, of: DescribeProvisioningTemplate.self)
            var versionID = present.defaultVersionID
            if !JSONComparison.areEqual(presentBody, body) {
                guard let made = try await self.addProvisioningTemplateVersion(name, body: body) else { return nil }
                versionID = made
                isChanged = true
            }
            if let update = definition.update(of: present) {
                guard try await self.call(update, unless: .resourceNotFound, .conflictingResourceUpdate) != nil else { return nil }
                isChanged = true
            }
            return PutProvisioningTemplateResult(
                change: isChanged ? .updated : .unchanged, arn: present.templateARN, versionID: versionID)
        }
    }

    private func makeProvisioningTemplate(
        _ definition: ProvisioningTemplateDefinition, body: String
    ) async throws(IoTCoreError) -> PutProvisioningTemplateResult? {
        let made = try await self.call(
            CreateProvisioningTemplate(
                templateName: definition.name, description: definition.description, templateBody: body, enabled: definition.isEnabled,
                provisioningRoleARN: definition.provisioningRoleARN, preProvisioningHook: definition.preProvisioningHook,
                tags: definition.tags, type: definition.type), unless: .resourceAlreadyExists)
        return made.map { PutProvisioningTemplateResult(change: .created, arn: $0.templateARN, versionID: $0.defaultVersionID) }
    }

    /// Adds a default version, where another one has to make room first.
    ///
    /// - Returns: the version; `nil` where the template was deleted or changed, or the room was taken meanwhile.
    private func addProvisioningTemplateVersion(_ name: String, body: String) async throws(IoTCoreError) -> Int? {
        guard let versions = try await self.findList(ListProvisioningTemplateVersions(templateName: name)) else { return nil }
        let oldest = versions.filter { $0.isDefaultVersion != true }.compactMap(\.versionID).min()
        if versions.count >= ProvisioningTemplate.maximumVersions, let oldest {
            // Another may have deleted it, or made it the default one: then there may be no room, and the next round sees.
            _ = try await self.call(
                DeleteProvisioningTemplateVersion(templateName: name, versionID: oldest), unless: .resourceNotFound,
                .conflictingResourceUpdate, "DeleteConflictException")
        }
        let made = try await self.callOnce(
            CreateProvisioningTemplateVersion(templateName: name, templateBody: body, setAsDefault: true), unless: .versionsLimitExceeded,
            .resourceNotFound, .conflictingResourceUpdate)
        guard let made else { return nil }
        return try Self.require(made.versionID, of: CreateProvisioningTemplateVersion.self)
    }
}

extension ProvisioningTemplateDefinition {
    /// What has to be changed besides the body; `nil` for nothing.
    fileprivate func update(of present: DescribeProvisioningTemplate.Output) -> UpdateProvisioningTemplate? {
        var update = UpdateProvisioningTemplate(templateName: self.name)
        var isNeeded = false
        if present.enabled != self.isEnabled {
            update.enabled = self.isEnabled
            isNeeded = true
        }
        if present.provisioningRoleARN != self.provisioningRoleARN {
            update.provisioningRoleARN = self.provisioningRoleARN
            isNeeded = true
        }
        if let description, present.description != description {
            update.description = description
            isNeeded = true
        }
        let hook = present.preProvisioningHook
        if let wanted = self.preProvisioningHook {
            if hook?.targetARN != wanted.targetARN || wanted.payloadVersion.map({ $0 != hook?.payloadVersion }) == true {
                update.preProvisioningHook = wanted
                isNeeded = true
            }
        } else if hook != nil {
            update.removePreProvisioningHook = true
            isNeeded = true
        }
        return isNeeded ? update : nil
    }
}
