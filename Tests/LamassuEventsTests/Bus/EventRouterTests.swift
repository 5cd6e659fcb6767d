// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

@Suite struct EventRouterTests {
    private struct Failure: Error, CustomStringConvertible { let description = "the log is full" }

    private func received(_ type: EventType, _ payload: JSONValue) throws -> ReceivedEvent {
        ReceivedEvent(try CloudEvent(id: "1", source: "s", type: type.rawValue, subject: "ca/one", json: payload))
    }

    private let router = EventRouter()
        .on(.caCreate, as: [String].self) { names, event in
            .retry(reason: "\(names) \(event.type)")
        }
        .on(.caDelete, .caImport) { event in
            if event.type == .caImport { throw Failure() }
            return .deadLetter(reason: "no")
        }

    @Test func `each type has its handler, with its payload decoded`() async throws {
        #expect(await self.router.handle(try self.received(.caCreate, ["a"])) == .retry(reason: "[\"a\"] ca.create"))
        #expect(await self.router.handle(try self.received(.caDelete, .null)) == .deadLetter(reason: "no"))
    }

    @Test func `a payload that is otherwise goes to the dead letters`() async throws {
        guard case .deadLetter(let reason) = await self.router.handle(try self.received(.caCreate, ["secret": 5])) else {
            Issue.record("no dead letter")
            return
        }
        #expect(reason.hasPrefix("the payload of ca.create"))
        #expect(!reason.contains("secret"))
    }

    @Test func `an error is another attempt`() async throws {
        #expect(
            await self.router.handle(try self.received(.caImport, .null)) == .retry(reason: "the handler failed: the log is full"))
    }

    @Test func `what nobody is for is done, or goes to the default`() async throws {
        let other = try self.received(.deviceCreate, .null)
        #expect(await self.router.handle(other) == .done)
        #expect(await self.router.otherwise { _ in .deadLetter(reason: "unknown") }.handle(other) == .deadLetter(reason: "unknown"))
    }

    @Test func `a rule says what supersedes what`() throws {
        let (old, new) = (try self.received(.caCreate, .null).event, try self.received(.caDelete, .null).event)
        #expect(!self.router.supersedes(new, old))
        let ruled = self.router.superseding { new, _ in EventType(rawValue: new.type) == .caDelete }
        #expect(ruled.supersedes(new, old))
        #expect(!ruled.supersedes(old, new))
    }
}
