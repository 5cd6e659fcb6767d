// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Subscription {
    /// Why a bus does not take the subscription; `nil` where it does.
    package func refusal(among names: [String], isRunning: Bool) -> LamassuEventsError? {
        if isRunning {
            return LamassuEventsError(.subscriptionRefused, message: "the bus runs already: subscribe '\(self.name)' before run()")
        }
        if self.name.isEmpty || names.contains(self.name) {
            return LamassuEventsError(.subscriptionRefused, message: "the name '\(self.name)' is empty or in use: choose another one")
        }
        return nil
    }
}
