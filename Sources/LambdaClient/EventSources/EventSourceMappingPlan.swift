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
            || self.differs(wish.filterCriteria, found.filterCriteria ?? FilterCriteria())
            || self.differs(wish.functionResponseTypes, found.functionResponseTypes ?? [])
            || self.differs(wish.scalingConfig, found.scalingConfig ?? ScalingConfig())
            || self.differs(wish.parallelizationFactor, found.parallelizationFactor)
            || self.differs(wish.maximumRecordAgeInSeconds, found.maximumRecordAgeInSeconds)
            || self.differs(wish.maximumRetryAttempts, found.maximumRetryAttempts)
            || self.differs(wish.bisectBatchOnFunctionError, found.bisectBatchOnFunctionError ?? false)
            || self.differs(wish.tumblingWindowInSeconds, found.tumblingWindowInSeconds ?? 0)
            || self.differs(wish.destinationConfig, found.destinationConfig ?? DestinationConfig())
        guard isOther else { return .done }
        return .update(
            UpdateEventSourceMapping(
                uuid: uuid, enabled: wish.enabled, batchSize: wish.batchSize, filterCriteria: wish.filterCriteria,
                scalingConfig: wish.scalingConfig, maximumBatchingWindowInSeconds: wish.maximumBatchingWindowInSeconds,
                parallelizationFactor: wish.parallelizationFactor, destinationConfig: wish.destinationConfig,
                maximumRecordAgeInSeconds: wish.maximumRecordAgeInSeconds, bisectBatchOnFunctionError: wish.bisectBatchOnFunctionError,
                maximumRetryAttempts: wish.maximumRetryAttempts, tumblingWindowInSeconds: wish.tumblingWindowInSeconds,
                functionResponseTypes: wish.functionResponseTypes))
    }

    /// Whether something is asked for that has another JSON form than what is there.
    private static func differs<Value: JSONEncodable>(_ wish: Value?, _ found: Value?) -> Bool {
        guard let wish else { return false }
        return (try? JSONWriter.encode(wish)) != found.flatMap { try? JSONWriter.encode($0) }
    }
}
