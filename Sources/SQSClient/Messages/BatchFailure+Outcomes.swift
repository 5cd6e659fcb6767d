// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension AWSError {
    init(_ failure: BatchFailure) {
        self.init(batchEntry: failure.code, message: failure.message, isSenderFault: failure.senderFault)
    }
}

extension [BatchFailure]? {
    /// The outcome of each entry of a call that names those that failed, whose ids are their indices.
    func outcomes(of count: Int) -> [Result<Void, AWSError>] {
        var outcomes = [Result<Void, AWSError>](repeating: .success(()), count: count)
        for failure in self ?? [] {
            guard let index = failure.id.flatMap({ Int($0) }), outcomes.indices.contains(index) else { continue }
            outcomes[index] = .failure(AWSError(failure))
        }
        return outcomes
    }
}
