// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Compares a function as it is to be with the one that is there, and says what to do next.
///
/// Each step is followed by another look, so that it does not matter who has done what in between, and whether an answer was lost.
package enum FunctionPlan {
    package enum Step: Equatable {
        case create
        /// Wait until Lambda is through with what it does.
        case wait
        case updateCode
        case updateConfiguration
        case done
        /// Lambda cannot make the function usable, for this reason.
        case fail(String)
    }

    /// What to do next.
    ///
    /// - Parameters:
    ///   - wish: the function as it is to be.
    ///   - found: the function that is there.
    ///   - wasUpdated: whether this deployment has updated it, so that another update would fail as the last one did.
    package static func step(for wish: FunctionDeployment, found: FunctionConfiguration?, wasUpdated: Bool = false) -> Step {
        guard let found else { return .create }
        if found.state == .pending || found.lastUpdateStatus == .inProgress { return .wait }
        if wasUpdated, found.lastUpdateStatus == .failed { return .fail(self.reasonOfUpdate(found)) }
        if self.isOtherCode(wish, found) { return .updateCode }
        if self.isOtherConfiguration(wish, found) { return .updateConfiguration }
        if found.state == .failed { return .fail(found.stateReason ?? "the function has failed to become active") }
        if found.lastUpdateStatus == .failed { return .fail(self.reasonOfUpdate(found)) }
        return .done
    }

    private static func reasonOfUpdate(_ found: FunctionConfiguration) -> String {
        found.lastUpdateStatusReason ?? "the last update has failed"
    }

    private static func isOtherCode(_ wish: FunctionDeployment, _ found: FunctionConfiguration) -> Bool {
        if wish.package.sha256 != found.codeSHA256 { return true }
        guard let architecture = wish.architecture else { return false }
        return found.architectures ?? [.x8664] != [architecture]
    }

    private static func isOtherConfiguration(_ wish: FunctionDeployment, _ found: FunctionConfiguration) -> Bool {
        wish.role != found.role || wish.runtime != found.runtime || wish.handler != found.handler
            || self.differs(wish.description, found.description ?? "") || self.differs(wish.timeoutSeconds, found.timeout)
            || self.differs(wish.memorySize, found.memorySize)
            || self.differs(wish.environment.map { $0.variables ?? [:] }, found.environment?.variables ?? [:])
            || self.differs(wish.layers, (found.layers ?? []).compactMap(\.arn))
    }

    /// Whether something is asked for, and not there.
    private static func differs<Value: Equatable>(_ wish: Value?, _ found: Value?) -> Bool { wish != nil && wish != found }
}
