// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import SNSClient

/// The filter policy of a subscription: what SNS itself leaves out, so that the subscriber need not.
///
/// SNS knows values and prefixes. A pattern with a wildcard elsewhere becomes the longest prefix before it: more comes than is wanted, and the
/// subscriber passes it over.
package enum FilterPolicy {
    /// How many combinations of values a policy has at most (Amazon SNS, "Filter policy constraints").
    private static let maximumCombinations = 150

    /// The policy as JSON; `{}` where everything is wanted.
    package static func text(of filter: EventFilter) throws(LamassuEventsError) -> String {
        var members: [(String, [JSONValue])] = []
        let types = filter.types.map(self.matchers)
        // A pattern that begins with a wildcard wants nearly everything.
        if !types.isEmpty, !types.contains([]) { members.append(("type", types.flatMap { $0 })) }
        if !filter.sources.isEmpty { members.append(("source", filter.sources.map { .string($0.rawValue) })) }
        if !filter.subjectKinds.isEmpty {
            members.append(("subject", filter.subjectKinds.map { ["prefix": .string("\($0.rawValue)/")] }))
        }
        // What is left out here the subscriber does by itself.
        while members.reduce(1, { $0 * $1.1.count }) > self.maximumCombinations { members.removeLast() }
        do throws(JSONError) {
            let policy = JSONValue.object(members.map { JSONValue.Member(key: $0.0, value: .array($0.1)) })
            return String(decoding: try policy.encoded(), as: UTF8.self)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "the filter has no JSON form: \(error)")
        }
    }

    /// The values that a pattern stands for; none where it has no prefix.
    private static func matchers(of pattern: EventPattern) -> [JSONValue] {
        if pattern.isExact { return [.string(pattern.rawValue)] }
        let prefix = pattern.literalPrefix
        guard !prefix.isEmpty else { return [] }
        // `ca.#` wants `ca` too, which has no dot.
        return [["prefix": .string(prefix)], .string(String(prefix.dropLast()))]
    }
}
