// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What an operation acts on, by its name.
package struct Resource: Hashable {
    /// The words of the noun in the operation's name, in the singular: `Thing`, `Group` for `ListThingGroups`.
    package var noun: [String]

    package init(operation: String) {
        let words = SwiftName.words(operation)
        var noun = Array(words.dropFirst().prefix { !Self.prepositions.contains($0) })
        if noun.last?.first == "V", noun.last?.dropFirst().allSatisfy(\.isNumber) == true { noun.removeLast() }
        while noun.count > 1, let first = noun.first, Self.qualifiers.contains(first) { noun.removeFirst() }
        if let verb = noun.first, noun.count > 1, Self.verbs.contains(verb) { noun.removeFirst() }
        if noun.isEmpty || noun == ["Async"] || noun == ["Batch"] { noun = [Self.nouns[words[0]] ?? words[0]] }
        self.noun = noun.dropLast() + [Self.singular(noun[noun.count - 1])]
    }

    /// The name of a file, which is the resource's in the plural.
    var file: String { Self.plural(SwiftName.type(self.noun.joined(separator: "-"))) }

    /// The name of the folder for resources whose nouns begin with the same word: the words that all of them share.
    package static func folder(of resources: [Resource]) -> String {
        guard var shared = resources.first?.noun else { return "Others" }
        for resource in resources { shared = Array(zip(shared, resource.noun).prefix { $0 == $1 }.map(\.0)) }
        return self.plural(SwiftName.type(shared.joined(separator: "-")))
    }

    private static let prepositions: Set<String> = ["By", "For", "From", "In", "On", "To", "With"]
    /// Words before a noun that do not tell one resource from another.
    private static let qualifiers: Set<String> = [
        "Active", "All", "Associated", "Attached", "Bulk", "Current", "Default", "Detached", "Effective", "If", "Next", "Outgoing",
        "Pending", "V2",
    ]

    /// Verbs that follow another one, as in `BatchDescribe`.
    private static let verbs: Set<String> = ["Describe", "Get", "Put"]
    /// What an operation acts on whose name is a verb alone.
    private static let nouns = ["Invoke": "Invocation", "Publish": "Message", "Subscribe": "Subscription", "Unsubscribe": "Subscription"]

    static func singular(_ word: String) -> String {
        if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        if word.hasSuffix("sses") || word.hasSuffix("ches") || word.hasSuffix("xes") { return String(word.dropLast(2)) }
        let keepsIts = ["ss", "us", "is", "as", "ics"].contains { word.hasSuffix($0) }
        return word.hasSuffix("s") && !keepsIts && word.count > 2 ? String(word.dropLast()) : word
    }

    static func plural(_ word: String) -> String {
        if word.hasSuffix("ics") { return word }
        if ["s", "x", "ch", "sh"].contains(where: { word.hasSuffix($0) }) { return word + "es" }
        if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) { return word.dropLast() + "ies" }
        return word + "s"
    }
}
