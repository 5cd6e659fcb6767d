// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// How far a job is.
public struct JobProgress: Hashable, Sendable {
    /// The job's id.
    public var jobID: String
    /// The job's status.
    public var status: JobStatus
    /// How many devices have it before them.
    public var queued: Int
    /// How many devices are at it.
    public var inProgress: Int
    /// How many devices have done it.
    public var succeeded: Int
    /// How many devices failed at it.
    public var failed: Int
    /// How many devices refused it.
    public var rejected: Int
    /// How many devices took too long.
    public var timedOut: Int
    /// How many executions were cancelled or removed.
    public var withdrawn: Int

    /// Whether nothing more happens; a continuous job goes on until it is cancelled.
    public var hasEnded: Bool { [.completed, .canceled, .deletionInProgress].contains(self.status) }

    init(_ job: Job, jobID: String) throws(IoTCoreError) {
        self.jobID = jobID
        self.status = try IoTCoreClient.require(job.status, of: DescribeJob.self)
        let details = job.jobProcessDetails
        self.queued = details?.numberOfQueuedThings ?? 0
        self.inProgress = details?.numberOfInProgressThings ?? 0
        self.succeeded = details?.numberOfSucceededThings ?? 0
        self.failed = details?.numberOfFailedThings ?? 0
        self.rejected = details?.numberOfRejectedThings ?? 0
        self.timedOut = details?.numberOfTimedOutThings ?? 0
        self.withdrawn = (details?.numberOfCanceledThings ?? 0) + (details?.numberOfRemovedThings ?? 0)
    }
}

extension IoTCoreClient {
    /// Makes a job, unless there is one with its id, whose targets have to be the same.
    ///
    /// AWS keeps what a job is but for some settings: one with the same id, and other targets or another kind of selection, is no job to go on
    /// with. The document of a job that exists is not compared where the job takes it from S3.
    ///
    /// - Parameter job: the job.
    /// - Returns: whether it was made; never ``IoTChange/updated``.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/notChangeable`` where another job has the id.
    @discardableResult
    public func putJob(_ job: CreateJob) async throws(IoTCoreError) -> IoTChange {
        try NameRule.job.check(job.jobID, of: "job")
        return try await self.settle("job \(job.jobID)") { () async throws(IoTCoreError) -> IoTChange? in
            guard let present = try await self.find(DescribeJob(jobID: job.jobID), \.job) else {
                return try await self.call(job, unless: .resourceAlreadyExists) == nil ? nil : .created
            }
            let selection = job.targetSelection ?? .snapshot
            guard Set(present.targets ?? []).isSuperset(of: job.targets), (present.targetSelection ?? .snapshot) == selection else {
                throw IoTCoreError(.notChangeable, message: "there is another job \(job.jobID): give this one another id")
            }
            if let document = job.document {
                let presentDocument = try await self.find(GetJobDocument(jobID: job.jobID))?.document
                guard let presentDocument, JSONComparison.areEqual(presentDocument, document) else {
                    throw IoTCoreError(.notChangeable, message: "the job \(job.jobID) has another document: give this one another id")
                }
            }
            return .unchanged
        }
    }

    /// How a job gets on, until it has ended.
    ///
    /// - Parameters:
    ///   - jobID: the job's id.
    ///   - interval: how long to wait between two questions; by default 5 seconds.
    /// - Returns: the states, of which the last one says how it ended.
    public func progress(ofJob jobID: String, every interval: Duration = .seconds(5)) -> ProgressSequence<JobProgress> {
        ProgressSequence(interval: interval) { () async throws(IoTCoreError) in
            guard let job = try await self.find(DescribeJob(jobID: jobID), \.job) else {
                throw IoTCoreError(.notFound, message: "AWS does not know the job \(jobID)")
            }
            let progress = try JobProgress(job, jobID: jobID)
            return (progress, progress.hasEnded)
        }
    }

    /// Cancels a job, unless it has ended.
    ///
    /// - Parameters:
    ///   - jobID: the job's id.
    ///   - comment: why, for a person.
    ///   - force: whether executions that are in progress are cancelled too.
    /// - Returns: whether it was under way.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/notFound`` where there is no such job.
    @discardableResult
    public func cancelJob(_ jobID: String, comment: String? = nil, force: Bool = false) async throws(IoTCoreError) -> Bool {
        let operation = CancelJob(jobID: jobID, comment: comment, force: force ? true : nil)
        return try await self.end("job \(jobID)", by: operation) { () async throws(IoTCoreError) -> Bool in
            guard let job = try await self.find(DescribeJob(jobID: jobID), \.job) else {
                throw IoTCoreError(.notFound, message: "AWS does not know the job \(jobID)")
            }
            return try !JobProgress(job, jobID: jobID).hasEnded
        }
    }
}
