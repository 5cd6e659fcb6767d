// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Turns the names of a model into names of Swift.
///
/// A name is cut into words; a word that is an acronym is written in one case throughout: `caCertificatePem` becomes `caCertificatePEM`.
package enum SwiftName {
    /// The name of a type.
    package static func type(_ name: String) -> String { self.words(name).map(self.capitalized).joined() }

    /// The name of a property or a case.
    package static func property(_ name: String) -> String {
        let words = self.words(name)
        guard let first = words.first else { return "_" }
        let text = first.lowercased() + words.dropFirst().map(self.capitalized).joined()
        return text.first?.isNumber == true ? "_" + text : text
    }

    /// A name in a place where a keyword needs quotes.
    package static func quoted(_ name: String) -> String { self.keywords.contains(name) ? "`\(name)`" : name }

    /// The words of a name, in the case they have in it.
    static func words(_ name: String) -> [String] {
        var words: [String] = []
        for part in self.split(name) { words += self.cut(part) }
        return words
    }

    /// Replaces what no name may hold; a point between digits stays, as a mark: `python3.12` becomes `python3_12`.
    private static func split(_ name: String) -> [String] {
        let characters = Array(name)
        var parts = [""]
        for (index, character) in characters.enumerated() {
            if character.isASCII, character.isLetter || character.isNumber {
                parts[parts.count - 1].append(character)
            } else if character == ".", index > 0, index + 1 < characters.count, characters[index - 1].isNumber,
                characters[index + 1].isNumber
            {
                parts[parts.count - 1].append("_")
            } else {
                parts.append("")
            }
        }
        return parts.filter { !$0.isEmpty }
    }

    /// Cuts where a capital letter follows a small one or a digit, and before the last of several capitals that a small letter follows.
    private static func cut(_ part: String) -> [String] {
        if part.allSatisfy({ !$0.isLowercase }) { return [self.acronyms.contains(part) ? part : part.lowercased()] }
        let characters = Array(part)
        var words: [String] = []
        var word = ""
        for (index, character) in characters.enumerated() {
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            if character.isUppercase, let last = word.last, !last.isUppercase || (next.isLowercase && !self.isPlural(characters, at: index))
            {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        words.append(word)
        return words.flatMap(self.separateAcronym)
    }

    /// Whether the capital at an index ends an acronym in the plural, such as `IDs`, `ARNs`.
    private static func isPlural(_ characters: [Character], at index: Int) -> Bool {
        guard index + 1 < characters.count, characters[index + 1] == "s" else { return false }
        return index + 2 == characters.count || characters[index + 2].isUppercase
    }

    /// Cuts acronyms that stand against one another, such as `SAMLARN` and `AWSID`.
    private static func separateAcronym(_ word: String) -> [String] {
        guard word.count > 3, word.allSatisfy(\.isUppercase), !self.acronyms.contains(word) else { return [word] }
        for acronym in self.acronyms where word.hasPrefix(acronym) && self.acronyms.contains(String(word.dropFirst(acronym.count))) {
            return [acronym, String(word.dropFirst(acronym.count))]
        }
        return [word]
    }

    private static func capitalized(_ word: String) -> String {
        let upper = word.uppercased()
        if self.acronyms.contains(upper) { return self.spellings[upper] ?? upper }
        if upper.hasSuffix("S"), self.acronyms.contains(String(upper.dropLast())), word.last == "s" {
            return (self.spellings[String(upper.dropLast())] ?? String(upper.dropLast())) + "s"
        }
        return word.prefix(1).uppercased() + word.dropFirst()
    }

    /// Words that are written in capitals.
    private static let acronyms: Set<String> = [
        "ACL", "ACM", "AMQP", "API", "ARN", "ATS", "AWS", "BLE", "CA", "CIDR", "CPU", "CRL", "CSR", "CSV", "DNS", "EC2", "EFS", "ENI",
        "FIFO",
        "GPU", "HTTP",
        "HTTPS", "IAM", "ID", "IDP", "IO", "IP", "IPV6", "JITP", "JSON", "JWT", "KMS", "MD5", "MFA", "MQTT", "OCSP", "OIDC", "OTA", "OU",
        "PEM", "RSA", "S3",
        "SAML", "SASL", "SBOM", "SHA256", "SMS", "SNI", "SNS", "SQL", "SQS", "SSL", "SSM", "STS", "TCP", "TLS", "TTL", "UDP", "URI", "URL",
        "UTC", "UUID", "VPC",
        "WS", "XML", "X509", "IOT",
    ]
    /// Acronyms that are not in capitals throughout.
    private static let spellings = ["IOT": "IoT", "IPV6": "IPv6"]

    private static let keywords: Set<String> = [
        "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else", "enum",
        "extension",
        "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let",
        "nil",
        "operator", "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super",
        "switch",
        "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]
}
