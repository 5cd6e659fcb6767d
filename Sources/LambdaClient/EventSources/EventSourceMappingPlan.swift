// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// Compares an event source mapping as it is to be with the one that is there.
package enum EventSourceMappingPlan {
    package enum Step {
        case create
        /// Wait until Lambda is through with what it does.
        case wait
        case update(UpdateEventSourceMapping)
        case done
    }

    /// What to do next; what is `nil` in the wish is left as it is.
    ///
    /// - Parameters:
    ///   - wish: the mapping as it is to be.
    ///   - found: the mapping of the same source and function that is there.
    package static func step(for wish: CreateEventSourceMapping, found: EventSourceMappingConfiguration?) -> Step {
        guard let found, let uuid = found.uuid else { return .create }
        guard found.state == "Enabled" || found.state == "Disabled" else { return .wait }
        let isOther =
            self.differs(wish.enabled, found.state == "Enabled") || self.differs(wish.batchSize, found.batchSize)
            || self.differs(wish.maximumBatchingWindowInSeconds, found.maximumBatchingWindowInSeconds ?? 0)
            || self.differs(wish.filterCriteria, found.filterCriteria)
            || self.differs(wish.functionResponseTypes, found.functionResponseTypes)
            || self.differs(wish.scalingConfig, found.scalingConfig)
            || self.differs(wish.parallelizationFactor, found.parallelizationFactor)
            || self.differs(wish.maximumRecordAgeInSeconds, found.maximumRecordAgeInSeconds)
            || self.differs(wish.maximumRetryAttempts, found.maximumRetryAttempts)
            || self.differs(wish.bisectBatchOnFunctionError, found.bisectBatchOnFunctionError ?? false)
            || self.differs(wish.tumblingWindowInSeconds, found.tumblingWindowInSeconds ?? 0)
            || self.differs(wish.destinationConfig, found.destinationConfig)
            || self.differs(wish.kmsKeyARN, found.kmsKeyARN ?? "")
            || self.differs(wish.metricsConfig, found.metricsConfig) || self.differs(wish.loggingConfig, found.loggingConfig)
            || self.differs(wish.provisionedPollerConfig, found.provisionedPollerConfig)
            || self.differs(wish.sourceAccessConfigurations, found.sourceAccessConfigurations)
            || self.differs(wish.documentDBEventSourceConfig, found.documentDBEventSourceConfig)
        guard isOther else { return .done }
        return .update(
            UpdateEventSourceMapping(
                uuid: uuid, enabled: wish.enabled, batchSize: wish.batchSize, filterCriteria: wish.filterCriteria,
                kmsKeyARN: wish.kmsKeyARN, metricsConfig: wish.metricsConfig, loggingConfig: wish.loggingConfig,
                scalingConfig: wish.scalingConfig, maximumBatchingWindowInSeconds: wish.maximumBatchingWindowInSeconds,
                parallelizationFactor: wish.parallelizationFactor, destinationConfig: wish.destinationConfig,
                maximumRecordAgeInSeconds: wish.maximumRecordAgeInSeconds, bisectBatchOnFunctionError: wish.bisectBatchOnFunctionError,
                maximumRetryAttempts: wish.maximumRetryAttempts, tumblingWindowInSeconds: wish.tumblingWindowInSeconds,
                sourceAccessConfigurations: wish.sourceAccessConfigurations, functionResponseTypes: wish.functionResponseTypes,
                documentDBEventSourceConfig: wish.documentDBEventSourceConfig, provisionedPollerConfig: wish.provisionedPollerConfig))
    }

    /// Whether something is asked for that is not there.
    ///
    /// Of a structure counts what is asked for; Lambda may have filled in the rest.
    private static func differs<Value: JSONEncodable>(_ wish: Value?, _ found: Value?) -> Bool {
        guard let wish = self.value(of: wish) else { return false }
        return !self.covers(self.value(of: found), wish)
    }

    private static func covers(_ found: JSONValue?, _ wish: JSONValue) -> Bool {
        if let members = wish.objectValue { return members.allSatisfy { self.covers(found?[$0.key], $0.value) } }
        return wish == found ?? (wish.arrayValue == nil ? .null : [])
    }

    private static func value<Value: JSONEncodable>(of value: Value?) -> JSONValue? {
        value.flatMap { try? JSONWriter.encode($0) }.flatMap { try? JSONValue(parsing: $0) }
    }
}
