// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The rule for text in attributes (CloudEvents §Type system, String).
package enum AttributeText {
    /// What the rule says, for an error's message.
    static let rule = "holds a control character or a Unicode noncharacter"

    /// Whether text may stand in an attribute: no U+0000 to U+001F, U+007F to U+009F, U+FDD0 to U+FDEF, U+xxFFFE and U+xxFFFF.
    package static func isValid(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x20...0x7E: true
            case ..<0xA0, 0xFDD0...0xFDEF: false
            default: scalar.value & 0xFFFE != 0xFFFE
            }
        }
    }
}
