// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import JSONCoding
internal import Logging

extension LamassuEventPublisher {
    /// How many intents are taken over at a time.
    private static let intentPage = 64
    /// How many intents are kept that the host cannot resolve yet; beyond that no further ones are taken over.
    private static let intentLimit = 4_096

    /// Puts intents that a crash has left open to the host, at the start, and as long as processes may crash that share the store.
    func resolveIntents() async {
        guard self.store.isDurable else { return }
        guard let resolver = self.resolver else { return await self.tellUnresolvable() }
        var open: [OutboxIntent] = []
        var failures = 0
        while !Task.isCancelled {
            let delay = self.configuration.backoff.delay(afterFailures: failures + 1)
            open = await self.resolve(open, by: resolver, retryingAfter: delay)
            let isAsked = await self.adopt(into: &open, by: resolver, retryingAfter: delay)
            failures = open.isEmpty && isAsked ? 0 : failures + 1
            // Another process may end meanwhile: what it leaves is free when its lease has run out.
            guard let pause = failures > 0 ? delay : self.store.leaseDuration else { return }
            guard (try? await Task.sleep(for: pause)) != nil else { break }
        }
        self.journal.adopted(-open.count)
    }

    /// Takes over what is orphaned, page by page, and puts it to the host: those that it cannot resolve hold up none behind them.
    ///
    /// - Returns: whether the store could be asked.
    private func adopt(
        into open: inout [OutboxIntent], by resolver: any IntentResolver, retryingAfter delay: Duration
    ) async -> Bool {
        do throws(LamassuEventsError) {
            while !Task.isCancelled, open.count < Self.intentLimit {
                let page = try await self.store.adoptIntents(limit: min(Self.intentPage, Self.intentLimit - open.count))
                self.journal.adopted(page.count)
                // Leases may have become free as well, and those of the intents are to be renewed.
                self.relay.wake()
                guard !page.isEmpty else { break }
                open += await self.resolve(page, by: resolver, retryingAfter: delay)
            }
            return true
        } catch {
            self.journal.storeFailed(error, retryingAfter: delay)
            return false
        }
    }

    /// Puts each intent to the host.
    ///
    /// - Returns: those that it could not resolve.
    private func resolve(
        _ intents: [OutboxIntent], by resolver: any IntentResolver, retryingAfter delay: Duration
    ) async -> [OutboxIntent] {
        var unresolved: [OutboxIntent] = []
        for intent in intents {
            if Task.isCancelled {
                unresolved.append(intent)
                continue
            }
            do {
                let resolution = try await resolver.resolve(intent)
                try await self.apply(resolution, to: intent)
                self.journal.adopted(-1)
            } catch {
                unresolved.append(intent)
                if !(error is CancellationError) {
                    self.journal.unresolved(intent, error, retryingAfter: delay)
                }
            }
        }
        return unresolved
    }

    private func apply(_ resolution: IntentResolution, to intent: OutboxIntent) async throws(LamassuEventsError) {
        switch resolution.outcome {
        case .didNotHappen:
            try await self.store.abandon(intent)
            self.journal.resolved(intent, happened: false)
        case .happened(let subject, let payload):
            guard let subject = subject ?? intent.subject else {
                throw LamassuEventsError(.encodingFailed, message: "the intent has no subject: IntentResolution.happened has to give it")
            }
            let submission = self.submission(intent, subject, payload: payload)
            let dropped = try await self.store.complete(intent, with: submission)
            self.journal.resolved(intent, happened: true)
            self.stored(submission, dropped: dropped)
        }
    }

    private func submission(_ intent: OutboxIntent, _ subject: EventSubject, payload: some JSONEncodable) -> OutboxSubmission {
        guard let previous = intent.previous else {
            return self.submission(
                intent.id, intent.type, subject, source: intent.source, intent.context, time: intent.time, payload: payload)
        }
        return self.submission(
            intent.id, intent.type, subject, source: intent.source, intent.context, time: intent.time,
            payload: ResolvedUpdate(previous: previous, updated: payload))
    }

    private func tellUnresolvable() async {
        // A store that cannot tell tells the relay so.
        guard let depth = try? await self.store.depth(), depth.intents > 0 else { return }
        self.logger.warning(
            "operations are under way or were left open by a crash, and there is no IntentResolver to ask",
            metadata: [LogKey.count: "\(depth.intents)"])
    }
}
