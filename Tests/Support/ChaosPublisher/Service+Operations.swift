// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents
import SQLiteOutbox

extension Service {
    /// Does an operation; when it returns, the operation has succeeded and its event is stored.
    func perform(_ operation: Operation) async throws {
        switch operation.level {
        case .transactional: try await self.performInTransaction(operation)
        case .writeAhead: try await self.performAfterIntent(operation)
        default:
            _ = try await self.events.publishing(.certificateMetadataUpdate, subject: operation.subject, level: .afterTheFact) {
                let thing = operation.thing(after: try await self.database.thing(operation.subject))
                try await self.write(operation, thing, payload: thing)
                return thing
            }
        }
    }

    /// The event is in the transaction of the operation.
    private func performInTransaction(_ operation: Operation) async throws {
        _ = try await self.events.publishing(.caMetadataUpdate, subject: operation.subject, level: .transactional) {
            let thing = try await self.database.transaction { database in
                Service.pass("writing")
                let thing = operation.thing(after: try database.thing(operation.subject))
                try database.note(thing, of: operation.subject, by: self.process, at: operation.level, payload: thing)
                Service.pass("written")
                let event = try self.events.event(.caMetadataUpdate, subject: operation.subject, payload: thing)
                _ = unsafe try self.outbox.enqueue(event, in: database.connection)
                Service.pass("enqueued")
                try self.failIfDue(operation)
                return thing
            }
            Service.pass("committed")
            return thing
        }
    }

    /// The publisher writes an intent, and the event when the operation has succeeded.
    private func performAfterIntent(_ operation: Operation) async throws {
        let previous = try await self.database.thing(operation.subject)
        let thing = operation.thing(after: previous)
        _ = try await self.events.publishing(.deviceMetadataUpdate, subject: operation.subject, previous: previous, level: .writeAhead) {
            try await self.write(operation, thing, payload: UpdateModel(previous: previous, updated: thing))
            return thing
        }
    }

    private func write(_ operation: Operation, _ thing: Thing, payload: some JSONEncodable & Sendable) async throws {
        try await self.database.transaction { database in
            Service.pass("writing")
            try database.note(thing, of: operation.subject, by: self.process, at: operation.level, payload: payload)
            Service.pass("written")
            try self.failIfDue(operation)
        }
        Service.pass("committed")
    }

    /// An operation that is to fail does so when it has written, and before it commits; that it fails is known before.
    private func failIfDue(_ operation: Operation) throws(Operation.DeliberateFailure) {
        guard operation.fails else { return }
        self.journal.append("failed \(operation.name)")
        throw Operation.DeliberateFailure()
    }
}
