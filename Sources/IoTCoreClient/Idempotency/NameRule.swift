// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Which names AWS takes for a kind of resource: how many characters of ASCII, letters and digits and which others.
struct NameRule: CustomStringConvertible {
    let maximumLength: Int
    let others: String

    /// CreatePolicy, `policyName`.
    static let policy = NameRule(maximumLength: 128, others: "_+=,.@-")
    /// CreateProvisioningTemplate, `templateName`.
    static let provisioningTemplate = NameRule(maximumLength: 36, others: "_-")
    /// CreateThing, `thingName`.
    static let thing = NameRule(maximumLength: 128, others: ":_-")
    /// UpdateThingShadow, `shadowName`.
    static let shadow = NameRule(maximumLength: 64, others: "$:_-")
    /// CreateJob, `jobId`.
    static let job = NameRule(maximumLength: 64, others: "_-")

    func admits(_ name: String) -> Bool {
        (1...self.maximumLength).contains(name.utf8.count)
            && name.utf8.allSatisfy { Self.isLetterOrDigit($0) || self.others.utf8.contains($0) }
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    var description: String { "it has 1 to \(self.maximumLength) letters, digits and \(self.others)" }

    /// Checks a name.
    func check(_ name: String, of kind: String) throws(IoTCoreError) {
        guard self.admits(name) else { throw IoTCoreError(.invalidInput, message: "'\(name)' is no name of a \(kind): \(self)") }
    }
}
