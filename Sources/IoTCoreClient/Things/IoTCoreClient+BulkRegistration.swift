// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// A bulk registration: a template, and a file in S3 with the parameters of a device in each line.
public struct BulkRegistration: Hashable, Sendable {
    /// What is made for each device.
    public var template: ProvisioningTemplate
    /// The bucket of the file, which is in the region of the call.
    public var bucket: String
    /// The key of the file: one JSON object in each line.
    public var key: String
    /// The ARN of the role with which AWS reads the file.
    public var roleARN: String

    /// Makes a bulk registration.
    ///
    /// - Parameters:
    ///   - template: what is made for each device.
    ///   - bucket: the bucket of the file.
    ///   - key: the key of the file.
    ///   - roleARN: the ARN of the role with which AWS reads the file.
    public init(template: ProvisioningTemplate, bucket: String, key: String, roleARN: String) {
        self.template = template
        self.bucket = bucket
        self.key = key
        self.roleARN = roleARN
    }
}

/// How far a bulk registration is.
public struct BulkRegistrationProgress: Hashable, Sendable {
    /// The task's id.
    public var taskID: String
    /// The task's status.
    public var status: Status
    /// How many devices were registered.
    public var successes: Int
    /// How many devices could not be registered; their reasons are in the reports.
    public var failures: Int
    /// How much of the file is done, from 0 to 100.
    public var percentage: Int
    /// What the task says, where it says something.
    public var message: String?

    /// Whether nothing more happens.
    public var hasEnded: Bool { [.completed, .failed, .cancelled].contains(self.status) }
}

extension IoTCoreClient {
    /// Starts a bulk registration, unless a task for it is under way or has completed.
    ///
    /// AWS has no token for this: a task counts as the same whose template, as JSON, whose file and whose role are. To register a changed file
    /// again, give it another key.
    ///
    /// - Parameter registration: what to register.
    /// - Returns: the task's id, and whether it was started now.
    /// - Throws: ``IoTCoreError``.
    public func startBulkRegistration(
        _ registration: BulkRegistration
    ) async throws(IoTCoreError) -> (taskID: String, isNew: Bool) {
        try registration.template.validate()
        let body = try registration.template.text()
        return try await self.settle("bulk registration of \(registration.bucket)/\(registration.key)") {
            () async throws(IoTCoreError) -> (taskID: String, isNew: Bool)? in
            for taskID in try await self.list(ListThingRegistrationTasks()) {
                guard let task = try await self.find(DescribeThingRegistrationTask(taskID: taskID)) else { continue }
                guard task.inputFileBucket == registration.bucket, task.inputFileKey == registration.key,
                    task.roleARN == registration.roleARN, [.inProgress, .completed].contains(task.status),
                    let present = task.templateBody, JSONComparison.areEqual(present, body)
                else { continue }
                return (taskID, false)
            }
            let operation = StartThingRegistrationTask(
                templateBody: body, inputFileBucket: registration.bucket, inputFileKey: registration.key, roleARN: registration.roleARN)
            guard let made = try await self.callOnce(operation) else { return nil }
            return (try Self.require(made.taskID, of: StartThingRegistrationTask.self), true)
        }
    }

    /// How a bulk registration gets on, until it has ended.
    ///
    /// - Parameters:
    ///   - taskID: the task's id.
    ///   - interval: how long to wait between two questions; by default 5 seconds.
    /// - Returns: the states, of which the last one says how it ended.
    public func progress(ofBulkRegistration taskID: String, every interval: Duration = .seconds(5))
        -> ProgressSequence<BulkRegistrationProgress>
    {
        ProgressSequence(interval: interval) { () async throws(IoTCoreError) in
            guard let task = try await self.find(DescribeThingRegistrationTask(taskID: taskID)) else {
                throw IoTCoreError(.notFound, message: "AWS does not know the bulk registration \(taskID)")
            }
            let progress = BulkRegistrationProgress(
                taskID: taskID, status: try Self.require(task.status, of: DescribeThingRegistrationTask.self),
                successes: task.successCount ?? 0, failures: task.failureCount ?? 0, percentage: task.percentageProgress ?? 0,
                message: task.message)
            return (progress, progress.hasEnded)
        }
    }

    /// Stops a bulk registration, unless it has ended; what is registered stays.
    ///
    /// - Parameter taskID: the task's id.
    /// - Returns: whether it was under way.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/notFound`` where there is no such task.
    @discardableResult
    public func stopBulkRegistration(_ taskID: String) async throws(IoTCoreError) -> Bool {
        let operation = StopThingRegistrationTask(taskID: taskID)
        return try await self.end("bulk registration \(taskID)", by: operation) { () async throws(IoTCoreError) -> Bool in
            guard let task = try await self.find(DescribeThingRegistrationTask(taskID: taskID)) else {
                throw IoTCoreError(.notFound, message: "AWS does not know the bulk registration \(taskID)")
            }
            return task.status == .inProgress
        }
    }

    /// The addresses of the reports of a bulk registration, which are signed and good for a few minutes.
    ///
    /// - Parameters:
    ///   - taskID: the task's id.
    ///   - type: whether those of the devices that were registered, or of those that could not be.
    /// - Returns: the addresses.
    /// - Throws: ``IoTCoreError``.
    public func bulkRegistrationReports(_ taskID: String, _ type: ReportType) async throws(IoTCoreError) -> [String] {
        try await self.list(ListThingRegistrationTaskReports(taskID: taskID, reportType: type))
    }
}
