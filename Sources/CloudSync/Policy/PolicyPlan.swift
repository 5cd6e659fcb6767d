// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import IoTCoreClient
import JSONCoding

/// What has to be done so that a policy in AWS has the document the PKI wants; values in, values out.
package enum PolicyPlan: Hashable, Sendable {
    /// There is none of that name.
    case create
    /// Its default version has that document already, compared as JSON.
    case keep
    /// It has another one: a new default version is made, and the version named is deleted first where no more fit.
    case addVersion(deletingFirst: String?)

    /// How many versions of one policy AWS IoT Core keeps (AWS IoT Core quotas, "Versions per named policy").
    package static let maximumVersions = 5

    /// Plans.
    ///
    /// - Parameters:
    ///   - present: the document of the default version; `nil` when there is no such policy.
    ///   - desired: the document the PKI wants.
    ///   - versions: the versions there are; looked at only where a new one is needed.
    package init(present: String?, desired: String, versions: [PolicyVersion] = []) {
        guard let present else {
            self = .create
            return
        }
        if PolicyPlan.areEqual(present, desired) {
            self = .keep
            return
        }
        let removable = versions.filter { $0.isDefaultVersion == false }.min { ($0.number ?? 0) < ($1.number ?? 0) }
        self = .addVersion(deletingFirst: versions.count < Self.maximumVersions ? nil : removable?.versionID)
    }

    /// Whether two documents say the same, member order and white space aside; what is no JSON is compared as text.
    package static func areEqual(_ left: String, _ right: String) -> Bool {
        guard let leftValue = try? JSONValue(parsing: Array(left.utf8)), let rightValue = try? JSONValue(parsing: Array(right.utf8)) else {
            return left == right
        }
        return leftValue == rightValue
    }
}

extension PolicyVersion {
    /// The version's number: AWS counts them up, as text.
    fileprivate var number: Int? { self.versionID.flatMap { Int($0) } }
}
