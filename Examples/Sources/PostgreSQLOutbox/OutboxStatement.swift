// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The statements of the outbox, each as it stands in its file in the folder SQL, for a host to run them with whatever driver it has.
public enum OutboxStatement: CaseIterable, Sendable {
    case version, enqueue, enqueueParked, standing, room, prepare, abandon, adopt, renew, claim, confirm, `defer`, park, release, nextDue
    case depth, parked, retry, discard, retention

    /// What makes the tables: for each version a script of several statements, which follows on that of the version before.
    public static let schemas = [PackageResources.schema_sql, PackageResources.schema_2_sql].map { String(decoding: $0, as: UTF8.self) }

    /// The text, with numbered parameters.
    public var sql: String { Self.texts[self] ?? "" }

    private static let texts: [OutboxStatement: String] = Dictionary(
        uniqueKeysWithValues: Self.allCases.map { ($0, String(decoding: $0.bytes, as: UTF8.self)) })

    private var bytes: [UInt8] {
        switch self {
        case .version: PackageResources.version_sql
        case .enqueue: PackageResources.enqueue_sql
        case .enqueueParked: PackageResources.enqueue_parked_sql
        case .standing: PackageResources.standing_sql
        case .room: PackageResources.room_sql
        case .prepare: PackageResources.prepare_sql
        case .abandon: PackageResources.abandon_sql
        case .adopt: PackageResources.adopt_sql
        case .renew: PackageResources.renew_sql
        case .claim: PackageResources.claim_sql
        case .confirm: PackageResources.confirm_sql
        case .defer: PackageResources.defer_sql
        case .park: PackageResources.park_sql
        case .release: PackageResources.release_sql
        case .nextDue: PackageResources.next_due_sql
        case .depth: PackageResources.depth_sql
        case .parked: PackageResources.parked_sql
        case .retry: PackageResources.retry_sql
        case .discard: PackageResources.discard_sql
        case .retention: PackageResources.retention_sql
        }
    }
}
