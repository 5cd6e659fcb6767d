// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The one-line summaries of types, made of their names: none of a model's prose is taken.
package enum Summary {
    /// The name as words, the first with a capital letter: `CACertificateStatus` becomes `CA certificate status`.
    package static func phrase(_ name: String) -> String {
        let words = SwiftName.words(SwiftName.type(name)).map { $0.dropFirst().contains(where: \.isUppercase) ? $0 : $0.lowercased() }
        let text = words.joined(separator: " ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
